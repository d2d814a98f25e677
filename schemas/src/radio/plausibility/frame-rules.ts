import { distanceM, type Place } from '../../privacy/index.ts';
import { COUNTER_US, elapsedUs, errorUsOf } from './gateway-rules.ts';
import { COVERAGE_RULES, HEARERS_MAX, LIGHT_M_PER_S } from './limits.ts';
import { broken, type Finding, held, type Reception, unknown } from './reception.ts';

const { repeatAfterMs, replayAfterMs, replayOnceAfterMs, placeErrorM } = COVERAGE_RULES;

/** One gateway that heard a frame. */
export interface Hearer {
  readonly first: Reception;
  readonly last: Reception;
  /** Whether its place and time may be held against other gateways. */
  readonly isWitness: boolean;
}

/** What is remembered of one frame's bytes: so many gateways that heard it, oldest first. */
export type FrameTrack = readonly Hearer[];

/** How many µs later than at `b` a frame can be at `a`: up to the way between them, or as its sender’s place says. */
const expectedUs = (a: Place, b: Place, sender: Place | undefined): readonly [number, number] => {
  const way = (metres: number): number => (metres / LIGHT_M_PER_S) * 1e6;
  if (sender === undefined) {
    const between = way(distanceM(a, b));
    return [-between, between];
  }
  const later = way(distanceM(a, sender) - distanceM(b, sender));
  return [later - way(2 * placeErrorM), later + way(2 * placeErrorM)];
};

/** One frame reaches two antennas as far apart in time as light needs, no more. */
const arrivalAgainst = (
  next: Reception,
  other: Reception,
  sender: Place | undefined,
): Finding | undefined => {
  const later = elapsedUs(other, next);
  const errors = [errorUsOf(next), errorUsOf(other)];
  const [mine, theirs] = errors;
  if (mine === undefined || theirs === undefined || Math.abs(later) >= repeatAfterMs * 1_000)
    return undefined;
  if (next.place === undefined || other.place === undefined) return undefined;
  const [least, most] = expectedUs(next.place, other.place, sender);
  const slack = mine + theirs;
  const off = Math.max(least - later, later - most) - slack;
  return off > 0
    ? broken('arrival', `arrived ${off.toFixed(0)} µs beside what light needs, against ${other.gateway}`)
    : held('arrival');
};

const arrival = (track: FrameTrack | undefined, next: Reception, sender: Place | undefined): Finding => {
  const compared = (track ?? [])
    .filter(({ last, isWitness }) => isWitness && last.gateway !== next.gateway)
    .map(({ last }) => arrivalAgainst(next, last, sender))
    .filter((finding) => finding !== undefined);
  return (
    compared.find(({ outcome }) => outcome === 'broken') ??
    compared[0] ??
    unknown('arrival', 'no other gateway with place and time heard this frame')
  );
};

/** MTypes of joins, rejoins and proprietary frames, beacons among them. */
const SENT_ONCE: readonly number[] = [0, 6, 7];

/**
 * µs that went by at least between two receptions, and at most what is unsure of it. By the counter alone, a turn of it
 * more or less cannot be told, so what it shows is the least.
 */
const passedUs = (from: Reception, to: Reception): readonly [least: number, errorUs: number] | undefined => {
  const [before, after] = [errorUsOf(from), errorUsOf(to)];
  if (before !== undefined && after !== undefined) return [Math.abs(elapsedUs(from, to)), before + after];
  if (from.gateway !== to.gateway || from.tmst === undefined || to.tmst === undefined) return undefined;
  const ahead = (to.tmst - from.tmst + COUNTER_US) % COUNTER_US;
  // A broker that gives a message again gives an earlier one after a later one.
  return [to.waited === true ? Math.min(ahead, COUNTER_US - ahead) : ahead, 0];
};

/** Devices repeat data for minutes, never for longer; a join or a beacon is not repeated at all. */
const replay = (track: FrameTrack | undefined, next: Reception): Finding => {
  if (track === undefined) return held('replay');
  const limitMs = SENT_ONCE.includes((next.phy[0] ?? 0) >> 5) ? replayOnceAfterMs : replayAfterMs;
  const ages = track
    .filter(({ first, isWitness }) => isWitness || first.gateway === next.gateway)
    .map(({ first }) => passedUs(first, next))
    .filter((age) => age !== undefined);
  if (ages.length === 0) return unknown('replay', 'there is no time to compare');
  const [oldest] = ages.filter(([least, error]) => least > limitMs * 1_000 + error);
  return oldest === undefined
    ? held('replay')
    : broken('replay', `the same bytes were heard ${(oldest[0] / 1e6).toFixed(0)} s before`);
};

/** One gateway hears one transmission once; what comes within a second is the same, or its ghost beside the channel. */
const duplicate = (track: FrameTrack | undefined, next: Reception): Finding => {
  const own = track?.find(({ last }) => last.gateway === next.gateway)?.last;
  if (own === undefined) return held('duplicate');
  // What waited together comes together, however far apart it was heard.
  const isByCounter = own.waited === true || next.waited === true;
  const [apartUs] = isByCounter ? (passedUs(own, next) ?? [undefined]) : [Math.abs(elapsedUs(own, next))];
  if (apartUs === undefined)
    return unknown('duplicate', 'the frame may have waited, and there is no counter');
  return apartUs < repeatAfterMs * 1_000
    ? broken('duplicate', 'this gateway reported this frame already')
    : held('duplicate');
};

/** What a reception says against others of the same bytes. */
export const frameFindings = (
  track: FrameTrack | undefined,
  next: Reception,
  sender: Place | undefined,
): readonly Finding[] => [arrival(track, next, sender), replay(track, next), duplicate(track, next)];

/** The frame's track with one reception more. */
export const heardBy = (track: FrameTrack | undefined, next: Reception, isWitness: boolean): FrameTrack => {
  const others = (track ?? []).filter(({ last }) => last.gateway !== next.gateway);
  const own = track?.find(({ last }) => last.gateway === next.gateway);
  return [...others, { first: own?.first ?? next, last: next, isWitness }].slice(-HEARERS_MAX);
};
