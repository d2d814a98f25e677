import { FORMULA_BIT_MAX, type Formula, formulaBytes, type Ratio } from '../formula.ts';
import type { Flaw, Limits } from './database.ts';
import type { Reader } from './reader.ts';

/** Whether a signal shares its place with others: `m2`, and whether it says which of them is there: `M`. */
export interface Mark {
  readonly multiplexor: boolean;
  readonly group: bigint | undefined;
}

/** An `SG_` as it stands, before it is known what the rest of the file says of it. */
export interface SignalLine {
  readonly name: string;
  readonly mark: Mark;
  readonly formula: Formula;
  readonly limits: Limits;
  readonly unit: string;
  readonly line: number;
  readonly flaw: Flaw | undefined;
}

const MARK = /^(?:m(\d{1,9}))?(M)?$/;

const readMark = (reader: Reader): Mark => {
  if (reader.peek()?.kind !== 'word') return { multiplexor: false, group: undefined };
  const { line } = reader;
  const text = reader.word('the multiplexing');
  const match = MARK.exec(text);
  if (match === null) reader.fail(`“${text}” is no multiplexing; it reads M, m0 or m0M.`, line);
  const [, group, multiplexor] = match ?? [];
  return {
    multiplexor: multiplexor !== undefined,
    group: group === undefined ? undefined : BigInt(group),
  };
};

/** `31|8@0+ (1,-40)`. */
const readFormula = (reader: Reader): Formula => {
  const startBit = reader.integer('the start bit', 0, FORMULA_BIT_MAX);
  reader.mark('|', 'after the start bit');
  const bitLength = reader.integer('the number of bits', 1, 64);
  reader.mark('@', 'after the number of bits');
  const order = reader.integer('the byte order', 0, 1) === 0 ? 'big' : 'little';
  const signed = reader.has('-');
  if (!signed) reader.mark('+', 'after the byte order');
  reader.mark('(', 'before the factor');
  const { line } = reader;
  const factor = reader.decimal('the factor');
  if (factor.numerator === 0n) reader.fail('the factor must not be 0.', line);
  reader.mark(',', 'after the factor');
  const offset = reader.decimal('the offset');
  reader.mark(')', 'after the offset');
  return { startBit, bitLength, order, signed, factor, offset };
};

const isBelow = (a: Ratio, b: Ratio): boolean => a.numerator * b.denominator < b.numerator * a.denominator;

/** `[-40|215]`. Where the first is not below the second, as in `[0|0]`, none are stated. */
const readLimits = (reader: Reader): Limits => {
  reader.mark('[', 'before the smallest value');
  const min = reader.roughDecimal('the smallest value');
  reader.mark('|', 'after the smallest value');
  const max = reader.roughDecimal('the largest value');
  reader.mark(']', 'after the largest value');
  if (min === undefined || max === undefined) return { min, max };
  return isBelow(min, max) ? { min, max } : { min: undefined, max: undefined };
};

/** Takes ` SG_ name M : 0|8@1+ (1,0) [0|0] "unit" Receiver,Receiver` after its keyword. */
export const readSignal = (reader: Reader, messageBytes: number): SignalLine => {
  const { line } = reader;
  const name = reader.word('the name of the signal');
  const mark = readMark(reader);
  reader.mark(':', `signal ${name}`);
  const formula = readFormula(reader);
  const limits = readLimits(reader);
  const unit = reader.string('the unit, in quotes,');
  reader.word('a receiver');
  while (reader.has(',')) reader.word('a receiver');
  const needed = formulaBytes(formula);
  const words = `it needs ${needed} bytes and its message has ${messageBytes}.`;
  const flaw = needed > messageBytes ? { line, words } : undefined;
  return { name, mark, formula, limits, unit, line, flaw };
};
