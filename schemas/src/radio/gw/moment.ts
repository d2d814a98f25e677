const NS_PER_S = 1_000_000_000n;

/** 0001-01-01T00:00:00Z and the end of 9999 (google/protobuf/timestamp.proto). */
const EARLIEST_NS = -62_135_596_800n * NS_PER_S;
const LATEST_NS = 253_402_300_800n * NS_PER_S - 1n;
/** 10,000 years of 365.25 days (google/protobuf/duration.proto). */
const LONGEST_NS = 315_576_000_000n * NS_PER_S + NS_PER_S - 1n;

/** Undefined where it is out of range. */
export const timestampOf = (ns: bigint): bigint | undefined =>
  ns >= EARLIEST_NS && ns <= LATEST_NS ? ns : undefined;

/** Undefined where it is out of range. */
export const durationOf = (ns: bigint): bigint | undefined =>
  ns >= -LONGEST_NS && ns <= LONGEST_NS ? ns : undefined;

/** Seconds rounded down, and nanoseconds that are never negative. */
export const splitTimestamp = (ns: bigint): { readonly seconds: bigint; readonly nanos: number } => {
  const nanos = ((ns % NS_PER_S) + NS_PER_S) % NS_PER_S;
  return { seconds: (ns - nanos) / NS_PER_S, nanos: Number(nanos) };
};

/** Both with the same sign. */
export const splitDuration = (ns: bigint): { readonly seconds: bigint; readonly nanos: number } => ({
  seconds: ns / NS_PER_S,
  nanos: Number(ns % NS_PER_S),
});

/** None, three, six or nine digits, as protojson wants it. */
const fraction = (nanos: number): string => {
  if (nanos === 0) return '';
  const digits = String(nanos).padStart(9, '0');
  return `.${digits.replace(/(000){1,2}$/, '')}`;
};

/** RFC 3339 in UTC. */
export const timestampText = (ns: bigint): string => {
  const { seconds, nanos } = splitTimestamp(ns);
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}${fraction(nanos)}Z`;
};

export const durationText = (ns: bigint): string => {
  const size = ns < 0n ? -ns : ns;
  return `${ns < 0n ? '-' : ''}${size / NS_PER_S}${fraction(Number(size % NS_PER_S))}s`;
};

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** RFC 3339 with any offset. Undefined where it is none, or out of range. */
export const parseTimestamp = (text: string): bigint | undefined => {
  const match = TIMESTAMP.exec(text);
  if (match === null) return undefined;
  const [, moment = '', digits = '', offset = ''] = match;
  const ms = Date.parse(`${moment}${offset}`);
  // A day that the month does not have is moved into the next one by Date.
  if (Number.isNaN(ms) || !isOwnDay(moment)) return undefined;
  return timestampOf(BigInt(ms) * 1_000_000n + BigInt(digits.padEnd(9, '0')));
};

const isOwnDay = (moment: string): boolean => {
  const day = Date.parse(`${moment.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(day) && new Date(day).toISOString().startsWith(moment.slice(0, 10));
};

const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** `1.5s`. Undefined where it is none, or out of range. */
export const parseDuration = (text: string): bigint | undefined => {
  const match = DURATION.exec(text);
  if (match === null) return undefined;
  const [, sign, seconds = '', digits = ''] = match;
  const size = BigInt(seconds) * NS_PER_S + BigInt(digits.padEnd(9, '0'));
  return durationOf(sign === '-' ? -size : size);
};
