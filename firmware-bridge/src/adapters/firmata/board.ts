import { type BoardMessage, PIN_MODES, type PinMode } from './message.ts';
import type { Output } from './option-outputs.ts';
import type { FirmataOptions } from './options.ts';

/** What a board has said of itself so far, and the frames that say so. */
export interface Board {
  readonly firmware: string | undefined;
  readonly pins: readonly (readonly PinMode[])[] | undefined;
  /** By number of pin, its analog channel. */
  readonly channels: readonly (number | undefined)[] | undefined;
  /** By kind of message, whole. */
  readonly frames: ReadonlyMap<BoardMessage['kind'], Uint8Array>;
}

export const UNKNOWN_BOARD: Board = {
  firmware: undefined,
  pins: undefined,
  channels: undefined,
  frames: new Map(),
};

/** What a board says of itself; other messages say nothing of it. */
export type Introduction = Extract<
  BoardMessage,
  { readonly kind: 'version' | 'firmware' | 'capabilities' | 'analog-mapping' }
>;

export const learn = (board: Board, message: Introduction, raw: Uint8Array): Board => {
  const frames = new Map(board.frames).set(message.kind, raw);
  switch (message.kind) {
    case 'version':
      return { ...board, frames };
    case 'firmware':
      return { ...board, frames, firmware: `${message.name} ${message.major}.${message.minor}` };
    case 'capabilities':
      return { ...board, frames, pins: message.pins };
    case 'analog-mapping':
      return { ...board, frames, channels: message.channels };
  }
};

export const isKnown = ({ firmware, pins, channels }: Board): boolean =>
  firmware !== undefined && pins !== undefined && channels !== undefined;

export const hasMode = ({ pins }: Board, pin: number, mode: number): boolean =>
  pins?.[pin]?.some((each) => each.mode === mode) ?? false;

const MODES: Readonly<Record<Exclude<Output['kind'], 'light'>, readonly [mode: number, words: string]>> = {
  relay: [PIN_MODES.output, 'switched'],
  digital: [PIN_MODES.output, 'switched'],
  pwm: [PIN_MODES.pwm, 'dimmed'],
  servo: [PIN_MODES.servo, 'given a servo'],
};

const modeOf = ({ kind }: Output): readonly [number, string] =>
  kind === 'light' ? MODES.relay : MODES[kind];

/** What this board cannot do of what is configured: by `outputs.relay1` and so on, one sentence each. */
export const problemsWith = (board: Board, options: FirmataOptions): ReadonlyMap<string, string> => {
  const { analog, digital, climate, outputs } = options;
  const problems = new Map<string, string>();
  const onBus = (pin: number): boolean => climate.length > 0 && hasMode(board, pin, PIN_MODES.i2c);
  for (const { name, channel } of analog) {
    const pin = board.channels?.indexOf(channel) ?? -1;
    if (pin < 0) problems.set(`analog.${name}`, `this board has no analog channel ${channel}.`);
    else if (onBus(pin)) problems.set(`analog.${name}`, `its pin carries the I²C bus on this board.`);
  }
  for (const { name, pin } of digital) {
    if (!hasMode(board, pin, PIN_MODES.input))
      problems.set(`digital.${name}`, `pin ${pin} of this board cannot be read.`);
    else if (onBus(pin)) problems.set(`digital.${name}`, `pin ${pin} carries the I²C bus on this board.`);
  }
  for (const output of outputs) {
    const [mode, words] = modeOf(output);
    const what = `outputs.${output.name}`;
    if (!hasMode(board, output.pin, mode))
      problems.set(what, `pin ${output.pin} of this board cannot be ${words}.`);
    else if (onBus(output.pin)) problems.set(what, `pin ${output.pin} carries the I²C bus on this board.`);
  }
  if (climate.length > 0 && !board.pins?.some((pin) => pin.some(({ mode }) => mode === PIN_MODES.i2c))) {
    for (const { name } of climate) problems.set(`climate.${name}`, 'this board has no I²C bus.');
  }
  return problems;
};
