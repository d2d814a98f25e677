import { addRatios, multiplyRatios, parseRatio, type Ratio, ratio } from '../../formula.ts';

/**
 * A linear expression: the sum of bits, each with a weight, and a constant. Bits are numbered from the
 * least significant of byte 0 of the frames' bytes one after the other, as WiCAN counts bytes.
 */
export interface LinearSum {
  readonly bits: ReadonlyMap<number, Ratio>;
  readonly constant: Ratio;
  /** Why the expression is none; it goes through every operation unchanged. */
  readonly why?: string;
}

/** Characters of an expression. */
export const EXPRESSION_MAX = 400;
/** Parentheses within parentheses. */
const DEPTH_MAX = 32;

const ZERO = ratio(0n);
const notLinear = (why: string): LinearSum => ({ bits: new Map(), constant: ZERO, why });
const constantOf = (constant: Ratio): LinearSum => ({ bits: new Map(), constant });

const plus = (a: LinearSum, b: LinearSum): LinearSum => {
  const bits = new Map(a.bits);
  for (const [bit, weight] of b.bits) {
    const sum = addRatios(bits.get(bit) ?? ZERO, weight);
    if (sum.numerator === 0n) bits.delete(bit);
    else bits.set(bit, sum);
  }
  return { bits, constant: addRatios(a.constant, b.constant) };
};

const times = ({ bits, constant }: LinearSum, factor: Ratio): LinearSum => ({
  bits: new Map([...bits].map(([bit, weight]) => [bit, multiplyRatios(weight, factor)])),
  constant: multiplyRatios(constant, factor),
});

/** A constant that is a whole number; undefined for anything else. */
const wholeOf = ({ bits, constant }: LinearSum): bigint | undefined =>
  bits.size > 0 || constant.denominator !== 1n || constant.numerator < 0n ? undefined : constant.numerator;

const NO_WHOLE = notLinear('shifts or masks by something that is no whole number.');
const NO_BITS = notLinear('combines bits of a number that has a sign, a fraction or an offset.');

const isPowerOfTwo = (weight: Ratio): boolean =>
  weight.denominator === 1n && weight.numerator > 0n && (weight.numerator & (weight.numerator - 1n)) === 0n;

/** Weights of an unsigned whole number whose bits do not carry into each other; all that bit operations keep. */
const asBits = ({ bits, constant }: LinearSum): readonly (readonly [number, bigint])[] | undefined => {
  const weights = [...bits].map(([bit, weight]) => [bit, weight.numerator] as const);
  const isPlain = [...bits.values()].every(isPowerOfTwo) && constant.numerator === 0n;
  const isSingle = new Set(weights.map(([, weight]) => weight)).size === weights.length;
  return isPlain && isSingle ? weights : undefined;
};

const fromBits = (weights: Iterable<readonly [number, bigint]>): LinearSum => ({
  bits: new Map([...weights].map(([bit, weight]) => [bit, ratio(weight)])),
  constant: ZERO,
});

const join = (a: LinearSum, b: LinearSum): LinearSum => {
  const [left, right] = [asBits(a), asBits(b)];
  if (left === undefined || right === undefined) return NO_BITS;
  const taken = new Set(left.map(([, weight]) => weight));
  const overlaps = right.some(([, weight]) => taken.has(weight));
  return overlaps ? notLinear('joins numbers that overlap.') : fromBits([...left, ...right]);
};

const mask = (a: LinearSum, b: LinearSum): LinearSum => {
  const [number, pattern] = a.bits.size === 0 ? [b, wholeOf(a)] : [a, wholeOf(b)];
  if (pattern === undefined) return NO_WHOLE;
  const weights = asBits(number);
  return weights === undefined
    ? NO_BITS
    : fromBits(weights.filter(([, weight]) => (weight & pattern) !== 0n));
};

const shift = (a: LinearSum, by: LinearSum, isLeft: boolean): LinearSum => {
  const places = wholeOf(by);
  if (places === undefined) return NO_WHOLE;
  if (places > 63n) return notLinear('shifts by more than 63 places.');
  if (isLeft) return times(a, ratio(1n << places));
  const weights = asBits(a);
  if (weights === undefined) return NO_BITS;
  return fromBits(
    weights.flatMap(([bit, weight]) => (weight >> places > 0n ? [[bit, weight >> places] as const] : [])),
  );
};

const product = (a: LinearSum, b: LinearSum): LinearSum => {
  if (a.bits.size > 0 && b.bits.size > 0) return notLinear('multiplies two values.');
  return a.bits.size === 0 ? times(b, a.constant) : times(a, b.constant);
};

const quotient = (a: LinearSum, b: LinearSum): LinearSum => {
  if (b.bits.size > 0) return notLinear('divides by a value.');
  if (b.constant.numerator === 0n) return notLinear('divides by 0.');
  return times(a, ratio(b.constant.denominator, b.constant.numerator));
};

