import type { MonoNs } from '../words/index.ts';

/** One emission, past or scheduled. */
export interface Emission {
  /** Name of the band that it counts in. */
  readonly band: string;
  readonly start: MonoNs;
  readonly airtimeUs: number;
}

/** What was sent in the last window and what is scheduled. A value: every step makes a new one. */
export interface DutyLedger {
  readonly emissions: readonly Emission[];
}

export const EMPTY_LEDGER: DutyLedger = { emissions: [] };

/** EN 300 220-1 V3.1.1 §5.4: the duty cycle is a share of any one hour. */
export const DUTY_WINDOW_US = 3_600_000_000;

/** Emissions that a ledger holds; one more is refused, never forgotten: an hour of SF7 at 10 % has about 12,000. */
export const LEDGER_EMISSIONS_MAX = 20_000;

const NS_PER_US = 1_000n;
const WINDOW_NS = BigInt(DUTY_WINDOW_US) * NS_PER_US;

const endOf = ({ start, airtimeUs }: Emission): bigint => start + BigInt(airtimeUs) * NS_PER_US;

/** The ledger without what no window from `now` on can touch any more. */
export const settleLedger = (ledger: DutyLedger, now: MonoNs): DutyLedger => {
  const emissions = ledger.emissions.filter((each) => endOf(each) > now - WINDOW_NS);
  return emissions.length === ledger.emissions.length ? ledger : { emissions };
};

/** Microseconds on air in this band within the hour that ends at `end`; edges are exact, an emission cut by one counts in part. */
export const usedUs = (ledger: DutyLedger, band: string, end: bigint): number => {
  const begin = end - WINDOW_NS;
  let sumNs = 0n;
  for (const each of ledger.emissions) {
    if (each.band !== band) continue;
    const from = each.start > begin ? each.start : begin;
    const last = endOf(each);
    const to = last < end ? last : end;
    if (to > from) sumNs += to - from;
  }
  return Number(sumNs) / 1_000;
};

/** Time on air before each of the ascending `moments`; one walk through starts and ends of `spans`. */
const timeBefore = (
  spans: readonly (readonly [number, number])[],
  moments: readonly number[],
): readonly number[] => {
  const bends = spans
    .flatMap(([from, to]) => [
      [from, 1],
      [to, -1],
    ])
    .toSorted(([a = 0], [b = 0]) => a - b);
  let [next, at, active, sum] = [0, 0, 0, 0];
  return moments.map((moment) => {
    for (; next < bends.length; next += 1) {
      const [bend = 0, change = 0] = bends[next] ?? [];
      if (bend > moment) break;
      sum += active * (bend - at);
      at = bend;
      active += change;
    }
    return sum + active * (moment - at);
  });
};

const WINDOW = Number(WINDOW_NS);

/**
 * The most that any hour touching `added` would hold, in nanoseconds. The time used in a sliding hour rises and falls
 * in straight lines which bend only where an emission begins or ends at one of its edges; so the highest value is in
 * an hour that ends where an emission ends, or that begins where one begins. All numbers here are whole nanoseconds
 * from the start of `added`, two hours at most.
 */
const busiestHourNs = (ledger: DutyLedger, added: Emission): number => {
  const last = added.airtimeUs * 1_000 + WINDOW;
  const spans = ledger.emissions
    .filter(({ band }) => band === added.band)
    .map((each) => [Number(each.start - added.start), Number(endOf(each) - added.start)] as const)
    .filter(([from, to]) => to > -WINDOW && from < last);
  const ends = spans
    .flatMap(([from, to]) => [to, from + WINDOW])
    .filter((end) => end > 0 && end < last)
    .toSorted((a, b) => a - b);
  const atEnds = timeBefore(spans, ends);
  const atBegins = timeBefore(
    spans,
    ends.map((end) => end - WINDOW),
  );
  return ends.reduce((most, _, i) => Math.max(most, (atEnds[i] ?? 0) - (atBegins[i] ?? 0)), 0);
};

/** The ledger with this emission, or which limit stands against it. */
export type Admission =
  | { readonly ok: true; readonly ledger: DutyLedger }
  | { readonly ok: false; readonly reason: 'duty-cycle' | 'full' };

/**
 * Adds an emission if after it no hour, past, running or to come, holds more than `dutyPermille` thousandths of time
 * on air. What is already scheduled for later counts: an emission in between never takes its place away.
 */
export const admitEmission = (ledger: DutyLedger, added: Emission, dutyPermille: number): Admission => {
  if (ledger.emissions.length >= LEDGER_EMISSIONS_MAX) return { ok: false, reason: 'full' };
  const next: DutyLedger = { emissions: [...ledger.emissions, added] };
  const limitNs = (WINDOW / 1_000) * dutyPermille;
  if (busiestHourNs(next, added) > limitNs) return { ok: false, reason: 'duty-cycle' };
  return { ok: true, ledger: next };
};

/** Takes out an emission that was scheduled and never sent. */
export const withdrawEmission = (ledger: DutyLedger, emission: Emission): DutyLedger => ({
  emissions: ledger.emissions.filter((each) => each !== emission),
});
