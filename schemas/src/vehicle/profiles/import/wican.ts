import { fail, fault, ok, type Result } from '../../../words/fault.ts';
import { type Formula, formatFormula, multiplyRatios, parseRatio, type Ratio, ratio } from '../../formula.ts';
import { signalByName } from '../../signals.ts';
import { messageIndexOf } from '../frames.ts';
import type { SignalFile } from '../profile.ts';
import {
  type Candidate,
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
import { type LinearSum, linearSumOf } from './wican-expression.ts';
import { WICAN_SIGNALS, WICAN_UNSIGNED_MEANING } from './wican-signals.ts';

type Why = { readonly why: string };

export interface WicanInto extends ImportInto {
  /** How often each request is worth asking; WiCAN keeps that apart from its profiles. */
  readonly intervalMs: number;
  /** Our signal by parameter name, for what has none here. Values are then taken to be in its unit. */
  readonly signals?: Readonly<Record<string, string>>;
}

/** What the AT commands of a profile have set so far; they go on from one request to the next. */
interface Settings {
  readonly header: string;
  readonly receive: string;
  readonly priority: string;
  readonly isExtended: boolean;
}

const START: Settings = { header: '', receive: '', priority: '18', isExtended: false };

const afterCommands = (before: Settings, commands: string): Settings => {
  let settings = before;
  for (const each of commands.toUpperCase().split(';')) {
    const [, verb, value = ''] = /^AT\s?(SH|CRA|CP|CEA|SP|D)\s?([0-9A-F ]*)$/.exec(each.trim()) ?? [];
    const text = value.replaceAll(' ', '');
    if (verb === 'SH') settings = { ...settings, header: text, receive: '' };
    else if (verb === 'CRA') settings = { ...settings, receive: text };
    else if (verb === 'CP') settings = { ...settings, priority: text };
    else if (verb === 'CEA') settings = { ...settings, isExtended: text !== '' };
    else if (verb === 'D') settings = START;
  }
  return settings;
};

const addressesOf = (settings: Settings): Pick<ImportedRequest, 'target' | 'answer'> | Why => {
  const { header, receive, priority, isExtended } = settings;
  const target = header.length === 6 ? `${priority}${header}` : header;
  if (!/^([0-7][0-9A-F]{2}|[01][0-9A-F]{7})$/.test(target) || target === '7DF' || /^18DB/.test(target)) {
    return { why: 'asks every control unit; the profile must name one.' };
  }
  // Whether its byte count then has the address byte in it depends on the adapter's chip.
  if (isExtended)
    return { why: 'is addressed by a byte in the frame, with which the count of bytes is not known.' };
  if (receive.length === target.length) return { target, answer: receive };
  const pair = /^(18DA)(..)(F1)$/.exec(target);
  if (pair !== null) return { target, answer: `18DAF1${pair[2] ?? ''}` };
  if (target.length > 3) return { why: 'does not say who answers.' };
  const answer = (Number.parseInt(target, 16) + 8).toString(16).toUpperCase();
  return /^7/.test(target) && answer.length === 3 ? { target, answer } : { why: 'does not say who answers.' };
};

/** Service and identifier, and how many frames the answer has where the digit after them says so. */
const askedOf = (pid: string): { readonly request: string; readonly frames?: number } | Why => {
  const [, request = '', digit] =
    /^(22[0-9A-F]{4}|21[0-9A-F]{2})([0-9A-F])?$/.exec(pid.toUpperCase().replaceAll(' ', '')) ?? [];
  if (/^01/.test(pid)) return { why: 'is a standard parameter, which the driver asks for by itself.' };
  if (request === '')
    return { why: `asks "${pid.slice(0, 16)}", which is not one identifier of service 21 or 22.` };
  return digit === undefined ? { request } : { request, frames: Number.parseInt(digit, 16) };
};

/**
 * Whether the answer comes in several frames. Byte 4 is data in a single frame and repeats the identifier in
 * a first one, and only several frames have a ninth byte; in between the number of frames must say it.
 */
const isLongAnswer = (sums: readonly LinearSum[], echo: number, frames?: number): boolean | Why => {
  const bytes = sums.flatMap(({ bits }) => [...bits.keys()].map((bit) => bit >> 3));
  if (bytes.some((byte) => byte > 7)) return true;
  if (bytes.some((byte) => byte === echo + 1)) return false;
  if (frames !== undefined && frames > 0) return frames > 1;
  return { why: 'could be read from a single frame or from a first one; say how many frames come.' };
};

const consecutive = (places: readonly number[], step: 1 | -1): boolean =>
  places.every((place, index) => index === 0 || place - (places[index - 1] ?? 0) === step);

/** Bits from the top bit of byte 0 on, for runs that go down in weight from byte to byte. */
const fromTop = (bit: number): number => (bit >> 3) * 8 + 7 - (bit & 7);

/** The formula of a sum over bits of the message, where those are one run of bits in one order. */
const formulaOf = (sum: LinearSum): Formula | Why => {
  const byWeight = [...sum.bits].toSorted(([, a], [, b]) => {
    const left = a.numerator * b.denominator;
    const right = b.numerator * a.denominator;
    const [x, y] = [left < 0n ? -left : left, right < 0n ? -right : right];
    return x < y ? -1 : x > y ? 1 : 0;
  });
  const [least] = byWeight;
  const most = byWeight.at(-1);
  if (least === undefined || most === undefined) return { why: 'is a constant.' };
  if (byWeight.length > 64) return { why: 'reads more than 64 bits.' };
  const [, unit] = least;
  const isDoubling = byWeight.every(([, weight], index) => {
    const wanted = multiplyRatios(unit, ratio(1n << BigInt(index)));
    const isTop = index === byWeight.length - 1 && index > 0;
    const size = (value: Ratio): bigint => (value.numerator < 0n ? -value.numerator : value.numerator);
    const isSame = wanted.denominator === weight.denominator && size(wanted) === size(weight);
    return isSame && (isTop || wanted.numerator === weight.numerator);
  });
  if (!isDoubling) return { why: 'is no single number: its bits do not double in weight.' };
  const places = byWeight.map(([bit]) => bit);
  const isLittle = consecutive(places, 1);
  if (!isLittle && !consecutive(places.map(fromTop), -1))
    return { why: 'reads bits that do not stand together.' };
  const signed = byWeight.length > 1 && most[1].numerator > 0n !== unit.numerator > 0n;
  // Within one byte both orders are the same; big endian is the usual way to write it.
  const isBig = !isLittle || least[0] >> 3 === most[0] >> 3;
  return {
    startBit: isBig ? most[0] : least[0],
    bitLength: byWeight.length,
    order: isBig ? 'big' : 'little',
    signed,
    factor: unit,
    offset: sum.constant,
  };
};

const inMessage = (sum: LinearSum, isLong: boolean): LinearSum | Why => {
  const bits = new Map<number, Ratio>();
  for (const [bit, weight] of sum.bits) {
    const byte = messageIndexOf(bit >> 3, isLong);
    if (byte === undefined) return { why: 'reads a byte of ISO-TP, which is not part of the answer.' };
    bits.set(byte * 8 + (bit & 7), weight);
  }
  return { bits, constant: sum.constant };
};

const signalOf = (name: string, sum: LinearSum, into: WicanInto): SignalFile | Why => {
  const own = into.signals?.[name];
  if (own === undefined && WICAN_UNSIGNED_MEANING.has(name)) {
    return { why: 'has a sign that WiCAN does not define; write it by hand.' };
  }
  const [signal, times] = own === undefined ? (WICAN_SIGNALS.get(name) ?? []) : [own, '1'];
  const row = signal === undefined ? undefined : signalByName(signal);
  if (row === undefined) return { why: 'is no signal of our table.' };
  const formula = formulaOf(sum);
  if ('why' in formula) return formula;
  const factor = parseRatio(times ?? '1') ?? ratio(1n);
  const ours = {
    ...formula,
    factor: multiplyRatios(formula.factor, factor),
    offset: multiplyRatios(formula.offset, factor),
  };
  return { signal: row.name, formula: formatFormula(ours), unit: row.unit };
};

const parametersOf = (value: unknown): readonly (readonly [name: string, expression: string])[] => {
  const pairs = Array.isArray(value)
    ? listOf(value).map((each) => [fieldsOf(each)['name'], fieldsOf(each)['expression']] as const)
    : Object.entries(fieldsOf(value));
  return pairs.map(([name, expression]) => [String(name), typeof expression === 'string' ? expression : '']);
};

const carOf = (value: unknown): Readonly<Record<string, unknown>> | undefined => {
  const cars = fieldsOf(value)['cars'];
  const car = fieldsOf(Array.isArray(cars) ? (cars.length === 1 ? cars[0] : undefined) : value);
  return Array.isArray(car['pids']) ? car : undefined;
};

const takePid = (
  pid: Readonly<Record<string, unknown>>,
  settings: Settings,
  into: WicanInto,
): { readonly candidates: readonly Candidate[]; readonly left: readonly LeftOut[] } => {
  const parameters = parametersOf(pid['parameters']).map(([name, text]) => ({
    name,
    sum: linearSumOf(text),
  }));
  const all = (why: string) => ({
    candidates: [],
    left: parameters.map(({ name }) => ({ what: name, why })),
  });
  const asked = askedOf(String(pid['pid'] ?? ''));
  if ('why' in asked) return all(asked.why);
  const addresses = addressesOf(settings);
  if ('why' in addresses) return all(addresses.why);
  const request: ImportedRequest = {
    name: `r-${addresses.target}-${asked.request}`.toLowerCase(),
    ...addresses,
    request: asked.request,
    intervalMs: into.intervalMs,
  };
  const readable = parameters.filter(({ sum }) => sum.why === undefined).map(({ sum }) => sum);
  const isLong = isLongAnswer(readable, asked.request.length / 2, asked.frames);
  const candidates: Candidate[] = [];
  const left: LeftOut[] = [];
  for (const { name, sum } of parameters) {
    const reason = sum.why ?? (typeof isLong === 'boolean' ? undefined : isLong.why);
    const placed = reason === undefined ? inMessage(sum, isLong === true) : { why: reason };
    const signal = 'bits' in placed ? signalOf(name, placed, into) : placed;
    if ('signal' in signal) candidates.push({ what: name, request, signal });
    else left.push({ what: name, why: signal.why });
  }
  return { candidates, left };
};

/**
 * A WiCAN vehicle profile (one car) as a profile. Its expressions count the bytes of the CAN frames one after
 * the other, ISO-TP bytes included; ours count the bytes of the message. Only linear expressions over bits
 * that stand together become a formula; everything that is left out is named with its reason. The fault is
 * `malformed`: `import.wican`.
 */
export const importWican = (text: string, into: WicanInto): Result<Imported> => {
  const refuse = (words: string) => fail(fault('malformed', 'import.wican', into.where, words));
  if (text.length > IMPORT_TEXT_MAX) return refuse(`has more than ${IMPORT_TEXT_MAX} characters.`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('is not JSON.');
  }
  const car = carOf(value);
  if (car === undefined && typeof fieldsOf(value)['extends'] === 'string') {
    return refuse('only adds to another profile; import that one, or the merged file of one car.');
  }
  if (car === undefined) return refuse('has no list of pids, so it is no WiCAN profile of one car.');
  let settings = afterCommands(START, String(car['init'] ?? ''));
  const candidates: Candidate[] = [];
  const left: LeftOut[] = [];
  for (const each of listOf(car['pids'])) {
    const pid = fieldsOf(each);
    settings = afterCommands(settings, String(pid['pid_init'] ?? ''));
    const taken = takePid(pid, settings, into);
    candidates.push(...taken.candidates);
    left.push(...taken.left);
    if (candidates.length + left.length > IMPORT_SIGNALS_MAX) {
      return refuse(`has more than ${IMPORT_SIGNALS_MAX} parameters.`);
    }
  }
  const gathered = gather(into, candidates);
  return ok({ ...gathered, left: [...left, ...gathered.left] });
};
