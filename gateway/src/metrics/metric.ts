/** One number about a part of a running gateway, wherever it is shown: InfluxDB, dashboards, Prometheus. */
export interface Metric<Part> {
  /** Words of the vocabulary in snake case, the unit last. */
  readonly name: string;
  /** A counter only grows, and begins at 0 with the program. */
  readonly kind: 'counter' | 'gauge';
  /** One sentence for people. */
  readonly help: string;
  /** Undefined where the part has no such number now. */
  of(part: Part): number | undefined;
}

/** The numbers that a part has now, by name. */
export const numbersOf = <Part>(metrics: readonly Metric<Part>[], part: Part): Record<string, number> =>
  Object.fromEntries(
    metrics.flatMap(({ name, of }) => {
      const value = of(part);
      return value === undefined ? [] : [[name, value]];
    }),
  );

export const sumOf = (counts: ReadonlyMap<string, number>): number =>
  [...counts.values()].reduce((sum, each) => sum + each, 0);
