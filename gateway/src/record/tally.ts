/**
 * Readings of the box since it started. Invariant: made = kept + Σ refused + waiting, where waiting are those whose
 * append is under way.
 */
export interface RecordTally {
  made: number;
  kept: number;
  readonly refused: Map<string, number>;
  waiting: number;
  quarantined: number;
}

export const newRecordTally = (): RecordTally => ({
  made: 0,
  kept: 0,
  refused: new Map(),
  waiting: 0,
  quarantined: 0,
});

export const addTo = (counts: Map<string, number>, key: string, count: number): void => {
  counts.set(key, (counts.get(key) ?? 0) + count);
};
