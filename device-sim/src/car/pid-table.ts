import type { CarModel, CarState } from './car.ts';
import type { Content } from './quantise.ts';

/** The moment that a control unit looks at: the car and what it is built from. */
export interface Moment {
  readonly model: CarModel;
  readonly car: CarState;
}

export type Row = readonly [pid: number, content: (moment: Moment) => Content];

export type PidTable = ReadonlyMap<number, (moment: Moment) => Content>;

export const row = (pid: number, content: (moment: Moment) => Content): Row => [pid, content];

/** Rows as a table in the order of their numbers; of two for one PID the later one counts. */
export const tableOf = (rows: Iterable<Row>): PidTable =>
  new Map([...new Map(rows)].toSorted(([a], [b]) => a - b));
