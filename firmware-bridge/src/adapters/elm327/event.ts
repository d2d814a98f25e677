import { asciiBytes, asciiText, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../../cut-lines.ts';
import type { Item, Wire } from '../../wire.ts';
import { readTrouble, TROUBLE_TEXT, type Trouble } from './troubles.ts';

/**
 * One thing the dongle prints: a line, or the prompt. A line is the unit rather than the whole reply, so that a
 * slow search, a reset and an alert are known when they happen and the bytes held back stay few. What a line
 * *means* depends on what was asked and on the settings in force; that is the session's to decide.
 */
export type Event =
  /** `>`: the chip waits for a command. */
  | { readonly kind: 'prompt' }
  | { readonly kind: 'ok' }
  /** `SEARCHING...`: known at its third dot, because the line may stay open for ten seconds. */
  | { readonly kind: 'searching' }
  /** `BUS INIT: ...OK`. */
  | { readonly kind: 'bus-init' }
  /** Only hex digits, in the groups in which they were printed: one group with spaces off. Capital letters. */
  | { readonly kind: 'hex'; readonly groups: readonly string[] }
  /** `0: 49 02 01 …`: part of a long answer with headers off; `index` 0 to 15. */
  | { readonly kind: 'numbered'; readonly index: number; readonly groups: readonly string[] }
  /** An error text, with the damaged data that stood before it on the line. */
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly groups: readonly string[] }
  /** `ERR94`: an internal error of the chip, 0 to 99. */
  | { readonly kind: 'error-number'; readonly number: number }
  /** Anything else that is printable ASCII: a banner, a voltage, the name of a protocol, an echo. */
  | { readonly kind: 'text'; readonly text: string };

const CR = 0x0d;
const LF = 0x0a;
const PROMPT = 0x3e;
const DOT = 0x2e;
const NUL = 0x00;

/** Longer than any line of a CAN protocol (38 characters) and of the chip's own texts by far. */
export const LINE_MAX_BYTES = 256;

const SEARCHING = 'SEARCHING...';

const endsLine = (bytes: Uint8Array, from: number, at: number): boolean => {
  const byte = bytes[at];
  if (byte === CR || byte === LF || byte === PROMPT) return true;
  if (byte !== DOT || at - from >= LINE_MAX_BYTES) return false;
  return lineText(bytes.subarray(from, at + 1)) === SEARCHING;
};

/** Spaces alone: other white space is a byte that does not belong there. */
const trimSpaces = (text: string): string => text.replaceAll(/^ +| +$/g, '');

/** Serial noise and the chip itself insert NUL bytes anywhere (ELM327 data sheet); they carry nothing. */
export const lineText = (bytes: Uint8Array): string =>
  trimSpaces(asciiText(bytes.filter((byte) => byte !== NUL)));

const PRINTABLE = /^[\x20-\x7e]*$/;
const HEX_GROUPS = /^[0-9A-F]+(?: +[0-9A-F]+)*$/;
const NUMBERED = /^([0-9A-F]): *([0-9A-F][0-9A-F ]*)$/;
/** What the chip prints while it looks for the bus; the first line of the answer may be glued to it. */
const BUS_NOTES: readonly (readonly [RegExp, Extract<Event['kind'], 'searching' | 'bus-init'>])[] = [
  [/^SEARCHING[.: ]*/, 'searching'],
  [/^BUS INIT: ?\.*OK */, 'bus-init'],
];
const ERROR_NUMBER = /^ERR ?(\d\d)$/;

const groupsOf = (text: string): readonly string[] => text.split(/ +/).filter((group) => group !== '');

const readLine = (text: string): Event => {
  const capital = text.toUpperCase();
  if (capital === 'OK') return { kind: 'ok' };
  if (HEX_GROUPS.test(capital)) return { kind: 'hex', groups: groupsOf(capital) };
  const numbered = NUMBERED.exec(capital);
  if (numbered !== null) {
    const [, index = '', digits = ''] = numbered;
    return { kind: 'numbered', index: Number.parseInt(index, 16), groups: groupsOf(digits) };
  }
  const trouble = readTrouble(capital);
  if (trouble !== undefined) {
    return { kind: 'trouble', trouble: trouble.trouble, groups: groupsOf(trouble.before) };
  }
  const number = ERROR_NUMBER.exec(capital);
  if (number !== null) return { kind: 'error-number', number: Number(number[1]) };
  return { kind: 'text', text };
};

