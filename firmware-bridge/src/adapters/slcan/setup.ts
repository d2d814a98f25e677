import { type Body, fault } from '@outpost/schemas/words';
import { CONTROL, quarantined, say, settle } from '../../obd/turn.ts';
import { identityOfLine, namesSimulator } from './adapter-line.ts';
import type { Command } from './command.ts';
import type { Outcome } from './link.ts';
import type { Facts, Heard, Phase } from './state.ts';
import { TOLD_TIMEOUT_MS, type Turn, tell } from './turn.ts';

type Setup = Extract<Phase, { kind: 'setup' }>;

export const NEW_FACTS: Facts = {
  version: undefined,
  serial: undefined,
  listens: undefined,
  rate: undefined,
  idBits: undefined,
  busState: undefined,
  traffic: undefined,
  probes: 0,
  unheard: 0,
  strikes: 0,
};

/** An empty line may be answered or not, so nobody waits long for it. */
const NOTHING_TIMEOUT_MS = 200;

/**
 * Ends what half line an earlier program left, closes what it left open, and asks who is there: the serial number
 * first, because our simulator names itself in it. No times: lines stay short, and frames are stamped when they arrive.
 */
const STEPS: readonly Command[] = [
  { kind: 'nothing' },
  { kind: 'nothing' },
  { kind: 'close' },
  { kind: 'serial' },
  { kind: 'version' },
  { kind: 'timestamps', on: false },
];

/** Steps after which what comes may still be an earlier program's. */
const LEFTOVERS_UNTIL = 3;

export const newSetup = (): Setup => ({ kind: 'setup', step: 0, tries: 0 });

const notAName = fault('malformed', 'slcan.not-known', 'line', 'no name that an adapter can have');

/** What the adapter calls itself is a reading like any other: it says whose word the others are. */
const takeName = (turn: Turn, heard: Heard): void => {
  const { event } = heard;
  const body: Body | undefined = identityOfLine(event);
  if (body?.kind !== 'identity') {
    settle(turn, [heard], event === undefined ? quarantined(notAName) : () => CONTROL);
    return;
  }
  if (event?.kind === 'serial') {
    turn.facts = { ...turn.facts, serial: event.text };
    if (namesSimulator(event.text)) turn.car = { ...turn.car, origin: 'simulated' };
  } else {
    turn.facts = { ...turn.facts, version: body.text };
  }
  say(turn, [heard], [body]);
};

export const setupTold = (turn: Turn, phase: Setup, told: Extract<Outcome, { kind: 'told' }>): void => {
  if (told.heard !== undefined) takeName(turn, told.heard);
  // A command that an unreadable line swallowed is worth a second try; one that is refused is not.
  const again = told.how === 'silent' && told.command.kind !== 'nothing' && phase.tries === 0;
  turn.phase = again ? { ...phase, tries: 1 } : { ...phase, step: phase.step + 1, tries: 0 };
};

/** What comes before the adapter is closed belongs to an earlier conversation. */
export const isLeftover = ({ step }: Setup): boolean => step < LEFTOVERS_UNTIL;

/** Tells the next step; false where the setup is through. */
export const setupNext = (turn: Turn, phase: Setup): boolean => {
  const command = STEPS[phase.step];
  if (command === undefined) return false;
  tell(turn, command, command.kind === 'nothing' ? NOTHING_TIMEOUT_MS : TOLD_TIMEOUT_MS);
  return true;
};
