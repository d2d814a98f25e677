import type { Fault } from '@outpost/schemas/words';

/** What became of the records since the start. Invariant: read = stored + deadLettered + pending + waiting. */
export interface StoreTally {
  read: number;
  stored: number;
  deadLettered: number;
  /** On their way to InfluxDB or to the dead letters. */
  pending: number;
  /** Records that wait for a clock that can be believed. */
  waiting: number;
  writes: number;
  /** Writes that were answered by a fault and done again. */
  retries: number;
  /** Stretches of minutes whose roll-up was made. */
  rollups: number;
  /** What is wrong with InfluxDB, as of the last call. */
  fault: Fault | undefined;
  /** Why the last round of roll-ups did not end; what was left is tried again in a minute. */
  rollupFault: Fault | undefined;
  /** What this server does not do for us; one sentence each. */
  notes: readonly string[];
}

export const newStoreTally = (): StoreTally => ({
  read: 0,
  stored: 0,
  deadLettered: 0,
  pending: 0,
  waiting: 0,
  writes: 0,
  retries: 0,
  rollups: 0,
  fault: undefined,
  rollupFault: undefined,
  notes: [],
});
