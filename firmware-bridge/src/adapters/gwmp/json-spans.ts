/** Where a value stands among bytes of JSON. */
export interface Span {
  readonly start: number;
  /** After its last byte. */
  readonly end: number;
  /** False where the bytes end before it does. */
  readonly isWhole: boolean;
  /** How deep it nests at most: 1 for an object of numbers. */
  readonly depth: number;
}

export interface Member {
  readonly name: string;
  readonly value: Span;
}

/** What was found, in order, and where something stood that is no JSON; undefined where all was well. */
export interface Found<T> {
  readonly found: readonly T[];
  readonly brokenAt: number | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;

const afterSpace = (bytes: Uint8Array, at: number): number => {
  let next = at;
  while (next < bytes.length && isSpace(bytes[next])) next += 1;
  return next;
};

/** After the closing quote of the string whose opening one stands at `at`, or past the end where there is none. */
const afterString = (bytes: Uint8Array, at: number): number => {
  let next = at + 1;
  while (next < bytes.length && bytes[next] !== QUOTE) next += bytes[next] === BACKSLASH ? 2 : 1;
  return next + 1;
};

const isCloser = (byte: number | undefined): boolean => byte === CLOSE_BRACE || byte === CLOSE_BRACKET;
const isOpener = (byte: number | undefined): boolean => byte === OPEN_BRACE || byte === OPEN_BRACKET;

const spanTo = (bytes: Uint8Array, start: number, end: number, depth: number): Span => ({
  start,
  end: Math.min(end, bytes.length),
  isWhole: end <= bytes.length,
  depth,
});

/**
 * The span of the value at `at`, by its quotes and brackets alone: whether it is JSON inside is for whoever reads it.
 * So a bad value ends where it seems to, and what follows can still be read. One pass, without recursion.
 */
export const spanAt = (bytes: Uint8Array, at: number): Span => {
  const first = bytes[at];
  if (first === QUOTE) return spanTo(bytes, at, afterString(bytes, at), 0);
  let next = at;
  if (!isOpener(first)) {
    while (next < bytes.length && bytes[next] !== COMMA && !isCloser(bytes[next])) next += 1;
    return spanTo(bytes, at, next, 0);
  }
  let [open, deepest] = [0, 0];
  while (next < bytes.length) {
    const byte = bytes[next];
    if (byte === QUOTE) {
      next = afterString(bytes, next);
      continue;
    }
    next += 1;
    if (isOpener(byte)) {
      open += 1;
      deepest = Math.max(deepest, open);
    } else if (isCloser(byte)) {
      open -= 1;
      if (open === 0) return spanTo(bytes, at, next, deepest);
    }
  }
  return { start: at, end: bytes.length, isWhole: false, depth: deepest };
};

/** Longer names are no names of this protocol. */
const NAME_MAX_BYTES = 32;

const nameOf = (bytes: Uint8Array, { start, end }: Span): string => {
  let name = '';
  for (let i = start + 1; i < Math.min(end - 1, start + 1 + NAME_MAX_BYTES); i += 1)
    name += String.fromCharCode(bytes[i] ?? 0);
  return name;
};

/** After the comma or before the closing byte; undefined where neither stands there. */
const afterComma = (bytes: Uint8Array, at: number, closing: number): number | undefined => {
  const next = afterSpace(bytes, at);
  if (bytes[next] === closing) return next;
  return bytes[next] === COMMA ? afterSpace(bytes, next + 1) : undefined;
};

/**
 * The members of the object that begins at `at`, names that stand there twice included; `end` is after its brace.
 * @param most further ones are as good as broken
 */
export const membersAt = (
  bytes: Uint8Array,
  at: number,
  most: number,
): Found<Member> & { readonly end: number } => {
  const found: Member[] = [];
  const broken = (brokenAt: number) => ({ found, brokenAt, end: bytes.length });
  let next = afterSpace(bytes, at);
  if (bytes[next] !== OPEN_BRACE) return broken(next);
  next = afterSpace(bytes, next + 1);
  while (bytes[next] !== CLOSE_BRACE) {
    if (bytes[next] !== QUOTE || found.length >= most) return broken(next);
    const name = spanAt(bytes, next);
    const colon = afterSpace(bytes, name.end);
    if (!name.isWhole || bytes[colon] !== COLON) return broken(next);
    const value = spanAt(bytes, afterSpace(bytes, colon + 1));
    if (value.end === value.start) return broken(next);
    found.push({ name: nameOf(bytes, name), value });
    if (!value.isWhole) return { found, brokenAt: undefined, end: bytes.length };
    const after = afterComma(bytes, value.end, CLOSE_BRACE);
    if (after === undefined) return broken(value.end);
    next = after;
  }
  return { found, brokenAt: undefined, end: next + 1 };
};

/** The elements of the array of this span; those past `most` are left where `brokenAt` says. */
export const elementsOf = (whole: Uint8Array, span: Span, most: number): Found<Span> => {
  const bytes = whole.subarray(0, span.end);
  const found: Span[] = [];
  let next = afterSpace(bytes, span.start + 1);
  while (next < bytes.length && bytes[next] !== CLOSE_BRACKET) {
    if (found.length >= most) return { found, brokenAt: next };
    const value = spanAt(bytes, next);
    if (value.end === value.start) return { found, brokenAt: next };
    found.push(value);
    if (!value.isWhole) return { found, brokenAt: undefined };
    const after = afterComma(bytes, value.end, CLOSE_BRACKET);
    if (after === undefined) return { found, brokenAt: value.end };
    next = after;
  }
  return { found, brokenAt: undefined };
};

export const isArrayAt = (bytes: Uint8Array, { start }: Span): boolean => bytes[start] === OPEN_BRACKET;
