import { type MonoNs, monoAfterMs, type Order } from '@outpost/schemas/words';
import { ask, beginAnew, forgetOrders } from './handshake.ts';
import { type BoardMessage, PIN_MODES } from './message.ts';
import type { Output } from './option-outputs.ts';
import { works } from './set-up.ts';
import { change, control, count, type Turn } from './state.ts';

type PinState = Extract<BoardMessage, { readonly kind: 'pin-state' }>;

/** A board confirms within a few milliseconds. */
const CONFIRM_MS = 2_000;
/** Faster than this nobody can see a light blink. */
const BEAT_MS = 500;

const listed = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));

const refuse = (turn: Turn, { id }: Order, code: string, words: string): void => {
  turn.outcomes.push({ id, kind: 'refused', code, words });
};

/** What may be written to it; undefined where a value is none of them. */
const valueWords = (output: Output, value: number): string | undefined => {
  switch (output.kind) {
    case 'relay':
    case 'digital':
    case 'light':
      return value === 0 || value === 1 ? undefined : 'takes 0 or 1.';
    case 'pwm':
      return value >= 0 && value <= 100 ? undefined : 'takes 0 to 100 percent.';
    case 'servo': {
      const { minDegrees, maxDegrees } = output;
      return value >= minDegrees && value <= maxDegrees
        ? undefined
        : `takes ${minDegrees} to ${maxDegrees} degrees.`;
    }
  }
};

/** What the board must say of the pin afterwards; a value where it is the same on every board. */
const expected = (output: Output, value: number): readonly [mode: number, value: number | undefined] => {
  switch (output.kind) {
    case 'relay':
      return [PIN_MODES.output, output.contact === 'NC' ? 1 - value : value];
    case 'digital':
    case 'light':
      return [PIN_MODES.output, value];
    // Boards count it in as many bits as they have.
    case 'pwm':
      return [PIN_MODES.pwm, undefined];
    case 'servo':
      return [PIN_MODES.servo, Math.trunc(output.minUs + (value * (output.maxUs - output.minUs)) / 180)];
  }
};

const drive = (turn: Turn, order: Order, output: Output, value: number): void => {
  const { name, pin } = output;
  turn.commands.push({ kind: 'drive', output: name, value }, { kind: 'query-pin-state', pin });
  const until = monoAfterMs(turn.now, CONFIRM_MS);
  count(turn, 'orders');
  change(turn, { pending: [...turn.state.pending, { id: order.id, output: name, pin, value, until }] });
};

const takeOutput = (turn: Turn, order: Order & { readonly kind: 'output' }): void => {
  const orderable = turn.options.outputs.filter(({ kind }) => kind !== 'light');
  const output = turn.options.outputs.find(({ name }) => name === order.output);
  if (output === undefined) {
    const names = listed(orderable.map(({ name }) => name));
    const words = `the configuration allows no output "${order.output}"; there are: ${names}.`;
    refuse(turn, order, 'not-allowed', words);
    return;
  }
  if (output.kind === 'light') {
    refuse(turn, order, 'not-allowed', `${output.name} is a status light, which the gateway drives itself.`);
    return;
  }
  const wrong = valueWords(output, order.value);
  if (wrong !== undefined) {
    refuse(turn, order, 'value', `${output.name} ${wrong}`);
    return;
  }
  if (turn.state.phase !== 'ready') {
    refuse(turn, order, 'not-ready', 'the board has not said yet what it is; try again in a moment.');
    return;
  }
  const what = `outputs.${output.name}`;
  if (!works(turn, what)) {
    refuse(turn, order, 'not-possible', turn.state.problems.get(what) ?? '');
    return;
  }
  drive(turn, order, output, order.value);
};

const takeRestart = (turn: Turn, order: Order): void => {
  const { phase, restarting } = turn.state;
  if (phase !== 'ready' || restarting !== undefined) {
    refuse(turn, order, 'not-ready', 'the board is being set up already.');
    return;
  }
  forgetOrders(turn);
  beginAnew(turn);
  change(turn, { phase: 'version', restarting: order.id });
  turn.commands.push({ kind: 'reset' });
  ask(turn);
};

export const takeOrder = (turn: Turn, order: Order): void => {
  switch (order.kind) {
    case 'output':
      takeOutput(turn, order);
      return;
    case 'restart':
      takeRestart(turn, order);
      return;
    case 'downlink':
    case 'beacon':
    case 'approve':
    case 'forbid':
      refuse(turn, order, 'not-taken', 'a board takes orders for outputs, and to restart.');
      return;
  }
};

const UNITS = { relay: '', digital: '', light: '', pwm: ' %', servo: '°' } as const;

/** The board says what a pin holds: whoever ordered it hears that, and not that something was sent. */
export const takePinState = (turn: Turn, { pin, mode, value }: PinState): void => {
  control(turn);
  const { pending, values } = turn.state;
  const order = pending.find((each) => each.pin === pin);
  const output = turn.options.outputs.find(({ name }) => name === order?.output);
  if (order === undefined || output === undefined) return;
  change(turn, { pending: pending.filter((each) => each !== order) });
  const [wantedMode, wantedValue] = expected(output, order.value);
  if (mode === wantedMode && (wantedValue === undefined || wantedValue === value)) {
    change(turn, { values: new Map(values).set(output.name, order.value) });
    const words = `${output.name} is at ${order.value}${UNITS[output.kind]}; the board says that pin ${pin} holds ${value}.`;
    turn.outcomes.push({ id: order.id, kind: 'done', words });
    return;
  }
  const words = `the board did not take it: it says that pin ${pin} is in mode ${mode} and holds ${value}.`;
  turn.outcomes.push({ id: order.id, kind: 'refused', code: 'not-taken', words });
};

export const overdueAt = ({ state }: Turn): MonoNs | undefined => state.pending[0]?.until;

export const giveUpOverdue = (turn: Turn): void => {
  const { pending } = turn.state;
  for (const { id, output } of pending.filter(({ until }) => until <= turn.now)) {
    const words = `the board did not say within ${CONFIRM_MS / 1_000} s that ${output} took it.`;
    turn.outcomes.push({ id, kind: 'refused', code: 'time-out', words });
  }
  change(turn, { pending: pending.filter(({ until }) => until > turn.now) });
};

/**
 * What status lights do once this step's readings are on the disk. They change with each, so that a light that stands
 * still, lit or not, says that nothing is kept any more, whoever is to blame.
 */
export const beat = (
  turn: Turn,
): readonly { readonly kind: 'drive'; readonly output: string; readonly value: number }[] => {
  const lights = turn.options.outputs.filter(
    (output) => output.kind === 'light' && works(turn, `outputs.${output.name}`),
  );
  const { beat: last, phase } = turn.state;
  const isSoon = last !== undefined && monoAfterMs(last.at, BEAT_MS) > turn.now;
  if (lights.length === 0 || turn.said.length === 0 || phase !== 'ready' || isSoon) return [];
  const on = last?.on !== true;
  change(turn, { beat: { on, at: turn.now } });
  return lights.map(({ name }) => ({ kind: 'drive', output: name, value: Number(on) }));
};
