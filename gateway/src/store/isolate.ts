import type { Fault } from '@outpost/schemas/words';
import type { Point } from './point.ts';

/** What became of one point. `poison` will never be stored, by the server's own words; `kept` may be tried again. */
export type PointOutcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'poison'; readonly words: string }
  | { readonly kind: 'kept'; readonly fault: Fault };

export const STORED: PointOutcome = { kind: 'stored' };

/** The server's answer to one write. */
export type Sent =
  | { readonly kind: 'stored' }
  /** Some or all points were refused; `dropped` is how many the server says it dropped, where it says so. */
  | { readonly kind: 'refused'; readonly words: string; readonly dropped: number | undefined }
  | { readonly kind: 'kept'; readonly fault: Fault };

export interface Numbered {
  readonly index: number;
  readonly point: Point;
}

const shape = ({ measurement, floats, integers, texts }: Point): string =>
  [measurement, floats, integers, texts]
    .map((part) => (typeof part === 'string' ? part : Object.keys(part ?? {}).join(',')))
    .join(' ');

/** Points that are refused for one reason are alike: one measurement, one set of fields, one stretch of time. */
const inLikeness = (points: readonly Numbered[]): readonly Numbered[] =>
  points
    .map((numbered) => ({ numbered, kind: shape(numbered.point), at: numbered.point.at }))
    .sort((a, b) => (a.kind === b.kind ? (a.at < b.at ? -1 : 1) : a.kind < b.kind ? -1 : 1))
    .map(({ numbered }) => numbered);

/**
 * Writes `points` and finds the poison among them by halving what was refused: a refused batch tells that something is
 * wrong, and at best how many, but not which. Writing a good point again changes nothing, since a point's series and
 * time are its identity. One poison point in n costs about 2·log2(n) writes; the worst mixture costs 2n − 1. A batch
 * that was dropped whole needs no halving. After the first `kept` nothing more is sent: the server is away.
 */
export const isolate = async (
  points: readonly Numbered[],
  send: (points: readonly Point[]) => Promise<Sent>,
  settle: (index: number, outcome: PointOutcome) => void,
): Promise<void> => {
  const settleAll = (some: readonly Numbered[], outcome: PointOutcome): void => {
    for (const { index } of some) settle(index, outcome);
  };
  const stack: (readonly Numbered[])[] = [points];
  let sorted = false;
  for (let some = stack.pop(); some !== undefined; some = stack.pop()) {
    if (some.length === 0) continue;
    const sent = await send(some.map(({ point }) => point));
    if (sent.kind === 'stored') {
      settleAll(some, STORED);
      continue;
    }
    if (sent.kind === 'kept') {
      for (const rest of [some, ...stack]) settleAll(rest, sent);
      return;
    }
    if (some.length === 1 || sent.dropped === some.length) {
      settleAll(some, { kind: 'poison', words: sent.words });
      continue;
    }
    const ordered = sorted ? some : inLikeness(some);
    sorted = true;
    const middle = ordered.length >> 1;
    stack.push(ordered.slice(middle), ordered.slice(0, middle));
  }
};
