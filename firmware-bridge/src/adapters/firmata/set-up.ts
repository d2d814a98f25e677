import { hasMode } from './board.ts';
import { PIN_MODES } from './message.ts';
import type { DigitalInput } from './options.ts';
import { change, type Turn } from './state.ts';

/** Whether this board can do what an entry of the configuration asks for. */
export const works = (turn: Turn, what: string): boolean => !turn.state.problems.has(what);

export const workingInputs = (turn: Turn): readonly DigitalInput[] =>
  turn.options.digital.filter(({ name }) => works(turn, `digital.${name}`));

const portsOf = (inputs: readonly DigitalInput[]): readonly number[] => [
  ...new Set(inputs.map(({ pin }) => pin >> 3)),
];

/** A board that was told again to report a port says its levels at once. */
export const askLevels = (turn: Turn): void => {
  const ports = portsOf(workingInputs(turn));
  for (const port of ports) turn.commands.push({ kind: 'report-digital', port, on: true });
  change(turn, { askedPorts: new Set(ports), digitalAt: turn.now });
};

/** Boards of Firmata before 2.5 know no mode for a pull-up: there it is a high level written to an input. */
const setInputs = (turn: Turn): void => {
  const { board } = turn.state;
  const inputs = workingInputs(turn);
  const bits = new Map<number, number>();
  for (const { pin, pullup } of inputs) {
    const isModern = pullup && hasMode(board, pin, PIN_MODES.pullup);
    turn.commands.push({ kind: 'pin-mode', pin, mode: isModern ? PIN_MODES.pullup : PIN_MODES.input });
    if (pullup && !isModern) bits.set(pin >> 3, (bits.get(pin >> 3) ?? 0) | (1 << (pin & 7)));
  }
  for (const [port, ones] of bits) turn.commands.push({ kind: 'write-digital', port, bits: ones });
  if (inputs.length > 0) askLevels(turn);
};

/**
 * From a known beginning: the reset turns off whatever an earlier program left on. Inputs come before outputs, because
 * pull-ups are written with the levels of a whole port.
 */
export const setUp = (turn: Turn): void => {
  const { options, commands } = turn;
  commands.push({ kind: 'reset' }, { kind: 'sampling', everyMs: options.samplingMs });
  setInputs(turn);
  if (options.climate.length > 0) commands.push({ kind: 'i2c-config', delayUs: 0 });
  if (options.outputs.length > 0) {
    const outputs = options.outputs.map(({ name }) => name).filter((name) => works(turn, `outputs.${name}`));
    const pullups = workingInputs(turn).flatMap(({ pin, pullup }) => (pullup ? [pin] : []));
    commands.push({ kind: 'attach', frames: turn.state.board.frames, outputs, pullups });
  }
  for (const { name, channel } of options.analog) {
    if (works(turn, `analog.${name}`)) commands.push({ kind: 'report-analog', channel, on: true });
  }
};
