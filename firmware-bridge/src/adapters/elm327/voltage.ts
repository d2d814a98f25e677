import { fault } from '@outpost/schemas/words';
import { quarantined, say, settle } from '../../obd/turn.ts';
import { adapterTextBody } from './adapter-text.ts';
import { lineText } from './event.ts';
import type { Heard } from './state.ts';
import type { Turn } from './turn.ts';

const unclear = fault('malformed', 'elm327.unclear', 'dongle', 'the reply to ATRV is no voltage');

/** Takes the lines of a reply to `ATRV`: the voltage in millivolts, or undefined where they hold none. */
export const takeVoltage = (turn: Turn, lines: readonly Heard[]): number | undefined => {
  const [line, ...others] = lines;
  const body = line?.event?.kind === 'text' ? adapterTextBody(lineText(line.raw)) : undefined;
  if (line === undefined || body?.kind !== 'number' || others.length > 0) {
    settle(turn, lines, quarantined(unclear));
    return undefined;
  }
  say(turn, [line], [body]);
  // The signal has two decimals: a hundredth of a volt is ten millivolts.
  const millivolts = body.mantissa * 10;
  turn.facts = { ...turn.facts, millivolts };
  return millivolts;
};
