import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** One row of an answer, tags of its series included, with its measurement as `measurement`. */
export type Row = Readonly<Record<string, unknown>>;

interface Series {
  readonly name?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly columns: readonly string[];
  readonly values?: readonly (readonly unknown[])[];
}

interface Answered {
  readonly error?: string;
  readonly results?: readonly { readonly error?: string; readonly series?: readonly Series[] }[];
}

const rowsOfSeries = ({ name, tags, columns, values = [] }: Series): readonly Row[] =>
  values.map((value) => ({
    ...(name === undefined ? {} : { measurement: name }),
    ...tags,
    ...Object.fromEntries(columns.map((column, i) => [column, value[i]])),
  }));

/** The rows of a query's JSON. InfluxDB answers 200 to a statement that failed and says so inside. */
export const rowsOf = (body: unknown, where: string): Result<readonly Row[]> => {
  const { error, results = [] } = (body ?? {}) as Answered;
  const words = error ?? results.find((result) => result.error !== undefined)?.error;
  if (words !== undefined) {
    return fail(fault('refused', 'influx.refused', where, `InfluxDB refuses the statement: ${words}`));
  }
  return ok(results.flatMap(({ series = [] }) => series.flatMap(rowsOfSeries)));
};

/** Nanoseconds since 1970 of an RFC 3339 time as InfluxDB writes it; undefined where it is none. */
export const nanosecondsOf = (time: unknown): bigint | undefined => {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(String(time));
  if (match === null) return undefined;
  const seconds = BigInt(Date.parse(`${match[1]}Z`)) / 1_000n;
  return seconds * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
};
