import { withSignedCurrent } from './drive.ts';
import { MEMORY_RULES, type VehicleMemory } from './memory.ts';
import { printsOf } from './replay.ts';
import { SIGNAL, seriesOf, slice, type Track } from './track.ts';
import { TRIP_RULES } from './trip-rules.ts';
import { WINDOW_RULES } from './window-rules.ts';

export const WINDOW_S = 60;

/** One rule that is broken, where, and why in words. */
export interface Finding {
  readonly rule: string;
  /** Seconds of the track. */
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

export interface JudgedWindow {
  readonly from: number;
  readonly findings: readonly Finding[];
}

/** Windows one after the other over the track's whole length; a shorter rest is not judged. */
export const windowsOf = (given: Track): readonly { readonly from: number; readonly window: Track }[] => {
  const track = withSignedCurrent(given);
  const { at } = seriesOf(track, SIGNAL.speed);
  const [first, last] = [at[0], at.at(-1)];
  if (first === undefined || last === undefined) return [];
  const count = Math.floor((last - first) / WINDOW_S);
  return Array.from({ length: count }, (_, i) => {
    const from = first + i * WINDOW_S;
    return { from, window: slice(track, from, from + WINDOW_S) };
  });
};

export const judgeWindow = (window: Track, from: number): readonly Finding[] =>
  WINDOW_RULES.flatMap(({ name, judge }) => {
    const words = judge(window);
    return words === undefined ? [] : [{ rule: name, from, to: from + WINDOW_S, words }];
  });

/**
 * What a verifier knows beside the trip: the vehicle's earlier trips, and the prints of stretches that were seen before.
 */
export interface Known {
  readonly memory?: VehicleMemory;
  readonly seen?: ReadonlySet<string>;
}

/**
 * `believable`: nothing of the whole trip speaks against it, and at most a few windows do, as of a real car too.
 * `doubtful`: something does.
 */
export interface Verdict {
  readonly believable: boolean;
  readonly windows: readonly JudgedWindow[];
  /** Over the whole trip, replayed windows included. */
  readonly findings: readonly Finding[];
}

/** Of a real car 1.3 % of the windows break a rule; a trip of ten minutes may have one that does, and one more. */
const WINDOWS_FREE = 1;
const WINDOWS_SHARE_MAX = 0.1;

/**
 * Judges a trip by what it says itself and by what is known beside it. Pure: whoever has the evidence comes to the
 * same verdict. It names what does not fit together; it does not prove that anything was faked.
 */
export const judgeTrip = (given: Track, { memory, seen }: Known = {}): Verdict => {
  const trip = withSignedCurrent(given);
  const windows = windowsOf(trip).map(({ from, window }) => ({
    from,
    window,
    findings: judgeWindow(window, from),
  }));
  const { at } = seriesOf(trip, SIGNAL.speed);
  const whole = { from: at[0] ?? 0, to: at.at(-1) ?? 0 };
  const findings: Finding[] = [];
  const add = (rule: string, words: string | undefined): void => {
    if (words !== undefined) findings.push({ rule, ...whole, words });
  };
  for (const { name, judge } of TRIP_RULES) add(name, judge(trip));
  if (memory !== undefined) for (const { name, judge } of MEMORY_RULES) add(name, judge(memory, trip));
  const own = new Set<string>();
  for (const { at: from, hash } of printsOf(trip)) {
    if (seen?.has(hash) === true || own.has(hash)) {
      const words = 'this stretch was told before, value by value';
      findings.push({ rule: 'replay', from, to: from + WINDOW_S, words });
    }
    own.add(hash);
  }
  const broken = windows.filter((each) => each.findings.length > 0).length;
  const free = Math.max(WINDOWS_FREE, Math.floor(WINDOWS_SHARE_MAX * windows.length));
  return {
    believable: findings.length === 0 && broken <= free,
    windows: windows.map(({ from, findings: found }) => ({ from, findings: found })),
    findings,
  };
};
