import { elapsedMs, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import { CONTROL, forgetCar, settle } from '../../obd/turn.ts';
import { learned, looked, mayNow } from '../../power/index.ts';
import { startConnect } from './connect.ts';
import { synchronise } from './link.ts';
import type { Phase, Printed } from './state.ts';
import { AT_TIMEOUT_MS, askAdapter, sensible, strike, type Turn } from './turn.ts';
import { takeVoltage, voltageCommand } from './voltage.ts';

type Absent = Extract<Phase, { kind: 'absent' }>;

const ABSENT: Absent = { kind: 'absent', voltageAskedAt: undefined, told: undefined };

/** The car is left alone, for it was looked for or listened to long enough. */
export const startAbsent = (turn: Turn): void => {
  turn.upsets = { ...turn.upsets, resetsInSetup: 0 };
  turn.phase = ABSENT;
};

/** Nobody answered. The car may be another one when it is next found, so what it called itself is forgotten. */
export const startNobody = (turn: Turn): void => {
  turn.power = learned(turn.power, { kind: 'nobody' }, turn.now);
  turn.car = forgetCar(turn.car);
  turn.facts = { ...turn.facts, probes: turn.facts.probes + 1 };
  startAbsent(turn);
};

const noVoltage = fault('malformed', 'elm327.unclear', 'dongle', 'the reply to ATRV is no voltage');

/** Takes a reply to `ATRV`. The voltage is told when it changed, and at the pace of the configuration when not. */
export const absentReply = (turn: Turn, phase: Absent, reply: Printed): void => {
  if (reply.silent) return;
  const unknown = reply.lines.some(({ event }) => event?.kind === 'trouble');
  if (unknown) {
    settle(turn, reply.lines, () => CONTROL);
    return;
  }
  const { told } = phase;
  const isStale = told === undefined || elapsedMs(told.at, turn.now) >= turn.options.voltageEveryMs;
  const isWanted = (millivolts: number): boolean => isStale || millivolts !== told.millivolts;
  const millivolts = takeVoltage(turn, reply.lines, isWanted);
  if (millivolts === undefined) {
    strike(turn, noVoltage);
    synchronise(turn, undefined);
    return;
  }
  sensible(turn);
  if (isWanted(millivolts)) turn.phase = { ...phase, told: { millivolts, at: turn.now } };
};

/** What is to be done about a car that is left alone: `look` where it is being looked for from now on. */
export const absentNext = (turn: Turn, phase: Absent): 'waiting' | 'look' => {
  const may = mayNow(turn.power, turn.now);
  if (may.kind !== 'local') {
    const blind = may.kind === 'look' && may.blind;
    turn.power = looked(turn.power, blind, turn.now);
    startConnect(turn, blind ? 'blind' : 'full');
    return 'look';
  }
  const { voltageAskedAt } = phase;
  const due: MonoNs = voltageAskedAt === undefined ? turn.now : monoAfterMs(voltageAskedAt, may.everyMs);
  if (due <= turn.now) {
    turn.phase = { ...phase, voltageAskedAt: turn.now };
    askAdapter(turn, voltageCommand(turn), AT_TIMEOUT_MS);
  } else {
    turn.wakeAt = may.until !== undefined && may.until < due ? may.until : due;
  }
  return 'waiting';
};
