import { CONFIRMED_OR_PENDING, REPORT_BY_STATUS_MASK } from '@outpost/schemas/vehicle';
import { type Profile, type ProfileRequest, requestsOf } from '@outpost/schemas/vehicle/profiles';
import { type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Target } from './question.ts';
import { newRow, type Row, URGENT_WEIGHT } from './schedule.ts';
import { READ_ONLY_SERVICES } from './services.ts';
import type { Ecu } from './turn.ts';

const READ_CODES = Uint8Array.of(0x19, REPORT_BY_STATUS_MASK, CONFIRMED_OR_PENDING);

/** Control units beyond those that the law asks for are asked for their codes less often. */
const CODES_EVERY_MS = 300_000;
/** Values that move go first. */
const CODES_FIRST_AFTER_MS = 60_000;

/** Identifiers that need 29 bits. */
const STANDARD_ID_MAX = 0x7ff;

export interface UdsChoice {
  readonly requests: readonly ProfileRequest[];
  /** Names of requests that cannot be asked on this bus, or by this program, and why. */
  readonly leftOut: readonly string[];
}

const hindrance = (
  { name, request, isWide, extended }: ProfileRequest,
  wide: boolean,
): string | undefined => {
  const [service = -1] = request;
  if (!READ_ONLY_SERVICES.has(service)) {
    return `${name} (service ${service.toString(16).toUpperCase()} is not on the read-only list)`;
  }
  if (extended !== undefined) return `${name} (extended addressing)`;
  return isWide === wide ? undefined : `${name} (${isWide ? 29 : 11}-bit identifiers on another bus)`;
};

/** What of a profile can be asked of a car whose control units answer from these addresses. */
export const chooseRequests = (
  profile: Profile,
  ecus: readonly Ecu[],
  extendedSession: boolean,
): UdsChoice => {
  const wide = ecus.some(({ address }) => address > STANDARD_ID_MAX);
  const all = requestsOf(profile, { extendedSession });
  return {
    requests: all.filter((one) => hindrance(one, wide) === undefined),
    leftOut: all.flatMap((one) => hindrance(one, wide) ?? []),
  };
};

const targetOf = ({ target, answer, flowControl }: ProfileRequest): Target => ({
  to: target,
  from: answer,
  flowControl,
});

const shapeOf = ({ from }: Target, bytes: number | undefined): Row['learner']['expected'] => [
  { ecu: from, bytes, padding: undefined, longPadding: undefined },
];

/** Where the profile does not say exactly how long an answer is, it has to be learned like any other. */
const shapeOfProfile = (target: Target, { answerBytes }: ProfileRequest): Row['learner']['expected'] => {
  const [bytes, ...others] = answerBytes;
  return bytes === undefined || others.length > 0 ? undefined : shapeOf(target, bytes);
};

const profileRow = (profile: ProfileRequest, now: MonoNs): Row => {
  const target = targetOf(profile);
  const { session, request, intervalMs } = profile;
  return {
    ...newRow(request, intervalMs, now, shapeOfProfile(target, profile)),
    uds: { target, session, profile },
  };
};

const codesRow = (target: Target, now: MonoNs): Row => ({
  ...newRow(READ_CODES, CODES_EVERY_MS, now, shapeOf(target, undefined), URGENT_WEIGHT),
  due: monoAfterMs(now, CODES_FIRST_AFTER_MS),
  waitMs: CODES_FIRST_AFTER_MS,
  uds: { target, session: 'default', profile: undefined },
});

/** Each request of a profile, and the trouble codes of each control unit that it names. */
export const udsRows = (requests: readonly ProfileRequest[], now: MonoNs): readonly Row[] => {
  const targets = new Map(requests.map((one) => [one.target, targetOf(one)]));
  return [
    ...requests.map((one) => profileRow(one, now)),
    ...[...targets.values()].map((target) => codesRow(target, now)),
  ];
};
