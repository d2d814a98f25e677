import { elapsedMs, fault, type MonoNs } from '@outpost/schemas/words';
import { CONTROL, forgetCar, settle } from '../../obd/turn.ts';
import { synchronise } from './link.ts';
import type { Phase, Printed } from './state.ts';
import { AT_TIMEOUT_MS, after, askAdapter, sensible, strike, type Turn } from './turn.ts';
import { takeVoltage } from './voltage.ts';

type Absent = Extract<Phase, { kind: 'absent' }>;

const MINUTE_MS = 60_000;

/**
 * When to look for the car without any sign of it, counted from the last look: four times in the first hour at most,
 * then ever more rarely, because each look wakes control units and draws on the battery.
 */
const BLIND_LOOK_MS: readonly number[] = [1, 15, 30, 60, 120, 240, 360].map((minutes) => minutes * MINUTE_MS);

/** Nothing looks for a car whose battery is this low. */
const BATTERY_LOW_MILLIVOLTS = 12_200;

/** A generator or charger is at work. */
const CHARGING_MILLIVOLTS = 13_200;
/** A door, a starter, a generator: something happened in the car. */
const RISE_MILLIVOLTS = 200;
const FALL_MILLIVOLTS = 300;

/** A voltage that flutters must not wake the car more often than this. */
const LOOK_GAP_MS = MINUTE_MS;

/** Readings of the voltage while the car is away; the dongle answers them without any byte to the car. */
const VOLTAGE_EVERY_MAX_MS = 30_000;

/** The car may be another one when it is next found, so what it called itself is forgotten. */
export const startAbsent = (turn: Turn): void => {
  const { probes } = turn.facts;
  const wait = BLIND_LOOK_MS[Math.min(probes, BLIND_LOOK_MS.length - 1)] ?? MINUTE_MS;
  turn.car = forgetCar(turn.car);
  turn.facts = { ...turn.facts, probes: probes + 1 };
  turn.upsets = { ...turn.upsets, resetsInSetup: 0 };
  turn.phase = {
    kind: 'absent',
    since: turn.now,
    voltageDue: turn.now,
    probeDue: after(turn, wait),
    lastMillivolts: turn.facts.millivolts,
  };
};

/** Whether the voltage shows that something happened in the car between two readings. */
const wokeUp = (before: number | undefined, millivolts: number): boolean => {
  if (before === undefined) return millivolts >= CHARGING_MILLIVOLTS;
  const change = millivolts - before;
  if (change >= RISE_MILLIVOLTS || change <= -FALL_MILLIVOLTS) return true;
  return before < CHARGING_MILLIVOLTS && millivolts >= CHARGING_MILLIVOLTS;
};

const noVoltage = fault('malformed', 'elm327.unclear', 'dongle', 'the reply to ATRV is no voltage');

/** What to do after a reply to `ATRV`. */
export type Watched = 'waiting' | 'look';

export const absentReply = (turn: Turn, phase: Absent, reply: Printed): Watched => {
  const voltageDue = after(turn, Math.min(turn.options.voltageEveryMs, VOLTAGE_EVERY_MAX_MS));
  turn.phase = { ...phase, voltageDue };
  if (reply.silent) return 'waiting';
  const unknown = reply.lines.some(({ event }) => event?.kind === 'trouble');
  if (unknown) {
    settle(turn, reply.lines, () => CONTROL);
    return 'waiting';
  }
  const millivolts = takeVoltage(turn, reply.lines);
  if (millivolts === undefined) {
    strike(turn, noVoltage);
    synchronise(turn, undefined);
    return 'waiting';
  }
  sensible(turn);
  const woke = wokeUp(phase.lastMillivolts, millivolts);
  // Too soon after the last look, the sign is kept by keeping the voltage that it is measured against.
  if (woke && elapsedMs(phase.since, turn.now) < LOOK_GAP_MS) return 'waiting';
  turn.phase = { ...phase, voltageDue, lastMillivolts: millivolts };
  return woke ? 'look' : 'waiting';
};

const reached = (turn: Turn, moment: MonoNs): boolean => elapsedMs(turn.now, moment) <= 0;

/** Asks for the voltage when it is due, or waits. True where it is time for a blind look at the car. */
export const absentNext = (turn: Turn, phase: Absent): boolean => {
  const { lastMillivolts, probeDue, voltageDue } = phase;
  const low = lastMillivolts !== undefined && lastMillivolts < BATTERY_LOW_MILLIVOLTS;
  if (!low && reached(turn, probeDue)) return true;
  if (reached(turn, voltageDue)) askAdapter(turn, 'RV', AT_TIMEOUT_MS);
  else turn.wakeAt = !low && probeDue < voltageDue ? probeDue : voltageDue;
  return false;
};
