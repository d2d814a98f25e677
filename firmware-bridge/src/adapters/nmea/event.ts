import { asciiText, fail, ok, type Result, type WallNs } from '@outpost/schemas/words';
import { scaledDecimal } from '../../gnss/decimal.ts';
import { wholeCircle } from '../../gnss/position.ts';
import { readMoment, writeMoment } from './moment.ts';
import { readPlace, writePlace } from './place.ts';
import { malformed, readSentence, type Sentence, writeSentence } from './sentence.ts';

/** How a receiver came to a fix: field 12 of RMC (NMEA 0183 v2.3) in letters, field 6 of GGA in digits. */
export type Mode = 'none' | 'autonomous' | 'differential' | 'rtk' | 'estimated' | 'manual' | 'simulated';

/** What one sentence says. `time` is the text of the sentence, by which two of one fix are told to belong together. */
export type NmeaEvent =
  | {
      readonly kind: 'rmc';
      readonly talker: string;
      readonly time: string;
      readonly mode: Mode;
      readonly place: { readonly latitude: number; readonly longitude: number } | undefined;
      readonly speedCmS: number | undefined;
      readonly courseCdeg: number | undefined;
      readonly at: WallNs | undefined;
    }
  | {
      readonly kind: 'gga';
      readonly talker: string;
      readonly time: string;
      readonly mode: Mode;
      readonly place: { readonly latitude: number; readonly longitude: number } | undefined;
      readonly satellites: number | undefined;
      readonly hdopCenti: number | undefined;
      readonly altitudeCm: number | undefined;
    }
  /** A sentence that is whole and not used: `GSV`, `VTG`, a maker's own. */
  | { readonly kind: 'other'; readonly type: string };

const RMC_MODES: Readonly<Record<string, Mode>> = {
  A: 'autonomous',
  D: 'differential',
  E: 'estimated',
  F: 'rtk',
  M: 'manual',
  N: 'none',
  P: 'autonomous',
  R: 'rtk',
  S: 'simulated',
};

const GGA_MODES: readonly Mode[] = [
  'none',
  'autonomous',
  'differential',
  'autonomous',
  'rtk',
  'rtk',
  'estimated',
  'manual',
  'simulated',
];

/** A knot is 1852 m/h: thousandths of it to centimetres per second. */
const knotsToCmS = (milliknots: number): number => Math.round((milliknots * 1852) / 36_000);

const optional = (text: string | undefined, decimals: number): number | undefined =>
  text === undefined || text === '' ? undefined : scaledDecimal(text, decimals);

const notNegative = (value: number | undefined): number | undefined =>
  value === undefined || value < 0 ? undefined : value;

const wrong = (type: string): Result<never> =>
  fail(malformed('nmea.fields', `a ${type} sentence has fields that cannot be right.`));

const isEmpty = (fields: readonly string[]): boolean => fields.every((field) => field === '');

/** `$--RMC,time,status,lat,N,lon,E,knots,course,date,magnetic variation,E[,mode[,status]]` */
const readRmc = ({ talker, fields }: Sentence): Result<NmeaEvent> => {
  const [time = '', status = '', ...rest] = fields;
  if (fields.length < 11 || (status !== 'A' && status !== 'V')) return wrong('RMC');
  const mode = status === 'V' ? 'none' : RMC_MODES[fields[11] ?? 'A'];
  const place = isEmpty(rest.slice(0, 4)) ? undefined : readPlace(rest);
  if (mode === undefined || (mode !== 'none' && place === undefined)) return wrong('RMC');
  const milliknots = notNegative(optional(rest[4], 3));
  const course = notNegative(optional(rest[5], 2));
  return ok({
    kind: 'rmc',
    talker,
    time,
    mode,
    place: mode === 'none' ? undefined : place,
    speedCmS: milliknots === undefined ? undefined : knotsToCmS(milliknots),
    courseCdeg: course === undefined || course > 36_000 ? undefined : wholeCircle(course),
    at: readMoment(time, rest[6] ?? ''),
  });
};

/** `$--GGA,time,lat,N,lon,E,quality,satellites,HDOP,altitude,M,geoid,M,age,station` */
const readGga = ({ talker, fields }: Sentence): Result<NmeaEvent> => {
  const [time = '', ...rest] = fields;
  const mode = /^\d$/.test(rest[4] ?? '') ? GGA_MODES[Number(rest[4])] : undefined;
  const place = isEmpty(rest.slice(0, 4)) ? undefined : readPlace(rest);
  if (fields.length < 11 || mode === undefined || (mode !== 'none' && place === undefined))
    return wrong('GGA');
  const hdopCenti = notNegative(optional(rest[6], 2));
  return ok({
    kind: 'gga',
    talker,
    time,
    mode,
    place: mode === 'none' ? undefined : place,
    satellites: /^\d{1,2}$/.test(rest[5] ?? '') ? Number(rest[5]) : undefined,
    hdopCenti: hdopCenti === undefined || hdopCenti > 9_999 ? undefined : hdopCenti,
    altitudeCm: rest[8] === 'M' ? optional(rest[7], 2) : undefined,
  });
};

export const readEvent = (line: Uint8Array): Result<NmeaEvent> => {
  const read = readSentence(line);
  if (!read.ok) return read;
  const { talker, type } = read.value;
  if (talker !== 'P' && type === 'RMC') return readRmc(read.value);
  if (talker !== 'P' && type === 'GGA') return readGga(read.value);
  return ok({ kind: 'other', type: `${talker}${type}` });
};

export const isBlankLine = (line: Uint8Array): boolean => asciiText(line).trim() === '';

const RMC_LETTERS: Readonly<Record<Mode, string>> = {
  none: 'N',
  autonomous: 'A',
  differential: 'D',
  rtk: 'R',
  estimated: 'E',
  manual: 'M',
  simulated: 'S',
};

const GGA_DIGITS: Readonly<Record<Mode, string>> = {
  none: '0',
  autonomous: '1',
  differential: '2',
  rtk: '4',
  estimated: '6',
  manual: '7',
  simulated: '8',
};

const centi = (value: number | undefined): string => (value === undefined ? '' : (value / 100).toFixed(2));
const NOWHERE = ['', '', '', ''];

/** For the simulator. An `other` has no content here and is not written. */
export const writeEvent = (event: NmeaEvent): Uint8Array => {
  if (event.kind === 'other') throw new RangeError(`a sentence ${event.type} is never sent`);
  const { talker, time, place, mode } = event;
  const angles = place === undefined ? NOWHERE : writePlace(place.latitude, place.longitude);
  if (event.kind === 'gga') {
    const { satellites, hdopCenti, altitudeCm } = event;
    const count = satellites === undefined ? '' : String(satellites).padStart(2, '0');
    const rest = [centi(hdopCenti), centi(altitudeCm), 'M', '', 'M', '', ''];
    return writeSentence({
      talker,
      type: 'GGA',
      fields: [time, ...angles, GGA_DIGITS[mode], count, ...rest],
    });
  }
  const { speedCmS, courseCdeg, at } = event;
  const knots = speedCmS === undefined ? '' : ((speedCmS * 36) / 1852).toFixed(3);
  const date = at === undefined ? '' : writeMoment(at).date;
  const status = mode === 'none' ? 'V' : 'A';
  const fields = [time, status, ...angles, knots, centi(courseCdeg), date, '', '', RMC_LETTERS[mode]];
  return writeSentence({ talker, type: 'RMC', fields });
};
