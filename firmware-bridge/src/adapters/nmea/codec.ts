import { lineCutter } from '../../cut-lines.ts';
import { silentWire } from '../../silent-wire.ts';
import type { Codec, Wire } from '../../wire.ts';
import { isBlankLine, type NmeaEvent, readEvent, writeEvent } from './event.ts';
import { SENTENCE_MAX_BYTES } from './sentence.ts';

const LINE_FEED = 0x0a;

/** What a receiver sends. Each line is one item, whose `raw` is the line with its end. */
export const eventWire: Wire<NmeaEvent> = {
  tailMaxBytes: SENTENCE_MAX_BYTES,
  cut: lineCutter(SENTENCE_MAX_BYTES, (bytes, _from, at) => bytes[at] === LINE_FEED),
  decode: (frame) => (isBlankLine(frame) ? [] : [{ raw: frame, result: readEvent(frame) }]),
  encode: writeEvent,
};

/** NMEA 0183 (IEC 61162-1) as satellite receivers speak it. Nothing is ever sent to the receiver. */
export const nmeaCodec: Codec<never, NmeaEvent> = { command: silentWire, event: eventWire };
