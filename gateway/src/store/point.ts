/**
 * One point of a time series. Fields are kept apart by type because the first point of a field fixes its type in
 * InfluxDB for as long as the shard lives, and a JavaScript number does not say which one is meant.
 */
export interface Point {
  readonly measurement: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Measurement and tags in the line protocol, where they were found to have no problem and written before. */
  readonly series?: string | undefined;
  readonly floats?: Readonly<Record<string, number>>;
  /** Whole numbers within 64 bits, signed. */
  readonly integers?: Readonly<Record<string, number | bigint>>;
  readonly texts?: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970. */
  readonly at: bigint;
}

/** UTF-16 units of one text field; InfluxDB refuses more than 64 KiB of UTF-8. */
export const TEXT_MAX = 16_384;
/** UTF-16 units of one tag value; a series key may have 64 KiB in all. */
export const TAG_MAX = 1_024;
/** Tags and fields of one point. */
export const KEYS_MAX = 32;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** InfluxDB keeps the two smallest and the largest for itself (models/time.go). */
const AT_MIN = INT64_MIN + 2n;
const AT_MAX = INT64_MAX - 1n;

/** Names are the program's own, so they need no character that the line protocol must escape. */
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,127}$/;
/** InfluxDB drops a tag or field of this name without a word. */
const RESERVED = 'time';
/**
 * A tag value's backslash is not escapable: before a comma, an equals sign or a space it would join the escape of
 * that character, at the end that of the separator, and before an apostrophe the client alters the text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const TAG_VALUE = /^(?:[^\u0000-\u001f\u007f\\]|\\(?![,= ']|$))+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not pass
const CONTROL = /[\u0000-\u001f\u007f]/;

/** What nearly all points have. */
const USUAL: ReadonlySet<string> = new Set(['value', 'seq']);

const nameProblem = (what: string, name: string): string | undefined =>
  USUAL.has(name) || (NAME.test(name) && name !== RESERVED)
    ? undefined
    : `the ${what} name ${JSON.stringify(name)} cannot be stored`;

const tagProblem = (key: string, value: unknown): string | undefined => {
  const named = nameProblem('tag', key);
  if (named !== undefined) return named;
  if (typeof value !== 'string' || value === '') return `tag ${key} is empty or no text`;
  if (value.length > TAG_MAX) return `tag ${key} is longer than ${TAG_MAX} characters`;
  return TAG_VALUE.test(value)
    ? undefined
    : `tag ${key} holds a control character or a backslash where it cannot be escaped: ${JSON.stringify(value)}`;
};

const integerProblem = (key: string, value: unknown): string | undefined => {
  const whole =
    typeof value === 'bigint' ? value >= INT64_MIN && value <= INT64_MAX : Number.isSafeInteger(value);
  return whole ? undefined : `field ${key} is no whole number within 64 bits: ${String(value)}`;
};

const floatProblem = (key: string, value: unknown): string | undefined =>
  typeof value === 'number' && Number.isFinite(value)
    ? undefined
    : `field ${key} is no finite number: ${String(value)}`;

const textProblem = (key: string, value: unknown): string | undefined => {
  if (typeof value !== 'string') return `field ${key} is no text`;
  if (value.length > TEXT_MAX) return `field ${key} is longer than ${TEXT_MAX} characters`;
  return CONTROL.test(value) ? `field ${key} holds a control character: ${JSON.stringify(value)}` : undefined;
};

/** The first problem among one type's fields, and how many there are. */
const fieldProblem = <T>(
  fields: Readonly<Record<string, T>> | undefined,
  problemOf: (key: string, value: T) => string | undefined,
): { readonly count: number; readonly problem: string | undefined } => {
  let count = 0;
  for (const key in fields) {
    count += 1;
    const problem = nameProblem('field', key) ?? problemOf(key, fields[key] as T);
    if (problem !== undefined) return { count, problem };
  }
  return { count, problem: undefined };
};

/** Why no point can have this measurement and these tags, in words; undefined where one can. */
export const tagsProblem = (measurement: string, tags: Point['tags']): string | undefined => {
  const named = nameProblem('measurement', measurement);
  if (named !== undefined) return named;
  for (const key in tags) {
    const problem = tagProblem(key, tags[key]);
    if (problem !== undefined) return problem;
  }
  return undefined;
};

/**
 * Why a point cannot be written, in words; undefined where it can. What passes has one meaning in the line protocol,
 * so no text that a device sent can become a tag, a field or a point of its own.
 */
export const pointProblem = (point: Point): string | undefined => {
  const tagged = point.series === undefined ? tagsProblem(point.measurement, point.tags) : undefined;
  if (tagged !== undefined) return tagged;
  const floats = fieldProblem(point.floats, floatProblem);
  const integers = fieldProblem(point.integers, integerProblem);
  const texts = fieldProblem(point.texts, textProblem);
  const problem = floats.problem ?? integers.problem ?? texts.problem;
  if (problem !== undefined) return problem;
  const fields = floats.count + integers.count + texts.count;
  if (fields === 0) return 'the point has no field';
  if (fields + Object.keys(point.tags).length > KEYS_MAX)
    return `the point has more than ${KEYS_MAX} tags and fields`;
  if (typeof point.at !== 'bigint' || point.at < AT_MIN || point.at > AT_MAX) {
    return `the time ${String(point.at)} is no nanosecond that InfluxDB can hold`;
  }
  return undefined;
};

/**
 * A text of a device as people can read it: what would be a control character is shown as U+FFFD and what is too long
 * is cut. The exact bytes stand in the evidence.
 */
export const printable = (text: string): string => {
  const cut = text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is replaced
  return cut.replace(/[\u0000-\u001f\u007f]/g, '\ufffd');
};
