import { distanceM, type Place } from '../../privacy/index.ts';
import { elapsedUs, errorUsOf } from './gateway-rules.ts';
import { COVERAGE_RULES, HEARERS_MAX, LIGHT_M_PER_S } from './limits.ts';
import { broken, type Finding, held, type Reception, unknown } from './reception.ts';

const { repeatAfterMs, replayAfterMs, replayOnceAfterMs, placeErrorM } = COVERAGE_RULES;

/** What is remembered of one frame's bytes. */
export interface FrameTrack {
  readonly first: Reception;
  /** The latest reception by each of so many gateways, oldest first. */
  readonly hearers: readonly Reception[];
}

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
  const compared = (track?.hearers ?? [])
    .filter(({ gateway }) => gateway !== next.gateway)
    .map((other) => arrivalAgainst(next, other, sender))
    .filter((finding) => finding !== undefined);
  return (
    compared.find(({ outcome }) => outcome === 'broken') ??
    compared[0] ??
    unknown('arrival', 'no other gateway with place and time heard this frame')
  );
};

/** MTypes of joins, rejoins and proprietary frames, beacons among them. */
const SENT_ONCE: readonly number[] = [0, 6, 7];

/** Devices repeat data for minutes, never for longer; a join or a beacon is not repeated at all. */
const replay = (track: FrameTrack | undefined, next: Reception): Finding => {
  if (track === undefined) return held('replay');
  const errors = [errorUsOf(track.first), errorUsOf(next)];
  const [before, after] = errors;
  if (before === undefined || after === undefined) return unknown('replay', 'there is no time to compare');
  const limitMs = SENT_ONCE.includes((next.phy[0] ?? 0) >> 5) ? replayOnceAfterMs : replayAfterMs;
  const ageMs = Math.abs(elapsedUs(track.first, next)) / 1_000;
  return ageMs > limitMs + (before + after) / 1_000
    ? broken('replay', `the same bytes were heard ${(ageMs / 1_000).toFixed(0)} s before`)
    : held('replay');
};

/** One gateway hears one transmission once; what comes within a second is the same, or its ghost beside the channel. */
const duplicate = (track: FrameTrack | undefined, next: Reception): Finding => {
  const own = track?.hearers.find(({ gateway }) => gateway === next.gateway);
  return own !== undefined && Math.abs(elapsedUs(own, next)) < repeatAfterMs * 1_000
    ? broken('duplicate', 'this gateway reported this frame already')
    : held('duplicate');
};

/** What a reception says against others of the same bytes, and the frame's new track. */
export const frameFindings = (
  track: FrameTrack | undefined,
  next: Reception,
  sender: Place | undefined,
): { readonly findings: readonly Finding[]; readonly track: FrameTrack } => ({
  findings: [arrival(track, next, sender), replay(track, next), duplicate(track, next)],
  track: {
    first: track?.first ?? next,
    hearers: [...(track?.hearers ?? []).filter(({ gateway }) => gateway !== next.gateway), next].slice(
      -HEARERS_MAX,
    ),
  },
});
