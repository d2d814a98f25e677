import { asciiBytes, asciiText, fail, fault, fromHex, ok, toHex } from '@outpost/schemas/words';
import { lineCutter } from '../../cut-lines.ts';
import { assertReadOnly } from '../../obd/services.ts';
import type { Item, Wire } from '../../wire.ts';

/** What a program tells the dongle. `encode` takes what stands on the lists below; a simulator may meet anything. */
export type Command =
  /**
   * One harmless letter, without a carriage return: it interrupts whatever the chip is doing. Never a bare
   * carriage return instead, because that repeats the last command, which may have been somebody else's.
   */
  | { readonly kind: 'nudge' }
  /** The text after `AT`, in capitals and without spaces: `Z`, `SP0`, `@1`. */
  | { readonly kind: 'at'; readonly text: string }
  | Request
  /** A bare carriage return: the last command again. Never sent. */
  | { readonly kind: 'repeat' }
  /** The same byte while the chip waits for nothing else: the consent to a new rate of the line. */
  | { readonly kind: 'consent' }
  /** Anything else, in capitals and without spaces; the chip answers `?`. */
  | { readonly kind: 'other'; readonly text: string };

/** A request to the vehicle: service, then its parameters (SAE J1979). */
export interface Request {
  readonly kind: 'request';
  readonly bytes: Uint8Array;
  /** Return after this many lines instead of waiting for the time-out; 1 to 9. */
  readonly lines?: number;
  /** STN chips only (`STPX`): the identifier that it goes to, three or eight digits, for this request alone. */
  readonly header?: string;
  /** With `header`: how long to wait for an answer. */
  readonly waitMs?: number;
}

const CR = 0x0d;
const NUDGE = 0x79;

/** The chip's own buffer; longer commands are answered with `?`. */
export const COMMAND_MAX_BYTES = 256;

/**
 * The adapter commands that can be put on the wire: identity, settings that a reset undoes, voltage. Nothing that
 * sends a frame of our own making (`CAF0`), stores a parameter (`PP`) or is known to lock up a clone (`TP A0`).
 */
const AT_COMMANDS: readonly RegExp[] = [
  /^(?:Z|WS|D|I|@1|DP|DPN|RV|AL)$/,
  /^(?:E0|L0|S0|H1|D0|CAF1|AT[012])$/,
  /^ST[0-9A-F]{2}$/,
  /^SP[0-9]$/,
  // A faster line, which the chip takes back by itself unless it is answered.
  /^BRD(?:08|23)$/,
  // To whom read-only requests go and from where their answers are heard; flow control that lets a long answer come.
  /^(?:SH(?:[0-7][0-9A-F]{2}|[0-9A-F]{6})|CP[01][0-9A-F]|CRA(?:[0-7][0-9A-F]{2}|[01][0-9A-F]{7})?|AR)$/,
  /^(?:FCSH(?:[0-7][0-9A-F]{2}|[01][0-9A-F]{7})|FCSD30[0-9A-F]{4}|FCSM[01]|CTM[15])$/,
];

/**
 * Beside `AT`: what an STN chip is asked about itself (ScanTool, “STN1100 Family Reference and Programming Manual”), a
 * faster line, and the two bytes that find out the rate of the line because no command begins with them.
 */
const OTHER_COMMANDS: readonly RegExp[] = [/^(?:STI|STDI|STVR)$/, /^STBR[0-9]{4,7}$/, /^\x7f\x7f$/];

/** Everything but the carriage return. */
export const commandText = (command: Exclude<Command, { readonly kind: 'nudge' }>): string => {
  if (command.kind === 'at') {
    if (AT_COMMANDS.some((allowed) => allowed.test(command.text))) return `AT${command.text}`;
    throw new RangeError(`AT${command.text} is not on the list of adapter commands that may be sent`);
  }
  if (command.kind === 'consent') return '';
  if (command.kind === 'other' && OTHER_COMMANDS.some((allowed) => allowed.test(command.text))) {
    return command.text;
  }
  if (command.kind !== 'request') throw new RangeError(`a ${command.kind} command is never sent`);
  assertReadOnly(command.bytes);
  const hex = toHex(command.bytes).toUpperCase();
  const { lines, header, waitMs } = command;
  if (header !== undefined) {
    if (!/^(?:[0-7][0-9A-F]{2}|[01][0-9A-F]{7})$/.test(header))
      throw new RangeError(`${header} is no identifier`);
    return `STPX H:${header}, D:${hex}${waitMs === undefined ? '' : `, T:${Math.round(waitMs)}`}`;
  }
  if (lines === undefined) return hex;
  if (!Number.isInteger(lines) || lines < 1 || lines > 9) throw new RangeError(`${lines} lines: 1 to 9`);
  return `${hex}${lines}`;
};

const readCommand = (text: string): Command => {
  if (text === '') return { kind: 'repeat' };
  if (text === 'Y') return { kind: 'nudge' };
  if (text.startsWith('AT') && text.length > 2) return { kind: 'at', text: text.slice(2) };
  const lines = text.length % 2 === 1 ? text.at(-1) : undefined;
  const bytes = fromHex(lines === undefined ? text : text.slice(0, -1));
  if (bytes === undefined || bytes.length === 0) return { kind: 'other', text };
  if (lines === undefined) return { kind: 'request', bytes };
  return /^[1-9]$/.test(lines) ? { kind: 'request', bytes, lines: Number(lines) } : { kind: 'other', text };
};

const decode = (frame: Uint8Array): readonly Item<Command>[] => {
  const raw = frame.at(-1) === CR ? frame.subarray(0, -1) : frame;
  if (raw.length >= COMMAND_MAX_BYTES) {
    const words = `a command of ${COMMAND_MAX_BYTES} bytes or more`;
    return [{ raw, result: fail(fault('malformed', 'elm327.command-too-long', 'command', words)) }];
  }
  // The chip ignores spaces, line feeds and every other control character within a command.
  const text = asciiText(raw.filter((byte) => byte > 0x20)).toUpperCase();
  return [{ raw, result: ok(readCommand(text)) }];
};

const encode = (command: Command): Uint8Array =>
  command.kind === 'nudge' ? Uint8Array.of(NUDGE) : asciiBytes(`${commandText(command)}\r`);

/**
 * What the dongle is sent. Frames end at CR; the nudge at the start of a line is a frame of its own. `encode` throws
 * a RangeError for everything that is not on the lists above: to ask for it is a bug.
 */
export const commandWire: Wire<Command> = {
  tailMaxBytes: COMMAND_MAX_BYTES,
  cut: lineCutter(
    COMMAND_MAX_BYTES,
    (bytes, from, at) => bytes[at] === CR || (at === from && bytes[at] === NUDGE),
  ),
  decode,
  encode,
};
