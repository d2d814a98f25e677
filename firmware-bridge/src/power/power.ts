import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { type Account, blindWithin, NEW_ACCOUNT, withAwake, withBlind, withWake } from './account.ts';
import { POWER_LIMITS } from './limits.ts';
import {
  type Change,
  isCharging,
  isLow,
  isPlausibleSample,
  isPlunged,
  mayReturn,
  mustStop,
  newSupply,
  type Supply,
  sampled,
} from './supply.ts';

/** Why there is reason to think that somebody is at the car. */
export type Trigger = Change | 'motion' | 'start' | 'recovered';

/** What was learned about the car; voltages as the dongle measures them, by itself. */
export type Sign =
  | { readonly kind: 'voltage'; readonly millivolts: number }
  | { readonly kind: 'speed'; readonly kmh: number }
  | { readonly kind: 'engine'; readonly rpm: number }
  /** A car without an engine says whether it would drive. */
  | { readonly kind: 'ready'; readonly isReady: boolean }
  /** A control unit answered something. */
  | { readonly kind: 'answer' }
  /** The car was looked for and nobody answered. */
  | { readonly kind: 'nobody' }
  | { readonly kind: 'motion' };

/** One step of a dongle that prints tenths of a volt. */
const ECHO_SLACK_MILLIVOLTS = 100;

interface Look {
  readonly at: MonoNs;
  readonly blind: boolean;
  readonly millivolts: number | undefined;
  readonly answered: boolean;
  /** Whether it is known what came of it. */
  readonly settled: boolean;
}

/** What is known about a car for deciding whether it may be spoken to. Immutable, and pure: no clock but `now`. */
export interface Power {
  /** `awake`: it is being looked for, or answers. */
  readonly mode: 'awake' | 'parked' | 'stopped';
  readonly since: MonoNs;
  readonly supply: Supply;
  /** The last sign that somebody drives. */
  readonly drivenAt: MonoNs | undefined;
  readonly trigger: Trigger | undefined;
  readonly look: Look | undefined;
  /** The last time that nobody answered while the car was awake. */
  readonly missedAt: MonoNs | undefined;
  /** Looks in a row after which nobody drove: blind ones, and ones with a reason. */
  readonly blindInVain: number;
  readonly looksInVain: number;
  readonly wokenInARow: number;
  readonly account: Account;
  /** Up to when the account is kept. */
  readonly countedTo: MonoNs;
}

/** Beginning to listen is a reason to look once. */
export const newPower = (now: MonoNs, account: Account = NEW_ACCOUNT): Power => ({
  mode: 'parked',
  since: now,
  supply: newSupply(now),
  drivenAt: undefined,
  trigger: 'start',
  look: undefined,
  missedAt: undefined,
  blindInVain: 0,
  looksInVain: 0,
  wokenInARow: 0,
  account,
  countedTo: now,
});

const sinceMs = (at: MonoNs | undefined, now: MonoNs): number =>
  at === undefined ? Number.POSITIVE_INFINITY : elapsedMs(at, now);

export const isDriven = ({ drivenAt }: Power, now: MonoNs): boolean =>
  sinceMs(drivenAt, now) < POWER_LIMITS.drivingMs;

/** When a car that answers and that nobody drives is left alone. */
const leaveAt = ({ look, since, drivenAt }: Power): MonoNs => {
  const wasDriven = drivenAt !== undefined && drivenAt >= since;
  const ms = look?.blind === true && !wasDriven ? POWER_LIMITS.onAfterBlindMs : POWER_LIMITS.onMs;
  return monoAfterMs(wasDriven ? drivenAt : since, ms);
};

const park = (power: Power, now: MonoNs): Power => ({
  ...power,
  mode: 'parked',
  since: now,
  missedAt: undefined,
});

/** Counts the time that the car was awake, not driven and not charged. */
const counted = (power: Power, now: MonoNs): Power => {
  const idles = power.mode === 'awake' && power.look?.answered !== false;
  const free = isDriven(power, now) || power.supply.chargingSince !== undefined;
  const seconds = idles && !free ? elapsedMs(power.countedTo, now) / 1_000 : 0;
  return { ...power, countedTo: now, account: withAwake(power.account, seconds, now) };
};

