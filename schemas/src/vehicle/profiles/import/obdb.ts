import { fail, fault, ok, type Result } from '../../../words/fault.ts';
import {
  addRatios,
  type Formula,
  formatFormula,
  multiplyRatios,
  parseDecimal,
  type Ratio,
  ratio,
  rawLimits,
} from '../../formula.ts';
import type { Signal } from '../../signal.ts';
import { signalByName } from '../../signals.ts';
import type { SignalFile } from '../profile.ts';
import {
  type Candidate,
  dbcBit,
  fieldsOf,
  gather,
  IMPORT_SIGNALS_MAX,
  IMPORT_TEXT_MAX,
  type Imported,
  type ImportedRequest,
  type ImportInto,
  type LeftOut,
  listOf,
} from './gather.ts';
import { conversionTo, signalOfMetric } from './obdb-signals.ts';

export interface ObdbInto extends ImportInto {
  /** Commands that are for other model years are left out; without it all are taken. */
  readonly year?: number;
  /** Our signal by their identifier, for what they give no metric or another one. */
  readonly signals?: Readonly<Record<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;
type Why = { readonly why: string };

const textOf = (value: unknown, fallback = ''): string => (typeof value === 'string' ? value : fallback);
const isHex = (text: string, ...lengths: readonly number[]): boolean =>
  lengths.includes(text.length) && /^[0-9A-F]+$/.test(text);

/** CAN identifiers of a command: theirs leave out priority and tester where those are the usual ones. */
const addressesOf = (command: Fields): Pick<ImportedRequest, 'target' | 'answer' | 'extended'> | Why => {
  const [hdr, rax, pri, tst, eax] = [
    textOf(command['hdr']).toUpperCase(),
    textOf(command['rax']).toUpperCase(),
    textOf(command['pri'], '18').toUpperCase(),
    textOf(command['tst'], 'F1').toUpperCase(),
    textOf(command['eax']).toUpperCase(),
  ];
  if (isHex(hdr, 4)) {
    if (!isHex(rax, 2, 6)) return { why: 'asks every control unit; the profile must name one.' };
    return { target: `${pri}${hdr}${tst}`, answer: rax.length === 2 ? `18DAF1${rax}` : `${pri}${rax}` };
  }
  if (!isHex(hdr, 3)) return { why: `has the address "${hdr}", which is none.` };
  if (rax === '' && (hdr === '7DF' || eax !== '')) return { why: 'does not say who answers.' };
  const usual = (Number.parseInt(hdr, 16) + 8).toString(16).toUpperCase().padStart(3, '0');
  const answer = isHex(rax, 3) ? rax : usual;
  return { target: hdr, answer, ...(eax === '' ? {} : { extended: { request: eax, answer: tst } }) };
};

/** Whether a filter has a model year in it: a run of years, what is outside one, or single years. */
const isForYear = (filter: unknown, year: number | undefined): boolean => {
  const { from, to, years } = fieldsOf(filter);
  if (year === undefined || (from === undefined && to === undefined && years === undefined)) return true;
  if (listOf(years).includes(year)) return true;
  const isLater = typeof from === 'number' && year >= from;
  const isEarlier = typeof to === 'number' && year <= to;
  const isRun = typeof from === 'number' && typeof to === 'number' && from <= to;
  return isRun ? isLater && isEarlier : isLater || isEarlier;
};

const requestOf = (command: Fields, year: number | undefined): ImportedRequest | Why => {
  const [[service, identifier] = ['', '']] = Object.entries(fieldsOf(command['cmd']));
  const request = `${service}${textOf(identifier).toUpperCase()}`;
  if (service === '01') return { why: 'is a standard parameter, which the driver asks for by itself.' };
  if (!/^(21[0-9A-F]{2}|22[0-9A-F]{4})$/.test(request))
    return { why: `asks "${request}", which is never sent.` };
  if (!isForYear(command['filter'], year)) return { why: 'is for other model years.' };
  if (command['dbg'] === true) return { why: 'is marked as not working yet.' };
  const session = textOf(command['din']);
  if (session !== '' && session !== '03') return { why: `needs session ${session}, which is never opened.` };
  const seconds = typeof command['freq'] === 'number' ? command['freq'] : 10;
  const addresses = addressesOf(command);
  if ('why' in addresses) return addresses;
  return {
    name: `r-${addresses.target}-${addresses.extended?.request ?? ''}${request}`.toLowerCase(),
    ...addresses,
    request,
    intervalMs: Math.min(86_400_000, Math.max(100, Math.round(seconds * 1_000))),
    session: session === '03' ? 'extended' : 'default',
  };
};

const numberOf = (value: unknown, fallback: number): Ratio | undefined =>
  value === undefined
    ? ratio(BigInt(fallback))
    : typeof value === 'number'
      ? parseDecimal(String(value))
      : undefined;

const inverse = ({ numerator, denominator }: Ratio): Ratio => ratio(denominator, numerator);
const floor = ({ numerator, denominator }: Ratio): bigint =>
  numerator / denominator - (numerator % denominator < 0n ? 1n : 0n);

/** Raw numbers whose value is at most (or at least) a bound; theirs are bounds of the value. */
const nullsOf = (fmt: Fields, formula: Formula): SignalFile['nulls'] => {
  const { min, max } = rawLimits(formula);
  const minus = ratio(-formula.offset.numerator, formula.offset.denominator);
  const runs: [number, number][] = [];
  for (const [key, isUpper] of [
    ['nullmin', false],
    ['nullmax', true],
  ] as const) {
    const bound = fmt[key] === undefined ? undefined : numberOf(fmt[key], 0);
    if (bound === undefined) continue;
    const raw = multiplyRatios(addRatios(bound, minus), inverse(formula.factor));
    const isAbove = isUpper === formula.factor.numerator > 0n;
    const edge = isAbove ? -floor(ratio(-raw.numerator, raw.denominator)) : floor(raw);
    if (isAbove ? edge <= max : edge >= min) {
      runs.push(
        isAbove
          ? [Number(edge < min ? min : edge), Number(max)]
          : [Number(min), Number(edge > max ? max : edge)],
      );
    }
  }
  return runs.length === 0 ? undefined : runs;
};

/** A bound of theirs as a number with our decimals, no tighter than theirs and within what we carry. */
const boundOf = (value: Ratio, row: Signal, isUpper: boolean): number => {
  const scaled = multiplyRatios(value, ratio(10n ** BigInt(row.decimals)));
  const whole = isUpper ? -floor(ratio(-scaled.numerator, scaled.denominator)) : floor(scaled);
  const least = BigInt(row.minMantissa);
  const most = BigInt(row.maxMantissa);
  const kept = whole < least ? least : whole > most ? most : whole;
  return Number(`${kept}e-${row.decimals}`);
};

const formulaOf = (fmt: Fields, echoBytes: number): Formula | Why => {
  const length = fmt['len'];
  const place = echoBytes * 8 + (typeof fmt['bix'] === 'number' ? fmt['bix'] : 0);
  if (typeof length !== 'number' || !Number.isInteger(length) || length < 1 || length > 64 || place < 0) {
    return { why: 'does not say where it stands.' };
  }
  const isLittle = fmt['blsb'] === true;
  if (isLittle && (place % 8 !== 0 || length % 8 !== 0)) return { why: 'is little endian between bytes.' };
  const [mul, div, add] = [numberOf(fmt['mul'], 1), numberOf(fmt['div'], 1), numberOf(fmt['add'], 0)];
  if (mul === undefined || div === undefined || add === undefined)
    return { why: 'has numbers that are none.' };
  if (mul.numerator === 0n || div.numerator === 0n) return { why: 'multiplies by 0.' };
  return {
    startBit: isLittle ? place : dbcBit(place),
    bitLength: length,
    order: isLittle ? 'little' : 'big',
    signed: fmt['sign'] === true,
    factor: multiplyRatios(mul, inverse(div)),
    offset: add,
  };
};

const signalOf = (signal: Fields, echoBytes: number, into: ObdbInto): SignalFile | Why => {
  const fmt = fieldsOf(signal['fmt']);
  const id = textOf(signal['id']);
  const unit = textOf(fmt['unit']);
  const name = into.signals?.[id] ?? signalOfMetric(textOf(signal['suggestedMetric']), id, unit);
  const row = name === undefined ? undefined : signalByName(name);
  if (row === undefined) return { why: 'is no signal of our table.' };
  if (fmt['map'] !== undefined) return { why: 'is a list of words; write its map by hand.' };
  const conversion = conversionTo(row.unit, unit);
  if (conversion === undefined)
    return { why: `is in ${unit || 'no unit'}, which does not become ${row.unit}.` };
  const formula = formulaOf(fmt, echoBytes);
  if ('why' in formula) return formula;
  const convert = (value: Ratio): Ratio =>
    addRatios(multiplyRatios(value, conversion.factor), conversion.offset);
  const [min, max] = [numberOf(fmt['min'], 0), numberOf(fmt['max'], 0)];
  const nulls = nullsOf(fmt, formula);
  const ours: Formula = {
    ...formula,
    factor: multiplyRatios(formula.factor, conversion.factor),
    offset: convert(formula.offset),
  };
  return {
    signal: row.name,
    formula: formatFormula(ours),
    unit: row.unit,
    ...(min === undefined ? {} : { min: boundOf(convert(min), row, false) }),
    ...(max === undefined || fmt['max'] === undefined ? {} : { max: boundOf(convert(max), row, true) }),
    ...(nulls === undefined ? {} : { nulls }),
  };
};

/**
 * A signal set of OBDb (version 3 of its JSON) as a profile. Theirs clamps a value to its limits, ours
 * refuses one outside. Only signals with a suggested metric, or named in `signals`, have a place in our
 * table; everything that is left out is named with its reason. The fault is `malformed`: `import.obdb`.
 */
export const importObdb = (text: string, into: ObdbInto): Result<Imported> => {
  const refuse = (words: string) => fail(fault('malformed', 'import.obdb', into.where, words));
  if (text.length > IMPORT_TEXT_MAX) return refuse(`has more than ${IMPORT_TEXT_MAX} characters.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('is not JSON.');
  }
  const commands = fieldsOf(value)['commands'];
  if (!Array.isArray(commands)) return refuse('has no list of commands, so it is no OBDb signal set.');
  const left: LeftOut[] = [];
  const candidates: Candidate[] = [];
  for (const each of commands) {
    const command = fieldsOf(each);
    const request = requestOf(command, into.year);
    for (const item of listOf(command['signals'])) {
      if (candidates.length + left.length >= IMPORT_SIGNALS_MAX) {
        return refuse(`has more than ${IMPORT_SIGNALS_MAX} signals.`);
      }
      const what = textOf(fieldsOf(item)['id'], '(no identifier)');
      if ('why' in request) {
        left.push({ what, why: request.why });
        continue;
      }
      const signal = signalOf(fieldsOf(item), request.request.length / 2, into);
      if ('why' in signal) left.push({ what, why: signal.why });
      else candidates.push({ what, request, signal });
    }
  }
  const gathered = gather(into, candidates);
  return ok({ ...gathered, left: [...left, ...gathered.left] });
};