const malformed = (code: string, words: string): Result<Event> =>
  fail(fault('malformed', code, 'line', words));

interface CutLine {
  readonly notes: readonly Item<Event>[];
  readonly rest: string;
}

/** Takes the chip's notes on its search off the front of a line. */
const cutNotes = (text: string): CutLine => {
  const notes: Item<Event>[] = [];
  let rest = text;
  for (const [pattern, kind] of BUS_NOTES) {
    const [note] = pattern.exec(rest) ?? [];
    if (note === undefined) continue;
    notes.push({ raw: asciiBytes(note), result: ok({ kind }) });
    rest = rest.slice(note.length);
  }
  return { notes, rest };
};

const decode = (frame: Uint8Array): readonly Item<Event>[] => {
  const items: Item<Event>[] = [];
  const last = frame.at(-1);
  const ended = last === CR || last === LF || last === PROMPT;
  const raw = ended ? frame.subarray(0, -1) : frame;
  const text = lineText(raw);
  if (raw.length >= LINE_MAX_BYTES) {
    const words = `a line of ${LINE_MAX_BYTES} bytes or more`;
    items.push({ raw, result: malformed('elm327.line-too-long', words) });
  } else if (!PRINTABLE.test(text)) {
    items.push({
      raw,
      result: malformed('elm327.not-ascii', 'a line with bytes that are no printable ASCII'),
    });
  } else {
    const { notes, rest } = cutNotes(text);
    for (const note of notes) items.push(note);
    if (rest !== '')
      items.push({ raw: notes.length === 0 ? raw : asciiBytes(rest), result: ok(readLine(rest)) });
  }
  if (last === PROMPT) items.push({ raw: frame.subarray(-1), result: ok({ kind: 'prompt' }) });
  return items;
};

/** With spaces on the chip prints one after every group, the last included. */
const printGroups = (groups: readonly string[]): string =>
  groups.length > 1 ? `${groups.join(' ')} ` : groups.join('');

const printLine = (event: Exclude<Event, { readonly kind: 'prompt' }>): string => {
  switch (event.kind) {
    case 'ok':
      return 'OK';
    case 'searching':
      return SEARCHING;
    case 'bus-init':
      return 'BUS INIT: ...OK';
    case 'hex':
      return printGroups(event.groups);
    case 'numbered':
      return `${event.index.toString(16).toUpperCase()}: ${printGroups(event.groups)}`;
    case 'trouble':
      return `${event.groups.map((group) => `${group} `).join('')}${TROUBLE_TEXT[event.trouble]}`;
    case 'error-number':
      return `ERR${String(event.number).padStart(2, '0')}`;
    case 'text':
      return event.text;
  }
};

const encode = (event: Event): Uint8Array => {
  // The empty line before the prompt belongs to it: `41 0C 1A F8 \r\r>`.
  if (event.kind === 'prompt') return asciiBytes('\r>');
  const line = printLine(event);
  if (!/^[\x20-\x3d\x3f-\x7e]+$/.test(line)) throw new RangeError(`not a line the chip can print: ${line}`);
  return asciiBytes(`${line}\r`);
};

/**
 * What the dongle sends. Frames end at CR, LF or the prompt; a blank line is a frame of no items. Each item's `raw`
 * is the line as it came, without its end. Faults: `elm327.line-too-long`, `elm327.not-ascii`.
 */
export const eventWire: Wire<Event> = {
  tailMaxBytes: LINE_MAX_BYTES,
  cut: lineCutter(LINE_MAX_BYTES, endsLine),
  decode,
  encode,
};

/** The same bytes as a chip with `ATL1` sends them: a line feed after every carriage return. */
export const withLinefeeds = (bytes: Uint8Array): Uint8Array =>
  asciiBytes(asciiText(bytes).replaceAll('\r', '\r\n'));
