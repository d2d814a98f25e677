import { fault } from '@outpost/schemas/words';
import { analogBody, analogRaw, digitalBody, digitalRaw, isHigh } from './meaning.ts';
import type { BoardMessage } from './message.ts';
import { workingInputs } from './set-up.ts';
import { change, drop, type Turn } from './state.ts';

type Analog = Extract<BoardMessage, { readonly kind: 'analog' }>;
type Digital = Extract<BoardMessage, { readonly kind: 'digital' }>;

export const takeAnalog = (turn: Turn, { channel, value }: Analog, raw: Uint8Array): void => {
  const input = turn.options.analog.find((each) => each.channel === channel);
  if (input === undefined || turn.state.phase !== 'ready') {
    drop(turn, 'not-configured');
    return;
  }
  const body = analogBody(input, value);
  if (body === undefined) {
    const { signal, name } = input;
    const words = `a count of ${value} is outside ${signal.min} to ${signal.max} ${signal.unit} (${signal.name}).`;
    turn.fates.push({
      kind: 'quarantined',
      fault: fault('malformed', 'firmata.value', `analog.${name}`, words),
      raw,
    });
    return;
  }
  turn.said.push({ body, raw: analogRaw(raw, input), origin: turn.state.origin });
  turn.fates.push({ kind: 'observed' });
};

/** Levels that changed, and all of a port that was asked for them. */
export const takeDigital = (turn: Turn, { port, bits }: Digital, raw: Uint8Array): void => {
  if (turn.state.phase !== 'ready') {
    drop(turn, 'not-configured');
    return;
  }
  const { levels, askedPorts, origin } = turn.state;
  const inputs = workingInputs(turn).filter(({ pin }) => pin >> 3 === port);
  if (inputs.length === 0) {
    drop(turn, 'not-configured');
    return;
  }
  const wasAsked = askedPorts.has(port);
  const next = new Map(levels);
  const saidBefore = turn.said.length;
  for (const input of inputs) {
    const high = isHigh(input.pin, bits);
    const before = levels.get(input.pin);
    next.set(input.pin, high);
    if (before === high && !wasAsked) continue;
    turn.said.push({ body: digitalBody(input, bits), raw: digitalRaw(raw, input), origin });
    if (input.button && before !== undefined && before !== high && high !== input.invert)
      turn.happenings.push({ what: 'button', words: `${input.name} was pressed.` });
  }
  change(turn, { levels: next, askedPorts: new Set([...askedPorts].filter((each) => each !== port)) });
  if (turn.said.length > saidBefore) turn.fates.push({ kind: 'observed' });
  else drop(turn, 'unchanged');
};
