import { ok, type Result } from '@outpost/schemas/words';
import {
  checkNumber,
  checkObdOption,
  checkOptionsOver,
  DEFAULT_OBD_OPTIONS,
  type ObdOptions,
  type ReadProfile,
  wrongOption,
} from '../../obd/options.ts';

/** A protocol of the chip: 0 searches, 1 to 5 are the buses before CAN, 6 to 9 the four of ISO 15765-4. */
export type ProtocolChoice = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

export interface Elm327Options extends ObdOptions {
  /** The chip measures its supply. */
  readonly voltageEveryMs: number;
  /** `0` searches. */
  readonly protocol: ProtocolChoice;
  /** How long the chip waits for a control unit, in steps of 4 ms up to 1,020 (`ATST`). */
  readonly answerTimeoutMs: number;
  /** A serial line is made faster up to this rate where the chip can; undefined leaves it as it is. */
  readonly baudMax: number | undefined;
}

export const DEFAULT_OPTIONS: Elm327Options = {
  ...DEFAULT_OBD_OPTIONS,
  voltageEveryMs: 30_000,
  protocol: '0',
  answerTimeoutMs: 200,
  baudMax: undefined,
};

const PROTOCOLS: ReadonlyMap<unknown, ProtocolChoice> = new Map<unknown, ProtocolChoice>([
  ['auto', '0'],
  [1, '1'],
  [2, '2'],
  [3, '3'],
  [4, '4'],
  [5, '5'],
  [6, '6'],
  [7, '7'],
  [8, '8'],
  [9, '9'],
]);

const NUMBERS = {
  answerTimeoutMs: { min: 8, max: 1_020 },
  baudMax: { min: 9_600, max: 2_000_000 },
} as const;

const checkKey = (
  key: string,
  value: unknown,
  readProfile: ReadProfile,
): Result<Partial<Elm327Options>> | undefined => {
  const where = `options.${key}`;
  if (key === 'protocol') {
    const protocol = PROTOCOLS.get(value);
    return protocol === undefined
      ? wrongOption(where, 'must be “auto” or a number from 1 to 9.')
      : ok({ protocol });
  }
  if (key === 'answerTimeoutMs' || key === 'baudMax') {
    const number = checkNumber(where, value, NUMBERS[key]);
    return number.ok ? ok({ [key]: number.value }) : number;
  }
  return checkObdOption(key, value, readProfile) as Result<Partial<Elm327Options>> | undefined;
};

/** Checks the `options` of the configuration and fills in what is not said. Faults are `misconfigured`. */
export const checkOptions = (options: unknown, readProfile: ReadProfile): Result<Elm327Options> =>
  checkOptionsOver(DEFAULT_OPTIONS, options, (key, value) => checkKey(key, value, readProfile));
