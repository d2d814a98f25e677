import { fail, fault, type Result } from '@outpost/schemas/words';

/** One thing that is done with a chip on the I²C bus. */
export type ChipStep =
  | { readonly kind: 'write'; readonly bytes: readonly number[] }
  | { readonly kind: 'wait'; readonly ms: number }
  /** `register` undefined: for chips that have none. */
  | { readonly kind: 'read'; readonly register: number | undefined; readonly count: number };

export interface ChipValue {
  /** Name in the signal table. */
  readonly signal: string;
  readonly mantissa: number;
}

/** A sensor on the I²C bus, as data: what is asked, and what the answers say. */
export interface Chip {
  readonly name: string;
  /** Where it can be, 7 bits; the first where the owner does not say. */
  readonly addresses: readonly [number, ...number[]];
  /** Names in the signal table. */
  readonly signals: readonly string[];
  /** Once, before the first measurement. */
  readonly prepare: readonly ChipStep[];
  readonly measure: readonly ChipStep[];
  /**
   * What the answers to all the reads say, those of `prepare` first, each of the length that was asked for. Faults are
   * `malformed`: another chip, a measurement that has not ended, a wrong checksum.
   */
  values(answers: readonly Uint8Array[]): Result<readonly ChipValue[]>;
}

export const readsOf = (steps: readonly ChipStep[]): number =>
  steps.filter(({ kind }) => kind === 'read').length;

export const wrongAnswer = (
  chip: string,
  words: string,
): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('malformed', 'firmata.chip', chip, words));
