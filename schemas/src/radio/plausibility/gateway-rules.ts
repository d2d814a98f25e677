import { distanceM } from '../../privacy/index.ts';
import { fskAirtimeUs, loraAirtimeUs, lorawanFrame, lrFhssAirtimeUs } from '../airtime.ts';
import { COVERAGE_RULES, NOISES_MAX, noiseDbm, RECENT_MAX, timeErrorUs } from './limits.ts';
import { broken, doubtful, type Finding, held, type Reception, unknown } from './reception.ts';

const { placeErrorM, speedMax, driftPpm, demodulators } = COVERAGE_RULES;
const { noiseAboveDb, noiseSnrMaxDb, noiseFramesMin, placeAgeMs } = COVERAGE_RULES;

/** A concentrator's counter goes round in 71 minutes. */
export const COUNTER_US: number = 2 ** 32;
const HALF_US = COUNTER_US / 2;
/** A counter that begins anew by chance so near to where it would be does so once in two thousand times. */
const RESTART_APART_US = 1_000_000;

/** What is remembered of one gateway. */
export interface GatewayTrack {
  readonly last: Reception;
  /** Start and end on the wall clock in µs from an arbitrary moment, latest last. */
  readonly recent: readonly (readonly [startUs: number, endUs: number])[];
  /** dBm per Hz of the noise that its latest frames were heard in. */
  readonly noises: readonly number[];
}

/** Largest error of the clock of a reception in µs; undefined where it may be anything. */
export const errorUsOf = ({ trust, timeErrorUs: own, waited }: Reception): number | undefined =>
  waited === true ? undefined : (own ?? timeErrorUs(trust));

/** µs from one reception to the next by the wall clock; differences of this size are exact in a double. */
export const elapsedUs = (from: Reception, to: Reception): number => Number(to.wall - from.wall) / 1_000;

const airtimeUs = ({ rate, phy }: Reception): number | undefined => {
  switch (rate.kind) {
    case 'lora':
      return loraAirtimeUs(lorawanFrame(rate, phy.length, 'up'));
    case 'fsk':
      return fskAirtimeUs(rate, phy.length);
    case 'lr-fhss':
      return lrFhssAirtimeUs(rate, phy.length);
  }
};

/** An antenna does not jump; a copied EUI does. */
const movement = (last: Reception, next: Reception): Finding => {
  const error = errorUsOf(next);
  if (last.place === undefined || next.place === undefined || error === undefined)
    return unknown('movement', 'the gateway says no place or no time');
  const metres = distanceM(last.place, next.place);
  const seconds = (Math.abs(elapsedUs(last, next)) + error) / 1e6;
  return metres <= placeErrorM + speedMax * (seconds + placeAgeMs / 1_000)
    ? held('movement')
    : broken('movement', `the gateway moved ${(metres / 1_000).toFixed(1)} km in ${seconds.toFixed(1)} s`);
};

/**
 * The counter runs with the wall clock to 10 ppm. It may have begun anew from 0 since the last frame: then it is lower
 * than it was and not higher than the time that has gone by.
 */
const counterDrift = (last: Reception, next: Reception): Finding => {
  const [before, after] = [errorUsOf(last), errorUsOf(next)];
  if (last.tmst === undefined || next.tmst === undefined || before === undefined || after === undefined)
    return unknown('counter-drift', 'there is no counter or no time to compare');
  const byWall = elapsedUs(last, next);
  const slack = before + after + (Math.abs(byWall) * driftPpm) / 1e6;
  const turns = (next.tmst - last.tmst - byWall) / COUNTER_US;
  const apart = Math.abs(turns - Math.round(turns)) * COUNTER_US;
  if (apart <= slack || slack >= HALF_US) return held('counter-drift');
  const anew = apart > RESTART_APART_US && next.tmst < last.tmst && next.tmst <= byWall + slack;
  if (anew) return held('counter-drift');
  return broken(
    'counter-drift',
    `counter and clock are ${(apart / 1e6).toFixed(3)} s apart after ${(byWall / 1e6).toFixed(1)} s`,
  );
};

/** More frames at one moment than there are demodulators were not received by one radio. */
const overlap = (
  spans: readonly (readonly [number, number])[],
  added: readonly [number, number],
): Finding => {
  const [from, to] = added;
  if (spans.length < demodulators) return held('overlap');
  let most = 0;
  for (const [start] of [...spans, added]) {
    if (start < from || start > to) continue;
    let count = 1;
    for (const [begin, end] of spans) if (begin <= start && start < end) count += 1;
    most = Math.max(most, count);
  }
  return most > demodulators
    ? broken('overlap', `${most} frames at one moment, by a radio that can receive ${demodulators}`)
    : held('overlap');
};

/** dBm per Hz of the noise; undefined where the reception does not tell. */
const noiseOf = ({ rate, rssiDbm, snrDb }: Reception): number | undefined =>
  rate.kind !== 'lora' || snrDb === undefined || snrDb > noiseSnrMaxDb
    ? undefined
    : noiseDbm(rssiDbm, snrDb) - 10 * Math.log10(rate.bandwidthHz);

/** RSSI and SNR leave over what a gateway hears when nobody speaks, and that changes slowly. */
const noise = (usual: readonly number[], own: number | undefined): Finding => {
  if (own === undefined) return unknown('noise', 'the noise cannot be told from this SNR');
  const median = usual.toSorted((a, b) => a - b)[Math.floor(usual.length / 2)];
  if (median === undefined || usual.length < noiseFramesMin)
    return unknown('noise', 'too few frames tell the gateway’s noise');
  const above = own - median;
  return above <= noiseAboveDb
    ? held('noise')
    : doubtful('noise', `RSSI ${above.toFixed(1)} dB more than its SNR and this gateway’s noise give`);
};

const WAITED = 'the frame may have waited on its way, and has no time of its own';

/** What can be said of a reception whose time is not known, and the noises of its gateway with its own. */
export const waitedFindings = (
  noises: readonly number[],
  next: Reception,
): { readonly findings: readonly Finding[]; readonly noises: readonly number[] } => {
  const own = noiseOf(next);
  const findings = [
    unknown('movement', WAITED),
    unknown('counter-drift', WAITED),
    noise(noises, own),
    unknown('overlap', WAITED),
    unknown('one-box', WAITED),
  ];
  return { findings, noises: own === undefined ? noises : [...noises, own].slice(-NOISES_MAX) };
};

/** What a reception says against the one before it of the same gateway, and the gateway's new track. */
export const gatewayFindings = (
  track: GatewayTrack | undefined,
  next: Reception,
): { readonly findings: readonly Finding[]; readonly track: GatewayTrack } => {
  const airtime = airtimeUs(next);
  const passed = track === undefined ? 0 : elapsedUs(track.last, next);
  const shifted = (track?.recent ?? []).map(([from, to]) => [from - passed, to - passed] as const);
  const own = [-(airtime ?? 0), 0] as const;
  const noises = track?.noises ?? [];
  const ownNoise = noiseOf(next);
  const first = 'this is the gateway’s first frame';
  const findings = [
    track === undefined ? unknown('movement', first) : movement(track.last, next),
    track === undefined ? unknown('counter-drift', first) : counterDrift(track.last, next),
    noise(noises, ownNoise),
    airtime === undefined ? unknown('overlap', 'no airtime can be told') : overlap(shifted, own),
  ];
  const heard = ownNoise === undefined ? noises : [...noises, ownNoise].slice(-NOISES_MAX);
  return {
    findings,
    track: { last: next, recent: [...shifted, own].slice(-RECENT_MAX), noises: heard },
  };
};
