/** The last lines of something that talks for months. */
export interface Ring {
  /** Takes text as it comes, in any pieces. */
  add(text: string): void;
  lines(): readonly string[];
}

/** Keeps `linesMax` lines of at most `charactersMax`; older lines go, longer ones are cut. */
export const openRing = (linesMax: number, charactersMax: number): Ring => {
  const kept: string[] = [];
  let tail = '';
  return {
    add(text) {
      const pieces = (tail + text).split('\n');
      tail = (pieces.pop() ?? '').slice(0, charactersMax);
      for (const piece of pieces) kept.push(piece.slice(0, charactersMax));
      kept.splice(0, Math.max(0, kept.length - linesMax));
    },
    lines: () => [...kept, ...(tail === '' ? [] : [tail])].slice(-linesMax),
  };
};
