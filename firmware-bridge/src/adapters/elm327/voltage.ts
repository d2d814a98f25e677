import { fault } from '@outpost/schemas/words';
import { quarantined, say, settle } from '../../obd/turn.ts';
import { learned } from '../../power/index.ts';
import { adapterTextBody } from './adapter-text.ts';
import { lineText } from './event.ts';
import type { Heard } from './state.ts';
import type { Turn } from './turn.ts';

const unclear = fault('malformed', 'elm327.unclear', 'dongle', 'the reply to ATRV is no voltage');

/**
 * Takes the lines of a reply to `ATRV`: the voltage in millivolts, or undefined where they hold none. One that is not
 * wanted is not told, and dropped as unchanged.
 */
export const takeVoltage = (
  turn: Turn,
  lines: readonly Heard[],
  isWanted: (millivolts: number) => boolean = () => true,
): number | undefined => {
  const [line, ...others] = lines;
  const body = line?.event?.kind === 'text' ? adapterTextBody(lineText(line.raw)) : undefined;
  if (line === undefined || body?.kind !== 'number' || others.length > 0) {
    settle(turn, lines, quarantined(unclear));
    return undefined;
  }
  // The signal has two decimals: a hundredth of a volt is ten millivolts.
  const millivolts = body.mantissa * 10;
  if (isWanted(millivolts)) say(turn, [line], [body]);
  else settle(turn, [line], () => ({ kind: 'dropped', reason: 'unchanged' }));
  turn.facts = { ...turn.facts, millivolts };
  turn.power = learned(turn.power, { kind: 'voltage', millivolts }, turn.now);
  return millivolts;
};

/** What an STN chip measures more exactly, all others in tenths. */
export const voltageCommand = ({ facts }: Turn): string =>
  facts.capabilities['STVR'] === true ? 'STVR' : 'RV';
