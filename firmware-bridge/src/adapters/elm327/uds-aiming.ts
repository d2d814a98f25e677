import { fault } from '@outpost/schemas/words';
import type { Question } from '../../obd/question.ts';
import { CONTROL, quarantined, settle } from '../../obd/turn.ts';
import { busOf } from './bus.ts';
import type { Printed } from './state.ts';
import { waitDigits } from './tune.ts';
import { AT_TIMEOUT_MS, askAdapter, sensible, strike, type Turn } from './turn.ts';
import { type AimCommand, aimAt, aimCommands, aimed, EVERYBODY } from './uds-aim.ts';

/** No row: the reply belongs to the chip's settings. */
export const AIM_ROW = -3;

const nextCommand = ({ facts, options }: Turn): AimCommand | undefined => {
  const { aiming, protocol } = facts;
  return aimCommands(aiming, busOf(protocol), waitDigits(options.answerTimeoutMs))[aiming.done];
};

/**
 * Sets the chip to speak to whom the question is for, one command at a time. `ready` where it does, `refused` where it
 * cannot.
 */
export const aim = (turn: Turn, question: Question | undefined): 'ready' | 'asking' | 'refused' => {
  const goal =
    question === undefined ? EVERYBODY : { target: question.target, patient: question.patient === true };
  turn.facts = { ...turn.facts, aiming: aimAt(turn.facts.aiming, goal) };
  const command = nextCommand(turn);
  if (command === undefined) return turn.facts.aiming.refused ? 'refused' : 'ready';
  askAdapter(turn, command.text, AT_TIMEOUT_MS, AIM_ROW);
  return 'asking';
};

const unclear = fault(
  'malformed',
  'elm327.unclear',
  'dongle',
  'the reply to a setting is neither yes nor no',
);

/** Takes the reply to the command that `aim` asked. One that is neither yes nor no is asked again. */
export const aimPrinted = (turn: Turn, { lines, silent }: Printed): void => {
  const command = nextCommand(turn);
  const [line, ...others] = lines;
  const said = others.length === 0 ? line?.event : undefined;
  const understood = said?.kind === 'ok';
  const unknown = said?.kind === 'trouble' && said.trouble === 'unknown-command';
  if (!understood && !unknown) {
    settle(turn, lines, quarantined(unclear));
    if (!silent) strike(turn, unclear);
    return;
  }
  settle(turn, lines, () => CONTROL);
  sensible(turn);
  if (command === undefined) return;
  turn.facts = { ...turn.facts, aiming: aimed(turn.facts.aiming, command, understood) };
};
