import { asciiBytes, asciiText, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../../cut-lines.ts';
import type { Item, Wire } from '../../wire.ts';
import { assertMaySend } from './allow-list.ts';
import { type FrameLine, frameLine, readFrameLine } from './frame-line.ts';

/** Bit rates by the digit of `S`, kbit/s. */
export const BIT_RATES_KBPS: readonly number[] = [10, 20, 50, 100, 125, 250, 500, 800, 1_000];

/** What a program tells the adapter. A simulator may meet them all; the gateway encodes those without a remark. */
export type Command =
  /** A bare carriage return: ends whatever half line the adapter may have been left with. */
  | { readonly kind: 'nothing' }
  /** `S6`: index into `BIT_RATES_KBPS`. */
  | { readonly kind: 'bit-rate'; readonly code: number }
  /** `O`, or `L`: listen and never say anything, not even that a frame was heard. */
  | { readonly kind: 'open'; readonly mode: 'normal' | 'listen' }
  | { readonly kind: 'close' }
  | { readonly kind: 'version' }
  | { readonly kind: 'serial' }
  | { readonly kind: 'flags' }
  /** `Z0`, `Z1`. */
  | { readonly kind: 'timestamps'; readonly on: boolean }
  /** Encoded only as `allow-list.ts` says. */
  | ({ readonly kind: 'frame' } & FrameLine)
  /** `M` and `m`: acceptance code and mask of an SJA1000. Never encoded: adapters disagree on what they mean. */
  | { readonly kind: 'acceptance'; readonly what: 'code' | 'mask'; readonly value: number }
  /** `s0014`: registers of the bit timing. Never encoded. */
  | { readonly kind: 'bit-timing'; readonly registers: string }
  /** Anything else, which an adapter answers with BEL. Never encoded. */
  | { readonly kind: 'other'; readonly text: string };

const CR = 0x0d;

/** The longest command, a 29-bit frame, has 26 characters. */
export const COMMAND_MAX_BYTES = 64;

const PLAIN: Readonly<Record<string, Command>> = {
  '': { kind: 'nothing' },
  O: { kind: 'open', mode: 'normal' },
  L: { kind: 'open', mode: 'listen' },
  C: { kind: 'close' },
  V: { kind: 'version' },
  N: { kind: 'serial' },
  F: { kind: 'flags' },
  Z0: { kind: 'timestamps', on: false },
  Z1: { kind: 'timestamps', on: true },
};

const readCommand = (text: string): Result<Command> => {
  const plain = Object.hasOwn(PLAIN, text) ? PLAIN[text] : undefined;
  if (plain !== undefined) return ok(plain);
  const rate = /^S([0-8])$/.exec(text)?.[1];
  if (rate !== undefined) return ok({ kind: 'bit-rate', code: Number(rate) });
  const [, letter, digits = ''] = /^([Mm])([0-9A-Fa-f]{8})$/.exec(text) ?? [];
  if (letter !== undefined) {
    const what = letter === 'M' ? 'code' : 'mask';
    return ok({ kind: 'acceptance', what, value: Number.parseInt(digits, 16) });
  }
  const registers = /^s([0-9A-Fa-f]{4,6})$/.exec(text)?.[1];
  if (registers !== undefined) return ok({ kind: 'bit-timing', registers });
  if (!/^[tTrR]/.test(text)) return ok({ kind: 'other', text });
  const line = readFrameLine(text);
  return line.ok ? ok({ kind: 'frame', ...line.value }) : line;
};

const decode = (frame: Uint8Array): readonly Item<Command>[] => {
  const raw = frame.at(-1) === CR ? frame.subarray(0, -1) : frame;
  if (raw.length >= COMMAND_MAX_BYTES) {
    const words = `a command of ${COMMAND_MAX_BYTES} bytes or more`;
    return [{ raw, result: fail(fault('malformed', 'slcan.line-too-long', 'command', words)) }];
  }
  return [{ raw, result: readCommand(asciiText(raw.filter((byte) => byte !== 0x0a && byte !== 0))) }];
};

const commandText = (command: Command): string => {
  switch (command.kind) {
    case 'bit-rate':
      if (BIT_RATES_KBPS[command.code] === undefined) throw new RangeError(`S${command.code} is no bit rate`);
      return `S${command.code}`;
    case 'frame':
      assertMaySend(command.frame);
      return frameLine(command);
    case 'timestamps':
      return command.on ? 'Z1' : 'Z0';
    case 'open':
      return command.mode === 'listen' ? 'L' : 'O';
    case 'nothing':
      return '';
    case 'close':
      return 'C';
    case 'version':
      return 'V';
    case 'serial':
      return 'N';
    case 'flags':
      return 'F';
    case 'acceptance':
    case 'bit-timing':
    case 'other':
      throw new RangeError(`a command of kind ${command.kind} is never sent`);
  }
};

/** What the adapter is sent, lines that end with CR. `encode` throws a RangeError for what may not be sent. */
export const commandWire: Wire<Command> = {
  tailMaxBytes: COMMAND_MAX_BYTES,
  cut: lineCutter(COMMAND_MAX_BYTES, (bytes, _, at) => bytes[at] === CR),
  decode,
  encode: (command) => asciiBytes(`${commandText(command)}\r`),
};
