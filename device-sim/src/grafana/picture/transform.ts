import type { Table } from './frames.ts';

/** A step of a table panel between its queries and its columns. */
export interface Transformation {
  readonly id: string;
  readonly options: unknown;
}

const without = (names: readonly string[], { columns, rows }: Table): Table => {
  const kept = columns.flatMap((name, index) => (names.includes(name) ? [] : [index]));
  return {
    columns: kept.map((index) => columns[index] as string),
    rows: rows.map((row) => kept.map((index) => row[index])),
  };
};

const joinedBy = (field: string, tables: readonly Table[]): Table => {
  const columns = [field, ...tables.flatMap((each) => each.columns.filter((name) => name !== field))];
  const keys = [
    ...new Set(tables.flatMap(({ columns: own, rows }) => rows.map((row) => row[own.indexOf(field)]))),
  ];
  return {
    columns,
    rows: keys.map((key) => [
      key,
      ...tables.flatMap(({ columns: own, rows }) => {
        const at = own.indexOf(field);
        const row = rows.find((each) => each[at] === key);
        return own.flatMap((name, index) => (name === field ? [] : [row?.[index]]));
      }),
    ]),
  };
};

type GroupFields = Readonly<Record<string, { readonly operation: string }>>;

const groupedBy = (fields: GroupFields, { columns, rows }: Table): Table => {
  const by = columns.filter((name) => fields[name]?.operation === 'groupby');
  const sums = columns.filter((name) => fields[name]?.operation === 'aggregate');
  const at = (names: readonly string[], row: readonly unknown[]) =>
    names.map((name) => row[columns.indexOf(name)]);
  const groups = new Map<string, { readonly key: readonly unknown[]; sums: number[] }>();
  for (const row of rows) {
    const key = at(by, row);
    const group = groups.get(key.join()) ?? { key, sums: sums.map(() => 0) };
    group.sums = group.sums.map((sum, index) => sum + Number(at(sums, row)[index] ?? 0));
    groups.set(key.join(), group);
  }
  return {
    columns: [...by, ...sums.map((name) => `${name} (sum)`)],
    rows: [...groups.values()].map(({ key, sums: added }) => [...key, ...added]),
  };
};

const sortedBy = ({ field, desc }: { field: string; desc?: boolean }, { columns, rows }: Table): Table => {
  const at = columns.indexOf(field);
  const sign = desc === true ? -1 : 1;
  return { columns, rows: rows.toSorted((a, b) => sign * (Number(a[at]) - Number(b[at]))) };
};

/** The four transformations that the dashboards use, as Grafana's documentation describes them. */
export const transformed = (tables: readonly Table[], steps: readonly Transformation[]): readonly Table[] =>
  steps.reduce<readonly Table[]>((now, { id, options }) => {
    switch (id) {
      case 'filterFieldsByName': {
        const { exclude } = options as { exclude: { names: readonly string[] } };
        return now.map((each) => without(exclude.names, each));
      }
      case 'joinByField':
        return now.length > 1 ? [joinedBy((options as { byField: string }).byField, now)] : now;
      case 'groupBy':
        return now.map((each) => groupedBy((options as { fields: GroupFields }).fields, each));
      case 'sortBy': {
        const [first] = (options as { sort: readonly { field: string; desc?: boolean }[] }).sort;
        return first === undefined ? now : now.map((each) => sortedBy(first, each));
      }
      default:
        throw new Error(`${id} is no transformation that pictures of dashboards know`);
    }
  }, tables);
