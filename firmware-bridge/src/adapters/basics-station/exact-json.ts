/**
 * JSON whose whole numbers stay whole: those that a 64-bit float cannot hold exactly become bigints. A station's
 * `xtime` and `rctx` are 63-bit numbers, and one that is off by a single microsecond sends at a wrong time or never.
 */

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG = /^-?\d{16,}$/;
/** A text that begins with this character stands for a number; one that really does gets it twice. */
const MARK = '\u0001';
const MARK_IN_JSON = '\\u0001';
const MARKED = /"\\u0001(-?\d+)"/g;

const isUnsafe = (token: string): boolean => LONG.test(token) && !Number.isSafeInteger(Number(token));

const mark = (token: string): string => {
  if (token.startsWith(`"${MARK_IN_JSON}`)) return `"${MARK_IN_JSON}${token.slice(1)}`;
  return isUnsafe(token) ? `"${MARK_IN_JSON}${token}"` : token;
};

const unmark = (_: string, value: unknown): unknown => {
  if (typeof value !== 'string' || !value.startsWith(MARK)) return value;
  return value.startsWith(MARK + MARK) ? value.slice(1) : BigInt(value.slice(1));
};

/** Throws a SyntaxError where it is none. */
export const parseExact = (text: string): unknown => JSON.parse(text.replace(TOKENS, mark), unmark);

/** Bigints are written as whole numbers. */
export const writeExact = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'string' && each.startsWith(MARK))
      throw new Error('A text began with a control character.');
    return typeof each === 'bigint' ? `${MARK}${each}` : each;
  }).replace(MARKED, '$1');
