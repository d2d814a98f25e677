import type { MonoNs } from '@outpost/schemas/words';

/** A chip's conversation under way. */
export interface ChipRun {
  /** Index among the steps of `prepare` and `measure` together. */
  readonly step: number;
  /** Until when it is waited for: a pause that ends, or an answer that is overdue. */
  readonly until: MonoNs;
  readonly isReading: boolean;
  /** The board has said that the chip did not answer; what it sends next are bytes of an earlier answer. */
  readonly isBroken: boolean;
}

export interface ChipState {
  /** Undefined: as soon as the bus is free. */
  readonly nextAt: MonoNs | undefined;
  /** Frames that answered so far; those of `prepare` stay. */
  readonly frames: readonly Uint8Array[];
  readonly answers: readonly Uint8Array[];
  readonly isPrepared: boolean;
  readonly run: ChipRun | undefined;
  /** Why it said nothing when it was asked last. */
  readonly trouble: string | undefined;
}

const IDLE: ChipState = {
  nextAt: undefined,
  frames: [],
  answers: [],
  isPrepared: false,
  run: undefined,
  trouble: undefined,
};

export const idleChips = (count: number): readonly ChipState[] => Array.from({ length: count }, () => IDLE);
