import { type Formula, formulaBits, formulaBytes, mantissaOf, parseFormula, rawLimits } from '../formula.ts';
import type { Signal } from '../signal.ts';
import { signalByName } from '../signals.ts';
import {
  bytesOfHex,
  mantissaOfNumber,
  type Profile,
  type ProfileRequest,
  type ProfileSignal,
  type RequestFile,
  type SignalFile,
  type VehicleProfileFile,
} from './profile.ts';

export type Path = readonly (string | number)[];

export interface Problem {
  readonly path: Path;
  /** What is wrong at the place and what it should be; no place in it, a full stop at its end. */
  readonly words: string;
}

type Report = (path: Path, words: string) => undefined;

const DECIMALS_WORDS = 'has more decimals than the signal carries';

const boundOf = (
  value: number | undefined,
  row: Signal,
  fallback: number,
  report: (words: string) => undefined,
): bigint | undefined => {
  if (value === undefined) return BigInt(fallback);
  const mantissa = mantissaOfNumber(value, row.decimals);
  if (mantissa === undefined) return report(`${value} ${DECIMALS_WORDS} (${row.decimals}).`);
  if (mantissa < BigInt(row.minMantissa) || mantissa > BigInt(row.maxMantissa)) {
    return report(`${value} must be within what the signal carries, ${row.min} to ${row.max} ${row.unit}.`);
  }
  return mantissa;
};

const mapOf = (
  { map, formula }: SignalFile,
  row: Signal,
  report: (key: string, words: string) => undefined,
): ReadonlyMap<bigint, bigint> | undefined => {
  if (map === undefined) return undefined;
  if (!formula.replaceAll(' ', '').endsWith('(1,0)')) {
    return report('formula', 'must end in (1,0) where there is a map.');
  }
  if (row.decimals !== 0) return report('map', `is for codes, flags and counts; ${row.name} has decimals.`);
  const outside = Object.values(map).find((value) => value < row.minMantissa || value > row.maxMantissa);
  if (outside !== undefined) return report('map', `${outside} is no value of ${row.name}.`);
  return new Map(Object.entries(map).map(([key, value]) => [BigInt(key), BigInt(value)]));
};

const nullsOf = ({ nulls = [] }: SignalFile): ProfileSignal['nulls'] =>
  nulls.map((entry) => {
    const [first, last] = typeof entry === 'number' ? [entry, entry] : entry;
    return [BigInt(first), BigInt(last)] as const;
  });

const nullsFit = (nulls: ProfileSignal['nulls'], formula: Formula): boolean => {
  const { min, max } = rawLimits(formula);
  return nulls.every(([first, last]) => first <= last && first >= min && last <= max);
};

/** Whether any raw number gives a value that is believed; the formula is monotonous. */
const reaches = (formula: Formula, decimals: number, min: bigint, max: bigint): boolean => {
  const limits = rawLimits(formula);
  const ends = [mantissaOf(formula, decimals, limits.min), mantissaOf(formula, decimals, limits.max)];
  const [low = 0n, high = 0n] = ends.toSorted((a, b) => (a < b ? -1 : 1));
  return low <= max && high >= min;
};

const compileSignal = (
  file: SignalFile,
  path: Path,
  echoBytes: number,
  report: Report,
): ProfileSignal | undefined => {
  const at = (key: string) => (words: string) => report([...path, key], words);
  const row = signalByName(file.signal);
  if (row === undefined) return at('signal')(`"${file.signal}" is not in the signal table.`);
  if (file.unit !== row.unit) {
    return at('unit')(`must be ${row.unit}, the unit of ${row.name}; let the formula convert to it.`);
  }
  const parsed = parseFormula(file.formula);
  if (!parsed.ok) return at('formula')(`"${file.formula}" ${parsed.fault.words}`);
  const formula = parsed.value;
  if (Math.min(...formulaBits(formula)) < echoBytes * 8) {
    return at('formula')(
      `"${file.formula}" reads the first ${echoBytes} bytes, which repeat the request; values follow them.`,
    );
  }
  const min = boundOf(file.min, row, row.minMantissa, at('min'));
  const max = boundOf(file.max, row, row.maxMantissa, at('max'));
  if (min === undefined || max === undefined) return undefined;
  if (min > max) return at('min')('must not be above max.');
  const nulls = nullsOf(file);
  if (!nullsFit(nulls, formula))
    return at('nulls')(`must be raw numbers that ${formula.bitLength} bits can say.`);
  const map = mapOf(file, row, (key, words) => report([...path, key], words));
  if (file.map !== undefined && map === undefined) return undefined;
  if (map === undefined && !reaches(formula, row.decimals, min, max)) {
    return at('formula')('gives no value between min and max for any raw number.');
  }
  return { signal: row, formula, min, max, nulls, ...(map === undefined ? {} : { map }) };
};

