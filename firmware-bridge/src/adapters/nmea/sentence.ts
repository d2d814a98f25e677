import { asciiBytes, asciiText, type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** NMEA 0183 allows 82 characters; receivers with many decimals send a few more. */
export const SENTENCE_MAX_BYTES = 160;

/** `$GNRMC,…`: a talker of two letters and a type of three, or a maker's own `$P…`. */
export interface Sentence {
  readonly talker: string;
  readonly type: string;
  readonly fields: readonly string[];
}

const SHAPE = /^\$([A-Z]{2})([A-Z]{3}),([\x20-\x7e]*)\*([0-9A-F]{2})\r?\n$/;
const PROPRIETARY = /^\$(P)([A-Z0-9]{1,12}),?([\x20-\x7e]*)\*([0-9A-F]{2})\r?\n$/;

/** Exclusive or of what stands between `$` and `*` (NMEA 0183 §5.3.1). */
export const checksum = (text: string): number => {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) sum ^= text.charCodeAt(i);
  return sum;
};

/** Faults name no content: a damaged sentence may still hold a position. */
export const malformed = (code: string, words: string): Fault => fault('malformed', code, 'nmea', words);

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(2, '0');

/** Reads one line, its end included. */
export const readSentence = (line: Uint8Array): Result<Sentence> => {
  const text = asciiText(line);
  const match = SHAPE.exec(text) ?? PROPRIETARY.exec(text);
  if (match === null) return fail(malformed('nmea.shape', 'this line is no NMEA 0183 sentence.'));
  const [, talker = '', type = '', fields = '', sum = ''] = match;
  if (hex(checksum(text.slice(1, text.lastIndexOf('*')))) !== sum) {
    return fail(malformed('nmea.checksum', 'the checksum of a sentence is wrong: the line was damaged.'));
  }
  return ok({ talker, type, fields: fields.split(',') });
};

export const writeSentence = ({ talker, type, fields }: Sentence): Uint8Array => {
  const text = `${talker}${type},${fields.join(',')}`;
  return asciiBytes(`$${text}*${hex(checksum(text))}\r\n`);
};
