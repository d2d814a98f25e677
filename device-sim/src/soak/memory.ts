import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 2 ** 20;

/** Resident memory without garbage: a day in minutes makes garbage hundreds of times faster than a day does. */
export interface Resident {
  readonly mebibytes: () => number;
  /** Of what the program still holds. */
  readonly heapMebibytes: () => number;
}

export const resident = (): Resident => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const collected = <T>(measure: () => T): T => {
    collect();
    collect();
    return measure();
  };
  return {
    mebibytes: () => collected(() => process.memoryUsage.rss() / MIB),
    heapMebibytes: () => collected(() => process.memoryUsage().heapUsed / MIB),
  };
};
