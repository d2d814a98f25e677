import type { LedgerLine } from './lines.ts';

/** Lines that may be held back until it is known which are the newest. */
export const NEWEST_MAX = 10_000;

/** What a ledger ends with, besides its own lines: how much of it was left out. */
export type NewestLine =
  | LedgerLine
  | { readonly kind: 'omitted'; readonly rows: number; readonly hours: number };

/** The latest of what is put in, in its order. */
const newRing = (max: number) => {
  const held: LedgerLine[] = [];
  let count = 0;
  return {
    put(line: LedgerLine): void {
      held[count % max] = line;
      count += 1;
    },
    omitted: (): number => Math.max(0, count - max),
    list: (): readonly LedgerLine[] =>
      count <= max ? held : [...held.slice(count % max), ...held.slice(0, count % max)],
  };
};

/** Of attestations and single readings only the newest `rows`, and so many hours; totals are of everything. */
export async function* newestOf(
  lines: AsyncIterable<LedgerLine>,
  most: { readonly rows: number; readonly hours: number },
): AsyncGenerator<NewestLine> {
  const rows = newRing(Math.min(most.rows, NEWEST_MAX));
  const hours = newRing(Math.min(most.hours, NEWEST_MAX));
  for await (const line of lines) {
    if (line.kind === 'hour') hours.put(line);
    else if (line.kind === 'progress') yield line;
    else if (line.kind !== 'totals') rows.put(line);
    else {
      const omitted = { rows: rows.omitted(), hours: hours.omitted() };
      if (omitted.rows + omitted.hours > 0) yield { kind: 'omitted', ...omitted };
      yield* rows.list();
      yield* hours.list();
      yield line;
    }
  }
}
