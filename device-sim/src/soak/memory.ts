import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MIB = 2 ** 20;

/** Resident memory without garbage: a day in minutes makes garbage hundreds of times faster than a day does. */
export interface Resident {
  readonly mebibytes: () => number;
}

export const resident = (): Resident => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return {
    mebibytes: () => {
      collect();
      collect();
      return process.memoryUsage.rss() / MIB;
    },
  };
};
