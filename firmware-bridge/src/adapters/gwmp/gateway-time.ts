import { NS_PER_MS, type WallNs, wallAtGpsMs, wallNs } from '@outpost/schemas/words';

const MOMENT =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?\s*(Z|GMT|UTC|[-+]\d{2}:?\d{2})$/;

/** Earlier moments are receivers that have not found the year. */
const EARLIEST_NS = 1_262_304_000_000_000_000n;

/** Later ones are no moments that 63 bits can hold, and no receiver's. */
const LATEST_NS = 2n ** 63n - 1n;

const zoneMs = (zone: string): number => {
  const [, sign, hours, minutes] = /^([-+])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};

/**
 * A moment as forwarders write it: ISO 8601 to the microsecond in `rxpk.time`, `2014-01-12 08:59:28 GMT` in `stat.time`,
 * with an offset in some others. Undefined where it is none, before 2010, or after 2262.
 */
export const readMoment = (text: string | undefined): WallNs | undefined => {
  const parts = text === undefined ? null : MOMENT.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction = '', zone = 'Z'] = parts;
  const ms = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // The 31st of a month with 30 days would become the 1st of the next.
  if (new Date(ms).getUTCDate() !== Number(day) || Number(hour) > 23 || Number(second) > 60) return undefined;
  const ns = BigInt(ms - zoneMs(zone)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return ns < EARLIEST_NS || ns > LATEST_NS ? undefined : wallNs(ns);
};

/** ISO 8601 with six digits of the second, nine where the moment has them. */
export const writeMoment = (moment: WallNs): string => {
  const second = moment / 1_000_000_000n;
  const ns = moment % 1_000_000_000n;
  const digits = String(ns).padStart(9, '0');
  const date = new Date(Number(second) * 1_000).toISOString().slice(0, 19);
  return `${date}.${ns % 1_000n === 0n ? digits.slice(0, 6) : digits}Z`;
};

/** A receiver that is this far apart from itself has one of the two wrong. */
const DISAGREE_MS = 500n;

/** Whether GPS milliseconds and UTC of one frame are two different moments. */
export const disagree = (moment: WallNs | undefined, tmms: number | undefined): boolean => {
  if (moment === undefined || tmms === undefined) return false;
  const apart = (moment - wallAtGpsMs(tmms)) / NS_PER_MS;
  return apart > DISAGREE_MS || apart < -DISAGREE_MS;
};
