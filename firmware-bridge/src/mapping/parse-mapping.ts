import { brokenLineOf, lineOf, parseRatio, ratio, signalByName } from '@outpost/schemas/vehicle';
import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { isTopicFilter } from '../mqtt/topic-filter.ts';
import { isJsonPointer } from './json-pointer.ts';
import type { Mapping, TopicRule } from './mapping.ts';
import { FORMATS, type Format } from './payload.ts';
import { type Conversion, conversionTo, unitsFor } from './units.ts';
import { CLOCK, MOMENT_UNITS, type ValueRule } from './value-rule.ts';

const TEXT_MAX_CHARACTERS = 1 << 20;
export const TOPICS_MAX = 64;
export const VALUES_MAX = 128;
const WORDS_MAX = 64;
/** More than that of one file helps nobody. */
const PROBLEMS_MAX = 20;

type Path = readonly PropertyKey[];

interface Problem {
  readonly path: Path;
  readonly words: string;
}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Gathers what is wrong instead of stopping at the first. */
const checking = () => {
  const problems: Problem[] = [];
  const wrong = (path: Path, words: string): undefined => {
    problems.push({ path, words });
    return undefined;
  };
  const members = (value: unknown, path: Path, known: readonly string[]): Members | undefined => {
    if (!isMembers(value)) return wrong(path, `must be an object with ${known.join(', ')}.`);
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) wrong([...path, key], `is not known; there are ${known.join(', ')}.`);
    }
    return value;
  };
  const list = (value: unknown, path: Path, max: number): readonly unknown[] => {
    if (Array.isArray(value) && value.length > 0 && value.length <= max) return value;
    wrong(path, `must be a list of 1 to ${max}.`);
    return [];
  };
  return { problems, wrong, members, list };
};

type Checking = ReturnType<typeof checking>;

/** Half a character cannot be written into the evidence. */
const isWhole = (text: string): boolean => !/\p{Surrogate}/u.test(text);

const checkPointer = (
  { wrong }: Checking,
  value: unknown,
  path: Path,
  format: Format,
): string | undefined => {
  if (typeof value !== 'string' || !isJsonPointer(value) || !isWhole(value)) {
    return wrong(path, 'must be a JSON pointer, such as "/ENERGY/Power", or "" for the whole payload.');
  }
  if (format === 'text' && value !== '') return wrong(path, 'must be "": a text has no parts.');
  return value;
};

const checkWords = (
  { wrong }: Checking,
  value: unknown,
  path: Path,
): ReadonlyMap<string, number> | undefined => {
  if (value === undefined) return undefined;
  const entries = isMembers(value) ? Object.entries(value) : [];
  if (entries.length === 0 || entries.length > WORDS_MAX) {
    return wrong(
      path,
      `must be an object of 1 to ${WORDS_MAX} words and their numbers, such as {"ON": 1, "OFF": 0}.`,
    );
  }
  for (const [word, number] of entries) {
    if (typeof number !== 'number' || !Number.isFinite(number) || !isWhole(word)) {
      wrong([...path, word], 'must be a number.');
    }
  }
  return new Map(entries as readonly [string, number][]);
};

const checkScale = ({ wrong }: Checking, given: Members, path: Path): Conversion | undefined => {
  const [factor, offset] = (['factor', 'offset'] as const).map((key) => {
    const value = given[key];
    if (value === undefined) return undefined;
    const number =
      typeof value === 'number' || typeof value === 'string' ? parseRatio(String(value)) : undefined;
    if (number === undefined) wrong([...path, key], 'must be a decimal, or a fraction as in "5/9".');
    return number;
  });
  if (factor === undefined && offset === undefined) return undefined;
  return { factor: factor ?? ratio(1n), offset: offset ?? ratio(0n) };
};

const checkValue = (check: Checking, value: unknown, path: Path, format: Format): ValueRule | undefined => {
  const { wrong, members } = check;
  const given = members(value, path, ['pointer', 'signal', 'unit', 'factor', 'offset', 'words']);
  if (given === undefined) return undefined;
  const { signal: name, unit: told, words: said } = given;
  const pointer = checkPointer(check, given['pointer'], [...path, 'pointer'], format);
  const signal = typeof name === 'string' ? signalByName(name) : undefined;
  if (signal === undefined)
    return wrong([...path, 'signal'], `${JSON.stringify(name)} is no signal of the table.`);
  const unit = told ?? signal.unit;
  if (typeof unit !== 'string' || conversionTo(signal.unit, unit) === undefined) {
    return wrong(
      [...path, 'unit'],
      `${JSON.stringify(unit)} cannot become ${signal.unit}; there are ${unitsFor(signal.unit).join(', ')}.`,
    );
  }
  const words = checkWords(check, said, [...path, 'words']);
  if (pointer === undefined) return undefined;
  const scale = checkScale(check, given, path);
  return {
    pointer,
    signal,
    unit,
    ...(scale === undefined ? {} : { scale }),
    ...(words === undefined ? {} : { words }),
  };
};

