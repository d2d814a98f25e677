import { NS_PER_MS, NS_PER_S, type WallNs, wallNs } from '@outpost/schemas/words';

const UNIT_S: Readonly<Record<string, bigint>> = { s: 1n, m: 60n, h: 3_600n, d: 86_400n };

/** `now`, a span back from now (`10m`, `24h`, `7d`), or a time as Date reads it; undefined for anything else. */
export const parseMoment = (text: string, now: WallNs): WallNs | undefined => {
  if (text === 'now') return now;
  const span = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = UNIT_S[span?.[2] ?? ''];
  if (span?.[1] !== undefined && unit !== undefined) return wallNs(now - BigInt(span[1]) * unit * NS_PER_S);
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : wallNs(BigInt(ms) * NS_PER_MS);
};
