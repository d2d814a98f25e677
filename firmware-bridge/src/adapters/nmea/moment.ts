import { type WallNs, wallNs } from '@outpost/schemas/words';

const TIME = /^(\d{2})(\d{2})(\d{2})(?:\.(\d{1,9}))?$/;
const DATE = /^(\d{2})(\d{2})(\d{2})$/;
const CENTURY = 2000;
const NS_PER_MS = 1_000_000n;

/** `hhmmss.sss` and `ddmmyy` (of this century) as a moment; undefined for what is none. A leap second is refused. */
export const readMoment = (time: string, date: string): WallNs | undefined => {
  const [, hours, minutes, seconds, behind = ''] = TIME.exec(time) ?? [];
  const [, day, month, year] = DATE.exec(date) ?? [];
  if (hours === undefined || day === undefined) return undefined;
  const given = [
    CENTURY + Number(year),
    Number(month),
    Number(day),
    Number(hours),
    Number(minutes),
    Number(seconds),
  ];
  const [y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0] = given;
  const ms = Date.UTC(y, mo - 1, d, h, mi, s);
  // A date that does not exist comes out as another one.
  const back = new Date(ms);
  const shown = [back.getUTCFullYear(), back.getUTCMonth() + 1, back.getUTCDate()];
  const clock = [back.getUTCHours(), back.getUTCMinutes(), back.getUTCSeconds()];
  if ([...shown, ...clock].some((value, i) => value !== given[i])) return undefined;
  return wallNs(BigInt(ms) * NS_PER_MS + BigInt(behind.padEnd(9, '0')));
};

const two = (value: number): string => String(value).padStart(2, '0');

/** To the millisecond, as receivers write it. */
export const writeMoment = (at: WallNs): { readonly time: string; readonly date: string } => {
  const moment = new Date(Number(at / NS_PER_MS));
  const clock = [moment.getUTCHours(), moment.getUTCMinutes(), moment.getUTCSeconds()].map(two).join('');
  return {
    time: `${clock}.${String(moment.getUTCMilliseconds()).padStart(3, '0')}`,
    date: [moment.getUTCDate(), moment.getUTCMonth() + 1, moment.getUTCFullYear() % 100].map(two).join(''),
  };
};
