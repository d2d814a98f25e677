/** Rows of an answer as the client gives them: measurement, tags, then the columns, the time first. */
type Row = Readonly<Record<string, unknown>>;

/** One line: what Grafana makes of each group of a query in the form `time_series`. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** In order; `undefined` where a step had nothing. */
  readonly points: readonly (readonly [ms: number, value: number | string | undefined])[];
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

export interface Target {
  readonly query: string;
  readonly resultFormat?: string;
  readonly alias?: string;
}

const partsOf = (row: Row) => {
  const keys = Object.keys(row).filter((key) => key !== 'measurement');
  const time = keys.indexOf('time');
  return { tags: keys.slice(0, Math.max(0, time)), columns: keys.slice(time + 1) };
};

const msOf = (row: Row): number => Date.parse(String(row['time']));

const cellOf = (value: unknown): number | string | undefined =>
  typeof value === 'number' || typeof value === 'string' ? value : undefined;

const nameOf = (
  alias: string | undefined,
  labels: Readonly<Record<string, string>>,
  column: string,
): string =>
  alias === undefined
    ? `${column} ${JSON.stringify(labels)}`
    : alias.replaceAll(/\$tag_([a-z_]+)/g, (_, tag: string) => labels[tag] ?? '');

/** One series for each group and column. */
export const seriesOf = (rows: readonly Row[], { alias }: Target): readonly Series[] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = partsOf(row)
      .tags.map((tag) => String(row[tag]))
      .join('\u0000');
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { tags, columns } = partsOf(first);
    const labels = Object.fromEntries(tags.map((tag) => [tag, String(first[tag])]));
    return columns.map((column) => ({
      name: nameOf(alias, labels, column),
      labels,
      points: group.map((row) => [msOf(row), cellOf(row[column])] as const),
    }));
  });
};

/** All groups below each other, with the tags as columns behind the time. */
export const tableOf = (rows: readonly Row[]): Table => {
  const [first] = rows;
  if (first === undefined) return { columns: [], rows: [] };
  const { tags, columns } = partsOf(first);
  return {
    columns: ['Time', ...tags, ...columns],
    rows: rows.map((row) => [msOf(row), ...[...tags, ...columns].map((name) => row[name] ?? undefined)]),
  };
};