/** Learns what came of the last look: whether somebody drove, or whether it woke the car for nothing. */
const settledLook = (power: Power, now: MonoNs): Power => {
  const { look, supply } = power;
  if (look === undefined || look.settled) return power;
  const driven = power.drivenAt !== undefined && power.drivenAt >= look.at;
  if (driven) {
    return { ...power, look: { ...look, settled: true }, blindInVain: 0, looksInVain: 0, wokenInARow: 0 };
  }
  if (!look.blind || !look.answered) return power;
  const fell = (look.millivolts ?? 0) - (supply.millivolts ?? 0);
  const settled = { ...power, look: { ...look, settled: true } };
  if (look.millivolts !== undefined && fell >= POWER_LIMITS.wokeFallMillivolts) {
    return { ...settled, wokenInARow: power.wokenInARow + 1, account: withWake(power.account, now) };
  }
  return elapsedMs(look.at, now) >= POWER_LIMITS.wokeWithinMs ? { ...settled, wokenInARow: 0 } : power;
};

/** What the passing of time brings. */
export const passed = (before: Power, now: MonoNs): Power => {
  const power = settledLook(counted(before, now), now);
  const { mode, supply } = power;
  if (mode === 'stopped') {
    if (!mayReturn(supply, now)) return power;
    return { ...park(power, now), trigger: supply.chargingSince === undefined ? 'recovered' : 'charging' };
  }
  if (isDriven(power, now)) return power;
  if (mustStop(supply, now))
    return { ...power, mode: 'stopped', since: now, trigger: undefined, missedAt: undefined };
  if (mode === 'parked') return power;
  const charged = isCharging(supply, now) && power.look?.answered !== false;
  return !charged && now >= leaveAt(power) ? park(power, now) : power;
};

const drives = (sign: Sign): boolean =>
  (sign.kind === 'speed' && sign.kmh > 0) ||
  (sign.kind === 'engine' && sign.rpm > POWER_LIMITS.runningRpm) ||
  (sign.kind === 'ready' && sign.isReady);

const answered = (power: Power, sign: Sign, now: MonoNs): Power => ({
  ...power,
  mode: 'awake',
  since: power.mode === 'awake' ? power.since : now,
  missedAt: undefined,
  look: power.look === undefined ? undefined : { ...power.look, answered: true },
  drivenAt: drives(sign) ? now : power.drivenAt,
});

/** A car that our look had woken goes to sleep again: the voltage comes back to what it was before. */
const isOwnEcho = ({ look, drivenAt }: Power, change: Change | undefined, millivolts: number): boolean => {
  if (change !== 'rise' || look?.millivolts === undefined) return false;
  const inVain = drivenAt === undefined || drivenAt < look.at;
  return inVain && millivolts <= look.millivolts + ECHO_SLACK_MILLIVOLTS;
};

const withVoltage = (power: Power, millivolts: number, now: MonoNs): Power => {
  const { supply, change: seen } = sampled(power.supply, millivolts, now);
  const change = isOwnEcho(power, seen, millivolts) ? undefined : seen;
  // An awake car shows by itself what is going on; a generator is not forgotten for what its voltage does next.
  const isNews = power.mode === 'parked' && power.trigger !== 'charging';
  const trigger = isNews ? (change ?? power.trigger) : power.trigger;
  return { ...power, supply, trigger };
};

/** Takes what was learned. */
export const learned = (before: Power, sign: Sign, now: MonoNs): Power => {
  const power = passed(before, now);
  switch (sign.kind) {
    case 'voltage':
      if (!isPlausibleSample(sign.millivolts)) return power;
      return passed(withVoltage(power, sign.millivolts, now), now);
    case 'motion':
      return power.mode === 'parked' ? { ...power, trigger: 'motion' } : power;
    case 'nobody':
      if (power.mode !== 'awake') return power;
      return isDriven(power, now) ? { ...power, missedAt: now } : park(power, now);
    case 'speed':
    case 'engine':
    case 'ready':
    case 'answer':
      // What still comes in after the car was left alone does not wake it in our eyes.
      return power.mode === 'awake' ? passed(answered(power, sign, now), now) : power;
  }
};

/** The car is being looked for now, as the verdict allowed. */
export const looked = (before: Power, blind: boolean, now: MonoNs): Power => {
  const power = passed(before, now);
  // A car that was just driven is asked again; that is no new look.
  if (power.mode === 'awake') return { ...power, missedAt: undefined };
  return {
    ...power,
    mode: 'awake',
    since: now,
    trigger: undefined,
    look: { at: now, blind, millivolts: power.supply.millivolts, answered: false, settled: false },
    blindInVain: blind ? power.blindInVain + 1 : power.blindInVain,
    looksInVain: blind ? power.looksInVain : power.looksInVain + 1,
    account: blind ? withBlind(power.account, now) : power.account,
  };
};