/** Bytes from first to last as one big endian number. */
const run = (first: number, last: number, isSigned: boolean): LinearSum => {
  if (last < first || last - first > 7) return notLinear('reads a run of more than 8 bytes, or backwards.');
  const length = (last - first + 1) * 8;
  const weights = Array.from({ length }, (_, index): [number, Ratio] => {
    const weight = 1n << BigInt(index);
    const byte = last - Math.floor(index / 8);
    return [byte * 8 + (index % 8), ratio(isSigned && index === length - 1 ? -weight : weight)];
  });
  return { bits: new Map(weights), constant: ZERO };
};

const TOKEN =
  /\s*(?:\[\s*([BS])(\d{1,4})\s*:\s*([BS])(\d{1,4})\s*\]|([BS])(\d{1,4})(?::([0-7])(?!\d))?|(0x[0-9a-fA-F]{1,8}|\d+(?:\.\d*)?|\.\d+)|(<<|>>|[-+*/&|^()])|(V))/y;

type Token =
  | { readonly kind: 'sum'; readonly sum: LinearSum }
  | { readonly kind: 'sign'; readonly sign: string };

const tokenOf = (match: RegExpExecArray): Token => {
  const [, from, first, to, last, one, byte, bit, number, sign, volts] = match;
  const sumOf = (sum: LinearSum): Token => ({ kind: 'sum', sum });
  if (volts !== undefined) return sumOf(notLinear('uses the voltage of the adapter.'));
  if (from !== undefined) {
    if (from !== to) return sumOf(notLinear('mixes signed and unsigned bytes in a run.'));
    return sumOf(run(Number(first), Number(last), from === 'S'));
  }
  if (one !== undefined) {
    if (bit === undefined) return sumOf(run(Number(byte), Number(byte), one === 'S'));
    const place = Number(byte) * 8 + Number(bit);
    return sumOf({ bits: new Map([[place, ratio(1n)]]), constant: ZERO });
  }
  if (number === undefined) return { kind: 'sign', sign: sign ?? '' };
  const value = number.startsWith('0x') ? ratio(BigInt(number)) : parseRatio(number);
  return sumOf(value === undefined ? notLinear('has a number with too many digits.') : constantOf(value));
};

const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (let at = 0; text.slice(at).trim() !== ''; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) {
      const rest = text.slice(at).trim().slice(0, 12);
      return [{ kind: 'sum', sum: notLinear(`has "${rest}", which is not understood.`) }];
    }
    tokens.push(tokenOf(match));
  }
  return tokens;
};

/** Loosest first; `|` and `^` bind alike, as in WiCAN's own parser. */
const LEVELS: readonly (readonly string[])[] = [['|', '^'], ['&'], ['<<', '>>'], ['+', '-'], ['*', '/']];

const apply = (sign: string, a: LinearSum, b: LinearSum): LinearSum => {
  if (a.why !== undefined) return a;
  if (b.why !== undefined) return b;
  switch (sign) {
    case '|':
    case '^':
      return join(a, b);
    case '&':
      return mask(a, b);
    case '<<':
    case '>>':
      return shift(a, b, sign === '<<');
    case '+':
      return plus(a, b);
    case '-':
      return plus(a, times(b, ratio(-1n)));
    case '*':
      return product(a, b);
    default:
      return quotient(a, b);
  }
};

const parse = (tokens: readonly Token[]): LinearSum => {
  let place = 0;
  const signAt = (): string | undefined => {
    const token = tokens[place];
    return token?.kind === 'sign' ? token.sign : undefined;
  };
  const primary = (depth: number): LinearSum => {
    const token = tokens[place];
    place += 1;
    if (token?.kind === 'sum') return token.sum;
    if (depth > DEPTH_MAX) return notLinear('has too many parentheses.');
    if (token?.sign === '-') return apply('*', constantOf(ratio(-1n)), primary(depth + 1));
    if (token?.sign === '+') return primary(depth + 1);
    if (token?.sign !== '(') return notLinear('ends or begins where a value should be.');
    const inner = level(0, depth + 1);
    if (signAt() !== ')') return notLinear('has a parenthesis that is not closed.');
    place += 1;
    return inner;
  };
  const level = (index: number, depth: number): LinearSum => {
    const signs = LEVELS[index];
    if (signs === undefined) return primary(depth);
    let sum = level(index + 1, depth);
    for (let sign = signAt(); sign !== undefined && signs.includes(sign); sign = signAt()) {
      place += 1;
      sum = apply(sign, sum, level(index + 1, depth));
    }
    return sum;
  };
  const sum = level(0, 0);
  return sum.why === undefined && place < tokens.length ? notLinear('goes on after its end.') : sum;
};

/** The sum that an expression is, or why it is none. */
export const linearSumOf = (text: string): LinearSum =>
  text.length > EXPRESSION_MAX
    ? notLinear(`is longer than ${EXPRESSION_MAX} characters.`)
    : parse(tokensOf(text));
