import { asciiBytes, asciiText, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../cut-lines.ts';
import type { Item, Wire } from '../wire.ts';

const LINE_FEED = 0x0a;

/** The longest line is a frame of 255 bytes in hex with its head, some 560 characters. */
export const LINE_MAX_BYTES = 1_024;

export const malformed = (family: string, code: string, words: string): Fault =>
  fault('malformed', `${family}.${code}`, 'line', words);

export interface LineDialect<T> {
  readonly family: string;
  /** A line without its end, never empty, of printable characters only. */
  read(text: string): Result<T>;
  /** Without the line's end. */
  write(value: T): string;
  /** How its lines begin, so that one is found again behind another that broke off. */
  readonly starts?: readonly string[];
}

const PRINTABLE = /^[\x20-\x7e\t]*$/;

/** Where within a text the next line begins; undefined where none does. */
export const nextStart = (text: string, starts: readonly string[]): number | undefined => {
  const found = starts.map((start) => text.indexOf(start, 1)).filter((at) => at > 0);
  return found.length === 0 ? undefined : Math.min(...found);
};

const readFrame = <T>({ family, read }: LineDialect<T>, frame: Uint8Array, text: string): Result<T> => {
  if (frame.length > LINE_MAX_BYTES) {
    return fail(malformed(family, 'line-too-long', `a line of more than ${LINE_MAX_BYTES} bytes`));
  }
  if (!PRINTABLE.test(text)) {
    const words = 'a line with bytes that are no text; is the rate of the line right?';
    return fail(malformed(family, 'not-text', words));
  }
  if (frame.at(-1) !== LINE_FEED) return fail(malformed(family, 'broken-off', 'a line that broke off.'));
  return read(text);
};

const itemsOf = <T>(dialect: LineDialect<T>, frame: Uint8Array): readonly Item<T>[] => {
  const whole = asciiText(frame);
  const text = whole.replaceAll(/[\r\n\0]/g, '').trim();
  if (text === '') return [];
  const result = readFrame(dialect, frame, text);
  const next = result.ok ? undefined : nextStart(whole, dialect.starts ?? []);
  if (next === undefined) return [{ raw: frame, result }];
  return [...itemsOf(dialect, frame.slice(0, next)), ...itemsOf(dialect, frame.slice(next))];
};

/**
 * Lines that end with CR LF. Each is one item, whose `raw` is the line with its end; an empty one is none. A line that
 * broke off takes the one behind it along; both are told apart where that begins as lines do. Faults:
 * `<family>.line-too-long`, `<family>.not-text`, `<family>.broken-off`, and those of `read`.
 */
export const lineWire = <T>(dialect: LineDialect<T>): Wire<T> => ({
  tailMaxBytes: LINE_MAX_BYTES,
  cut: lineCutter(LINE_MAX_BYTES, (bytes, _from, at) => bytes[at] === LINE_FEED),
  decode: (frame) => itemsOf(dialect, frame),
  encode: (value) => asciiBytes(`${dialect.write(value)}\r\n`),
});

/** What is said to a module that takes lines: the line without its end. */
export const commandLineWire = (family: string): Wire<string> =>
  lineWire({ family, read: (text) => ok(text), write: (text) => text });

/** Bytes written in hex as modules print them, 255 at most; undefined where they are none. */
export const HEX_PAYLOAD = '((?:[0-9A-Fa-f]{2}){1,255})';