/** The earliest moment for a look with a reason; undefined where that is at once. */
const triggeredAt = (power: Power, now: MonoNs): MonoNs | undefined => {
  const { look, looksInVain, trigger } = power;
  // A connection that was lost on the way: the car is being driven still.
  if (look === undefined || isDriven(power, now)) return undefined;
  const doubled = POWER_LIMITS.lookGapMs * 2 ** Math.min(10, Math.max(0, looksInVain - 1));
  const gap =
    trigger === 'charging' ? POWER_LIMITS.chargingGapMs : Math.min(doubled, POWER_LIMITS.lookGapMaxMs);
  return monoAfterMs(look.at, gap);
};

/** The earliest moment for a blind look, by the pace and by the budgets of an hour and of a day. */
const blindAt = (power: Power, now: MonoNs): MonoNs => {
  const { account, look, since, blindInVain, wokenInARow } = power;
  const { blindWaitsMs: waits, wokenInARow: tooMany } = POWER_LIMITS;
  const step = wokenInARow >= tooMany ? waits.length - 1 : Math.min(blindInVain, waits.length - 1);
  const last = look !== undefined && look.at > since ? look.at : since;
  const paced = monoAfterMs(last, waits[step] ?? POWER_LIMITS.dayMs);
  const free = (count: number, ms: number): MonoNs => {
    const oldest = account.blind.at(-count);
    return blindWithin(account, ms, now) < count || oldest === undefined ? paced : monoAfterMs(oldest, ms);
  };
  const bounds = [
    free(POWER_LIMITS.blindPerHour, POWER_LIMITS.hourMs),
    free(POWER_LIMITS.blindPerDay, POWER_LIMITS.dayMs),
  ];
  return bounds.reduce((latest, each) => (each > latest ? each : latest), paced);
};

export type PowerState = 'driving' | 'on' | 'charging' | 'parked' | 'stopped';

/** What may be sent now, to whom. */
export type May =
  /** To the car, as a schedule has it. */
  | { readonly kind: 'ask' }
  /** To the car, to find out whether it is awake; a blind look is one request. */
  | { readonly kind: 'look'; readonly blind: boolean }
  /** To the dongle alone, for its voltage, at this pace. Look again at `until` at the latest. */
  | {
      readonly kind: 'local';
      readonly everyMs: number;
      readonly until: MonoNs | undefined;
      readonly sleep: boolean;
    };

export const stateOf = (power: Power, now: MonoNs): PowerState => {
  if (power.mode === 'stopped') return 'stopped';
  if (power.mode === 'awake' && isDriven(power, now)) return 'driving';
  if (isCharging(power.supply, now)) return 'charging';
  return power.mode === 'parked' ? 'parked' : 'on';
};

const local = (
  until: MonoNs | undefined,
  everyMs: number = POWER_LIMITS.localEveryMs,
  sleep = false,
): May => ({
  kind: 'local',
  everyMs,
  until,
  sleep,
});

/** What may be sent now. Ask for it after `passed`, `learned` or `looked` at the same moment. */
export const mayNow = (power: Power, now: MonoNs): May => {
  if (power.mode === 'stopped') return local(undefined, POWER_LIMITS.stoppedEveryMs, true);
  const driven = isDriven(power, now);
  if (!driven && isPlunged(power.supply)) return local(undefined);
  if (power.mode === 'awake') {
    if (power.missedAt === undefined) return { kind: 'ask' };
    const again = monoAfterMs(power.missedAt, POWER_LIMITS.againMs);
    return again <= now ? { kind: 'look', blind: true } : local(again);
  }
  const triggered = power.trigger === undefined ? undefined : (triggeredAt(power, now) ?? now);
  if (triggered !== undefined && triggered <= now) return { kind: 'look', blind: false };
  const blind = isLow(power.supply) ? undefined : blindAt(power, now);
  if (blind !== undefined && blind <= now) return { kind: 'look', blind: true };
  const soonest = triggered !== undefined && (blind === undefined || triggered < blind) ? triggered : blind;
  return local(soonest);
};