const overlapOf = (signals: readonly ProfileSignal[]): readonly [number, number] | undefined => {
  const owners = new Map<number, number>();
  for (const [index, { formula }] of signals.entries()) {
    for (const bit of formulaBits(formula)) {
      const owner = owners.get(bit);
      if (owner !== undefined) return [owner, index];
      owners.set(bit, index);
    }
  }
  return undefined;
};

const checkTogether = (signals: readonly ProfileSignal[], path: Path, report: Report): void => {
  const overlap = overlapOf(signals);
  if (overlap !== undefined) {
    report([...path, overlap[1], 'formula'], `reads bits that signals[${overlap[0]}] reads too.`);
  }
  for (const [index, { signal, nulls }] of signals.entries()) {
    const isTwice = signals.some((other, place) => place !== index && other.signal === signal);
    if (isTwice && nulls.length === 0) {
      report(
        [...path, index, 'nulls'],
        `must say what “no value” looks like, because ${signal.name} stands here twice.`,
      );
    }
  }
};

const compileRequest = (file: RequestFile, path: Path, report: Report): ProfileRequest | undefined => {
  if (file.target.length !== file.answer.length) {
    return report([...path, 'answer'], 'must have as many digits as target: 3 (11 bits) or 8 (29 bits).');
  }
  const request = bytesOfHex(file.request);
  const echo = request.slice();
  echo[0] = (request[0] ?? 0) + 0x40;
  const signals = file.signals.flatMap((each, index) => {
    const signal = compileSignal(each, [...path, 'signals', index], echo.length, report);
    return signal === undefined ? [] : [signal];
  });
  if (signals.length !== file.signals.length) return undefined;
  checkTogether(signals, [...path, 'signals'], report);
  const { extended, answerBytes = [], flowControl = { blockSize: 0, separationMs: 0 } } = file;
  const answerBytesMin = Math.max(...signals.map(({ formula }) => formulaBytes(formula)));
  if (answerBytes.some((length) => length < answerBytesMin)) {
    return report(
      [...path, 'answerBytes'],
      `must not be below ${answerBytesMin}, where the last signal ends.`,
    );
  }
  const one = (hex: string): number => Number.parseInt(hex, 16);
  return {
    name: file.name,
    target: one(file.target),
    answer: one(file.answer),
    isWide: file.target.length > 3,
    ...(extended === undefined
      ? {}
      : { extended: { request: one(extended.request), answer: one(extended.answer) } }),
    request,
    echo,
    answerBytesMin,
    answerBytes,
    intervalMs: file.intervalMs,
    session: file.session ?? 'default',
    flowControl,
    confidence: file.confidence,
    signals,
  };
};

const firstTwice = (values: readonly string[]): number =>
  values.findIndex((value, index) => values.indexOf(value) < index);

const checkNames = (file: VehicleProfileFile, report: Report): void => {
  const twice = firstTwice(file.requests.map(({ name }) => name));
  if (twice >= 0) report(['requests', twice, 'name'], `"${file.requests[twice]?.name}" stands there twice.`);
  const known = file.sources.map(({ id }) => id);
  for (const [index, { sources, vectors = [] }] of file.requests.entries()) {
    const strange = sources.findIndex((id) => !known.includes(id));
    if (strange >= 0) {
      report(['requests', index, 'sources', strange], `"${sources[strange]}" is none of the sources above.`);
    }
    for (const [place, { origin, source }] of vectors.entries()) {
      if (origin === 'published' ? source === undefined || !known.includes(source) : source !== undefined) {
        report(
          ['requests', index, 'vectors', place, 'source'],
          'must name one of the sources above where the vector is published, and be left out where it is computed.',
        );
      }
    }
  }
  for (const [index, { years }] of file.vehicles.entries()) {
    if (years[0] > years[1]) report(['vehicles', index, 'years'], 'must begin with the earlier year.');
  }
};

const checkOneHome = (requests: readonly (ProfileRequest | undefined)[], report: Report): void => {
  const homes = new Map<number, number>();
  for (const [index, request] of requests.entries()) {
    for (const [place, { signal }] of (request?.signals ?? []).entries()) {
      const home = homes.get(signal.id);
      if (home !== undefined && home !== index) {
        report(
          ['requests', index, 'signals', place, 'signal'],
          `${signal.name} is already read by requests[${home}]; one value needs one home.`,
        );
      }
      homes.set(signal.id, index);
    }
  }
};

/** A profile ready to use, or everything in it that does not fit together. The file has the shape already. */
export const compileProfile = (
  file: VehicleProfileFile,
): { readonly profile: Profile } | { readonly problems: readonly Problem[] } => {
  const problems: Problem[] = [];
  const report: Report = (path, words) => {
    problems.push({ path, words });
    return undefined;
  };
  checkNames(file, report);
  const compiled = file.requests.map((each, index) => compileRequest(each, ['requests', index], report));
  checkOneHome(compiled, report);
  if (problems.length > 0) return { problems };
  const requests = compiled.flatMap((each) => (each === undefined ? [] : [each]));
  const { name, title, vehicles, note } = file;
  return { profile: { name, title, vehicles, ...(note === undefined ? {} : { note }), requests, file } };
};
