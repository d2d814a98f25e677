import { pidByNumber, signalById } from '@outpost/schemas/vehicle';
import type { DeviceStatus, SignalRate } from '../session.ts';
import type { ObdOptions } from './options.ts';
import type { Poll } from './poll.ts';
import { notOffered, perSecondOf, type Row } from './schedule.ts';
import type { CarFacts, ObdTurn } from './turn.ts';
import { chooseRequests } from './uds-rows.ts';

const vinsOf = ({ vins }: CarFacts): readonly string[] => [
  ...new Set([...vins.values()].map(({ vin }) => vin)),
];

/** More than so many are counted only. */
const LEFT_OUT_NAMED = 3;

/** What of the vehicle's profile is not asked, and why; `` where there is nothing to say. */
const profileWords = ({ profile, extendedSessions }: ObdOptions, { ecus }: CarFacts): string => {
  if (profile === undefined) return '';
  const { leftOut } = chooseRequests(profile, ecus, extendedSessions);
  if (leftOut.length === 0) return '';
  const more = leftOut.length > LEFT_OUT_NAMED ? ` and ${leftOut.length - LEFT_OUT_NAMED} more` : '';
  return ` Of the profile ${profile.name} these are not asked: ${leftOut.slice(0, LEFT_OUT_NAMED).join(', ')}${more}.`;
};

/** One sentence on what is read of the car, over the bus of that name. */
export const pollWords = ({ car, options }: ObdTurn, { rows }: Poll, bus: string): string => {
  if (car.vinChanging) {
    const effect = options.refuseChangingVin
      ? 'its readings are refused until three answers in a row agree'
      : 'its readings are taken all the same, as configured';
    return `The vehicle gives a different identification number from one time to the next (now ${vinsOf(car).join(', ')}): ${effect}. Is this a simulator, or a tampered dongle?`;
  }
  const missing = notOffered(options, car.ecus);
  const lacks =
    missing.length === 0 ? '' : ` The car does not offer PID ${missing.join(', ')} of the poll list.`;
  const asked = rows.filter(({ retired, request }) => !retired && request?.[0] === 0x01).length;
  const units = car.ecus.length === 1 ? 'one control unit' : `${car.ecus.length} control units`;
  return `Reading ${asked} parameters of ${units} over ${bus}.${lacks}${profileWords(options, car)}`;
};

/**
 * What a script may read about the conversation with the car. The rate is that of the last `ageMs`, before which
 * `requestsBefore` requests had been sent.
 */
export const carFacts = (
  { car, counts }: ObdTurn,
  requestsBefore: number,
  ageMs: number,
): DeviceStatus['facts'] => {
  const vins = vinsOf(car);
  const perSecond = ageMs > 0 ? ((counts.requests - requestsBefore) / ageMs) * 1_000 : 0;
  return {
    origin: car.origin,
    ...(car.ecus.length === 0
      ? {}
      : { controlUnits: car.ecus.map(({ address }) => address.toString(16).toUpperCase()).join(' ') }),
    ...(vins.length === 0 ? {} : { vin: vins.join(' ') }),
    requests: counts.requests,
    requestsPerSecond: Math.round(perSecond * 10) / 10,
    answered: counts.answered,
    unanswered: counts.unanswered,
    negative: counts.negative,
    damaged: counts.damaged,
    untrusted: counts.untrusted,
    busErrors: counts.busErrors,
    ...(counts.lastTrouble === undefined ? {} : { lastTrouble: counts.lastTrouble }),
  };
};

const rounded = (perSecond: number): number => Math.round(perSecond * 1_000) / 1_000;

const signalsOf = ({ request }: Row): readonly string[] => {
  const [service, pid] = request ?? [];
  if (service !== 0x01 || pid === undefined) return [];
  return (pidByNumber(pid)?.fields ?? []).flatMap(({ signal }) => signalById(signal)?.name ?? []);
};

/** How often each live value comes. */
export const signalRates = ({ now }: ObdTurn, { rows }: Poll): readonly SignalRate[] =>
  rows
    .filter(({ retired }) => !retired)
    .flatMap((row) => {
      const perSecond = rounded(perSecondOf(row, now));
      const wantedPerSecond = rounded(1_000 / row.everyMs);
      return signalsOf(row).map((signal) => ({ signal, perSecond, wantedPerSecond }));
    });

/** What comes at less than this share of its pace comes too slowly. */
const SLOW_SHARE = 0.9;

/** How many of the live values come slower than they are wanted, of those that came twice at least. */
export const slowRows = ({ now }: ObdTurn, { rows }: Poll): number =>
  rows.filter(
    (row) =>
      !row.retired &&
      row.request?.[0] === 0x01 &&
      row.gapMs !== undefined &&
      perSecondOf(row, now) * row.everyMs < SLOW_SHARE * 1_000,
  ).length;
