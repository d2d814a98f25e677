import { asciiBytes, asciiText, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../cut-lines.ts';
import type { Wire } from '../wire.ts';

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
}

const PRINTABLE = /^[\x20-\x7e\t]*$/;

/**
 * Lines that end with CR LF. Each is one item, whose `raw` is the line with its end; an empty one is none. Faults:
 * `<family>.line-too-long`, `<family>.not-text`, and those of `read`.
 */
export const lineWire = <T>({ family, read, write }: LineDialect<T>): Wire<T> => ({
  tailMaxBytes: LINE_MAX_BYTES,
  cut: lineCutter(LINE_MAX_BYTES, (bytes, _from, at) => bytes[at] === LINE_FEED),
  decode: (frame) => {
    const text = asciiText(frame)
      .replaceAll(/[\r\n\0]/g, '')
      .trim();
    if (text === '') return [];
    if (frame.length > LINE_MAX_BYTES) {
      const words = `a line of more than ${LINE_MAX_BYTES} bytes`;
      return [{ raw: frame, result: fail(malformed(family, 'line-too-long', words)) }];
    }
    if (!PRINTABLE.test(text)) {
      const words = 'a line with bytes that are no text; is the rate of the line right?';
      return [{ raw: frame, result: fail(malformed(family, 'not-text', words)) }];
    }
    return [{ raw: frame, result: read(text) }];
  },
  encode: (value) => asciiBytes(`${write(value)}\r\n`),
});

/** What is said to a module that takes lines: the line without its end. */
export const commandLineWire = (family: string): Wire<string> =>
  lineWire({ family, read: (text) => ok(text), write: (text) => text });

/** Bytes written in hex as modules print them, 255 at most; undefined where they are none. */
export const HEX_PAYLOAD = '((?:[0-9A-Fa-f]{2}){1,255})';
