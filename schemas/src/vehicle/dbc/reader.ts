import { parseDecimal, type Ratio, ratio } from '../formula.ts';
import { scan, type Token } from './scan.ts';

/** What is wrong and where: the first thing only, because what follows it may be its consequence. */
export interface Trouble {
  readonly line: number;
  readonly words: string;
}

/**
 * Reads tokens as what is expected of them. After the first trouble every read gives a neutral value (an empty text,
 * 0) and takes nothing more, so that a caller checks `trouble` once at the end of what it reads.
 */
export interface Reader {
  /** Line of the token that comes next. */
  readonly line: number;
  readonly ended: boolean;
  readonly trouble: Trouble | undefined;
  fail(words: string, line?: number): void;
  peek(ahead?: number): Token | undefined;
  skip(): Token | undefined;
  /** `what` completes the sentence “… is missing”. */
  word(what: string): string;
  string(what: string): string;
  integer(what: string, min: number, max: number): number;
  /** A whole number of any size up to 64 bits. */
  wide(what: string): bigint;
  /** A decimal number, exactly. */
  decimal(what: string): Ratio;
  /** The same, but undefined for one with too many digits to be kept exactly. */
  roughDecimal(what: string): Ratio | undefined;
  mark(text: string, what: string): void;
  /** Takes the mark where it comes next. */
  has(text: string): boolean;
}

const NOUGHT: Ratio = ratio(0n);
const SHOWN_MAX = 24;

/** Tools of one system write exponents with three digits: `1.5E-005`. */
const withShortExponent = (text: string): string => text.replace(/([eE][+-]?)0+(?=\d)/, '$1');

const shown = (token: Token | undefined): string =>
  token === undefined ? 'the end of the text' : `“${token.text.slice(0, SHOWN_MAX)}”`;

export const createReader = (text: string): Reader => {
  const scanner = scan(text);
  let trouble: Trouble | undefined;
  const lineOfNext = (): number => scanner.peek()?.line ?? scanner.line;

  const failAt = (words: string, line: number = lineOfNext()): void => {
    trouble ??= { line, words };
  };
  const expect = (kind: Token['kind'], what: string): string => {
    if (trouble !== undefined) return '';
    const token = scanner.peek();
    if (token?.kind !== kind) {
      failAt(`${what} is missing before ${shown(token)}.`);
      return '';
    }
    scanner.next();
    return token.text;
  };
  const wide = (what: string): bigint => {
    const line = lineOfNext();
    const text = expect('number', what);
    if (trouble !== undefined) return 0n;
    if (/^[+-]?\d{1,20}$/.test(text)) return BigInt(text);
    failAt(`${what} must be a whole number, not “${text.slice(0, SHOWN_MAX)}”.`, line);
    return 0n;
  };

  return {
    get line() {
      return lineOfNext();
    },
    get ended() {
      return trouble !== undefined || scanner.peek() === undefined;
    },
    get trouble() {
      return trouble;
    },
    fail: failAt,
    peek: scanner.peek,
    skip: scanner.next,
    word: (what) => expect('word', what),
    string: (what) => expect('string', what),
    wide,
    integer: (what, min, max) => {
      const line = lineOfNext();
      const value = wide(what);
      if (trouble !== undefined) return 0;
      if (value >= BigInt(min) && value <= BigInt(max)) return Number(value);
      failAt(`${what} must be from ${min} to ${max}, not ${value}.`, line);
      return 0;
    },
    decimal: (what) => {
      const line = lineOfNext();
      const value = parseDecimal(withShortExponent(expect('number', what)));
      if (trouble === undefined && value === undefined) failAt(`${what} has too many digits.`, line);
      return value ?? NOUGHT;
    },
    roughDecimal: (what) => parseDecimal(withShortExponent(expect('number', what))),
    mark: (text, what) => {
      const token = scanner.peek();
      if (trouble !== undefined) return;
      if (token?.kind === 'mark' && token.text === text) scanner.next();
      else failAt(`${what}: “${text}” is missing before ${shown(token)}.`);
    },
    has: (text) => {
      const token = scanner.peek();
      if (trouble !== undefined || token?.kind !== 'mark' || token.text !== text) return false;
      scanner.next();
      return true;
    },
  };
};
