import { asciiBytes, asciiText, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../../cut-lines.ts';
import type { Item, Wire } from '../../wire.ts';
import { type FrameLine, frameLine, readFrameLine } from './frame-line.ts';

/** How the controller is with its bus, as Linux says it (`s` lines of slcan-core). */
export const BUS_STATES = { a: 'active', w: 'warning', p: 'passive', b: 'off' } as const;
export type BusState = (typeof BUS_STATES)[keyof typeof BUS_STATES];

/** What went wrong on the bus, as Linux lists it (`e` lines of slcan-core). */
export const BUS_ERRORS = {
  a: 'no-acknowledge',
  b: 'dominant-bit',
  B: 'recessive-bit',
  c: 'checksum',
  f: 'form',
  o: 'receive-overrun',
  O: 'transmit-overrun',
  s: 'stuffing',
} as const;
export type BusError = (typeof BUS_ERRORS)[keyof typeof BUS_ERRORS];

/** One thing that the adapter sends. */
export type Event =
  /** A bare carriage return: done. */
  | { readonly kind: 'ok' }
  /** BEL: not understood, or not now. */
  | { readonly kind: 'error' }
  /** `z` or, for 29 bits, `Z`: a frame was taken to be sent. */
  | { readonly kind: 'taken'; readonly extended: boolean }
  | ({ readonly kind: 'frame' } & FrameLine)
  /** `V1013`: hardware and software, two digits each, or as the maker likes. */
  | { readonly kind: 'version'; readonly text: string }
  /** `N1234`. */
  | { readonly kind: 'serial'; readonly text: string }
  /** `F08`: the status register of an SJA1000, whatever the controller is. */
  | { readonly kind: 'flags'; readonly flags: number }
  | { readonly kind: 'bus-state'; readonly state: BusState; readonly rx: number; readonly tx: number }
  | { readonly kind: 'bus-errors'; readonly errors: readonly BusError[] };

/** Bits of `flags` that speak of the bus: error warning, error passive, arbitration lost, bus error. */
export const FLAGS_BUS = 0b1110_0100;

const CR = 0x0d;
const BEL = 0x07;

/** The longest line, a 29-bit frame with its time, has 30 characters. */
export const LINE_MAX_BYTES = 64;

const ENDS = { [CR]: 'ok', [BEL]: 'error' } as const;

/** Line feeds and NUL bytes carry nothing. */
const textOf = (bytes: Uint8Array): string => asciiText(bytes.filter((byte) => byte !== 0x0a && byte !== 0));

const wrong = (code: string, words: string): Result<never> =>
  fail(fault('malformed', `slcan.${code}`, 'line', words));

/** Four digits by LAWICEL; makers of free firmware print what they like. */
const VERSION = /^V[\x20-\x7e]{1,48}$/;
const SERIAL = /^N[\x20-\x7e]{1,48}$/;
const FLAGS = /^F([0-9A-Fa-f]{2})$/;
const STATE = /^s([awpb])(\d{3})(\d{3})$/;
const ERRORS = /^e([1-8])([abBcfoOs]{1,8})$/;

const busStateOf = (letter: string): BusState => BUS_STATES[letter as keyof typeof BUS_STATES];
const busErrorOf = (letter: string): BusError => BUS_ERRORS[letter as keyof typeof BUS_ERRORS];

const readLine = (text: string): Result<Event> => {
  if (text === 'z' || text === 'Z') return ok({ kind: 'taken', extended: text === 'Z' });
  if (/^[tTrR]/.test(text)) {
    const line = readFrameLine(text);
    return line.ok ? ok({ kind: 'frame', ...line.value }) : line;
  }
  if (VERSION.test(text)) return ok({ kind: 'version', text: text.slice(1) });
  if (SERIAL.test(text)) return ok({ kind: 'serial', text: text.slice(1) });
  const flags = FLAGS.exec(text)?.[1];
  if (flags !== undefined) return ok({ kind: 'flags', flags: Number.parseInt(flags, 16) });
  const [, letter, rx, tx] = STATE.exec(text) ?? [];
  if (letter !== undefined) {
    return ok({ kind: 'bus-state', state: busStateOf(letter), rx: Number(rx), tx: Number(tx) });
  }
  const [, count, letters = ''] = ERRORS.exec(text) ?? [];
  if (Number(count) === letters.length) {
    return ok({ kind: 'bus-errors', errors: Array.from(letters, busErrorOf) });
  }
  return wrong('not-known', 'a line that is no frame and no answer to a command');
};

const decode = (frame: Uint8Array): readonly Item<Event>[] => {
  const last = frame.at(-1);
  const end = last === CR || last === BEL ? ENDS[last] : undefined;
  const raw = end === undefined ? frame : frame.subarray(0, -1);
  const text = textOf(raw);
  const alone: Item<Event> = { raw: frame.subarray(-1), result: ok({ kind: end ?? 'ok' }) };
  if (text === '') return end === undefined ? [] : [alone];
  const result =
    raw.length >= LINE_MAX_BYTES
      ? wrong('line-too-long', `a line of ${LINE_MAX_BYTES} bytes or more`)
      : end === 'error'
        ? wrong('cut-off', 'a line that an error cuts off')
        : readLine(text);
  return end === 'error' ? [{ raw, result }, alone] : [{ raw, result }];
};

const letterOf = (names: Readonly<Record<string, string>>, name: string): string =>
  Object.keys(names).find((letter) => names[letter] === name) ?? '';

const three = (count: number): string => String(Math.min(999, count)).padStart(3, '0');

const printLine = (event: Exclude<Event, { readonly kind: 'error' }>): string => {
  switch (event.kind) {
    case 'ok':
      return '';
    case 'taken':
      return event.extended ? 'Z' : 'z';
    case 'frame':
      return frameLine(event);
    case 'version':
      return `V${event.text}`;
    case 'serial':
      return `N${event.text}`;
    case 'flags':
      return `F${event.flags.toString(16).toUpperCase().padStart(2, '0')}`;
    case 'bus-state':
      return `s${letterOf(BUS_STATES, event.state)}${three(event.rx)}${three(event.tx)}`;
    case 'bus-errors':
      return `e${event.errors.length}${event.errors.map((error) => letterOf(BUS_ERRORS, error)).join('')}`;
  }
};

const encode = (event: Event): Uint8Array => {
  if (event.kind === 'error') return Uint8Array.of(BEL);
  const line = printLine(event);
  const read = line === '' ? ok(event) : readLine(line);
  if (!read.ok || read.value.kind !== event.kind) throw new RangeError(`not a line of an adapter: ${line}`);
  return asciiBytes(`${line}\r`);
};

/**
 * What the adapter sends: lines that end with CR, and BEL by itself. Each item's `raw` is the line as it came, without
 * its end. Faults: `slcan.line-too-long`, `slcan.not-known`, `slcan.cut-off`, and those of `readFrameLine`.
 */
export const eventWire: Wire<Event> = {
  tailMaxBytes: LINE_MAX_BYTES,
  cut: lineCutter(LINE_MAX_BYTES, (bytes, _, at) => bytes[at] === CR || bytes[at] === BEL),
  decode,
  encode,
};
