import { elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { CONTROL, forgetCar, settle } from '../../obd/turn.ts';
import { DIAGNOSTIC_RATES } from './bus.ts';
import { dropOverheard, type Outcome } from './link.ts';
import type { Absent, Heard } from './state.ts';
import { after, type Turn, tell } from './turn.ts';

const MINUTE_MS = 60_000;

/**
 * When to look for the car without any sign of it, counted from the last look: four times in the first hour at most,
 * then ever more rarely, because each look wakes control units and draws on the battery.
 */
const BLIND_LOOK_MS: readonly number[] = [1, 15, 30, 60, 120, 240, 360].map((minutes) => minutes * MINUTE_MS);

/** Frames are a sign that the car woke up when the bus was silent for so long before; chatter by itself is none. */
const SILENCE_MS = 30_000;

/** The car may be another one when it is next found, so what it called itself is forgotten. */
export const startAbsent = (turn: Turn): void => {
  const { probes } = turn.facts;
  const wait = BLIND_LOOK_MS[Math.min(probes, BLIND_LOOK_MS.length - 1)] ?? MINUTE_MS;
  turn.car = forgetCar(turn.car);
  turn.facts = { ...turn.facts, probes: probes + 1 };
  turn.phase = {
    kind: 'absent',
    stage: 'close',
    probeDue: after(turn, wait),
    heardAt: turn.now,
    woke: false,
  };
};

export const absentTold = (
  turn: Turn,
  phase: Absent,
  { how, heard }: Extract<Outcome, { kind: 'told' }>,
): void => {
  if (heard !== undefined) settle(turn, [heard], () => CONTROL);
  switch (phase.stage) {
    case 'close':
      turn.phase = { ...phase, stage: turn.facts.listens === false ? 'watch' : 'rate' };
      return;
    case 'rate':
      turn.phase = { ...phase, stage: 'listen' };
      return;
    case 'listen':
      turn.facts = { ...turn.facts, listens: how !== 'refused' };
      turn.phase = { ...phase, stage: 'watch' };
      return;
    case 'watch':
  }
};

/** A frame on a bus that was silent is a sign that the car wakes up. */
export const absentOverheard = (turn: Turn, phase: Absent, heard: Heard): void => {
  dropOverheard(turn, heard);
  if (heard.event?.kind !== 'frame') return;
  const woke = phase.woke || elapsedMs(phase.heardAt, turn.now) >= SILENCE_MS;
  turn.phase = { ...phase, heardAt: turn.now, woke };
};

const reached = (turn: Turn, moment: MonoNs): boolean => elapsedMs(turn.now, moment) <= 0;

/** What it is time for. */
export type Watched = 'waiting' | 'look' | 'blind-look';

export const absentNext = (turn: Turn, phase: Absent): Watched => {
  switch (phase.stage) {
    case 'close':
      tell(turn, { kind: 'close' });
      return 'waiting';
    case 'rate':
      tell(turn, {
        kind: 'bit-rate',
        code: turn.facts.rate ?? turn.options.rate ?? DIAGNOSTIC_RATES[0] ?? 6,
      });
      return 'waiting';
    case 'listen':
      tell(turn, { kind: 'open', mode: 'listen' });
      return 'waiting';
    case 'watch':
      if (phase.woke) return 'look';
      if (reached(turn, phase.probeDue)) return 'blind-look';
      turn.wakeAt = phase.probeDue;
      return 'waiting';
  }
};
