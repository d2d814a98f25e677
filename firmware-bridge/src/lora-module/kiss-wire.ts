import { concatBytes, fail, type Result } from '@outpost/schemas/words';
import { lineCutter } from '../cut-lines.ts';
import type { Wire } from '../wire.ts';
import { malformed } from './line-wire.ts';

const FEND = 0xc0;
const FESC = 0xdb;
const TFEND = 0xdc;
const TFESC = 0xdd;

/** 508 bytes, the most that any firmware puts into one frame, each of them escaped. */
export const KISS_MAX_BYTES = 1_024;

/** A frame without its ends and escapes. */
export interface KissFrame {
  readonly command: number;
  readonly data: Uint8Array;
}

/** Undefined where an escape escapes nothing. */
const withoutEscapes = (body: Uint8Array): Uint8Array | undefined => {
  const bytes: number[] = [];
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] ?? 0;
    if (byte !== FESC) {
      bytes.push(byte);
      continue;
    }
    at += 1;
    const next = body[at];
    if (next !== TFEND && next !== TFESC) return undefined;
    bytes.push(next === TFEND ? FEND : FESC);
  }
  return Uint8Array.from(bytes);
};

const withEscapes = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(
    [...bytes].flatMap((byte) => {
      if (byte === FEND) return [FESC, TFEND];
      return byte === FESC ? [FESC, TFESC] : [byte];
    }),
  );

export interface KissDialect<T> {
  readonly family: string;
  read(frame: KissFrame): Result<T>;
  write(value: T): KissFrame;
}

const ends = (bytes: Uint8Array, _from: number, at: number): boolean => bytes[at] === FEND;

/**
 * KISS frames (Chepponis and Karn, 1986): 0xC0 before and after, both as often as one likes. Each is one item, whose
 * `raw` ends with 0xC0. Faults: `<family>.frame-too-long`, `<family>.escape`, and those of `read`.
 */
export const kissWire = <T>({ family, read, write }: KissDialect<T>): Wire<T> => ({
  tailMaxBytes: KISS_MAX_BYTES,
  cut: lineCutter(KISS_MAX_BYTES, ends),
  decode: (frame) => {
    const from = frame[0] === FEND ? 1 : 0;
    const to = frame.at(-1) === FEND ? frame.length - 1 : frame.length;
    if (to <= from) return [];
    if (frame.length > KISS_MAX_BYTES) {
      const words = `a frame of more than ${KISS_MAX_BYTES} bytes`;
      return [{ raw: frame, result: fail(malformed(family, 'frame-too-long', words)) }];
    }
    const body = withoutEscapes(frame.subarray(from, to));
    const [command] = body ?? [];
    if (body === undefined || command === undefined) {
      const words = 'a frame whose escapes are wrong; is the rate of the line right?';
      return [{ raw: frame, result: fail(malformed(family, 'escape', words)) }];
    }
    return [{ raw: frame, result: read({ command, data: body.slice(1) }) }];
  },
  encode: (value) => {
    const { command, data } = write(value);
    const body = withEscapes(concatBytes(Uint8Array.of(command), data));
    return concatBytes(Uint8Array.of(FEND), body, Uint8Array.of(FEND));
  },
});