const CLOCK_SIGNAL = signalByName(CLOCK);

const checkTime = (check: Checking, value: unknown, path: Path, format: Format): ValueRule | undefined => {
  if (value === undefined || CLOCK_SIGNAL === undefined) return undefined;
  const given = check.members(value, path, ['pointer', 'unit']);
  if (given === undefined) return undefined;
  const pointer = checkPointer(check, given['pointer'], [...path, 'pointer'], format);
  const { unit = 's' } = given;
  if (unit !== 's' && unit !== 'ms' && !MOMENT_UNITS.some((each) => each === unit)) {
    return check.wrong(
      [...path, 'unit'],
      `must be s or ms since 1970, or ${MOMENT_UNITS.join(' or ')} for a text.`,
    );
  }
  return pointer === undefined ? undefined : { pointer, signal: CLOCK_SIGNAL, unit: String(unit) };
};

const checkTopic = (check: Checking, value: unknown, path: Path): TopicRule | undefined => {
  const { wrong, members, list } = check;
  const given = members(value, path, ['topic', 'format', 'time', 'values']);
  if (given === undefined) return undefined;
  const { topic, format: told = 'json' } = given;
  const isTopic = typeof topic === 'string' && isTopicFilter(topic) && isWhole(topic);
  if (!isTopic) wrong([...path, 'topic'], 'must be a topic; + stands for one level, # for all that follow.');
  const format = FORMATS.find((each) => each === told);
  if (format === undefined) return wrong([...path, 'format'], `must be ${FORMATS.join(', ')}.`);
  const time = checkTime(check, given['time'], [...path, 'time'], format);
  const values = list(given['values'], [...path, 'values'], VALUES_MAX).flatMap(
    (each, index) => checkValue(check, each, [...path, 'values', index], format) ?? [],
  );
  const seen = new Set<string>();
  for (const [index, { signal }] of values.entries()) {
    if (seen.has(signal.name)) wrong([...path, 'values', index, 'signal'], 'is said twice by one message.');
    seen.add(signal.name);
  }
  if (!isTopic) return undefined;
  return time === undefined ? { topic, format, values } : { topic, format, time, values };
};

const invalid = (where: string, words: string): Fault =>
  fault('misconfigured', 'mapping.invalid', where, words);

const pathText = (path: Path): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`,
    '',
  );

export interface Refused {
  readonly faults: readonly [Fault, ...Fault[]];
}

/**
 * Reads a mapping from a file's text: the mapping, or everything that is wrong with it, one sentence each with line
 * and field. All faults are `misconfigured`.
 *
 * @param where the file's name, for the sentences
 */
export const checkMapping = (text: string, where: string): { readonly mapping: Mapping } | Refused => {
  if (text.length > TEXT_MAX_CHARACTERS) {
    return {
      faults: [
        invalid(where, `a mapping has at most ${TEXT_MAX_CHARACTERS} characters, not ${text.length}.`),
      ],
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { faults: [invalid(`${where} line ${brokenLineOf(text)}`, 'is not JSON from here on.')] };
  }
  const check = checking();
  const given = check.members(json, [], ['topics']);
  const topics = given === undefined ? [] : check.list(given['topics'], ['topics'], TOPICS_MAX);
  const rules = topics.flatMap((each, index) => checkTopic(check, each, ['topics', index]) ?? []);
  const [first, ...more] = check.problems
    .slice(0, PROBLEMS_MAX)
    .map(({ path, words }) =>
      invalid(`${where} line ${lineOf(text, path)}`, `${pathText(path)} ${words}`.trim()),
    );
  return first === undefined ? { mapping: { topics: rules } } : { faults: [first, ...more] };
};

/** As `checkMapping`, with the first fault alone, which says how many more there are. */
export const parseMapping = (text: string, where: string): Result<Mapping> => {
  const checked = checkMapping(text, where);
  if ('mapping' in checked) return ok(checked.mapping);
  const [first, ...rest] = checked.faults;
  const more = rest.length === 0 ? '' : ` There are ${rest.length} more faults in it.`;
  return fail({ ...first, words: `${first.words}${more}` });
};
