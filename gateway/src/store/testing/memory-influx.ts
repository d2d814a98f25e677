import { type Fault, fail, fault, ok } from '@outpost/schemas/words';
import type { Influx } from '../influx.ts';
import { type PointOutcome, STORED } from '../isolate.ts';
import type { Point } from '../point.ts';

/** An InfluxDB as far as the follower can tell: points by series and time, and what can go wrong with it. */
export interface MemoryInflux extends Influx {
  /** By series and nanosecond, as InfluxDB knows points. */
  readonly points: Map<string, Point>;
  readonly writes: number[];
  readonly statements: string[];
  /** While set, nothing is stored and this is why. */
  away: Fault | undefined;
  /** Of the points with these times, nothing is stored, with the words. */
  readonly poison: Map<bigint, string>;
  /** As many of the next write's points are stored before it fails. */
  storedBeforeFault: number;
}

export const AWAY: Fault = fault('unreachable', 'influx.unreachable', 'memory', 'it is away.');

const keyOf = ({ measurement, tags, at }: Point): string =>
  JSON.stringify([measurement, Object.entries(tags).sort(), String(at)]);

export const memoryInflux = (): MemoryInflux => {
  const influx: MemoryInflux = {
    where: 'memory',
    points: new Map(),
    writes: [],
    statements: [],
    away: undefined,
    poison: new Map(),
    storedBeforeFault: 0,
    ping: async () =>
      influx.away === undefined ? ok({ kind: 'influxdb-1', version: '1' }) : fail(influx.away),
    async write(points) {
      influx.writes.push(points.length);
      let room = influx.storedBeforeFault;
      influx.storedBeforeFault = 0;
      return points.map((point): PointOutcome => {
        if (influx.away !== undefined && room === 0) return { kind: 'kept', fault: influx.away };
        room -= 1;
        const words = influx.poison.get(point.at);
        if (words !== undefined) return { kind: 'poison', words };
        influx.points.set(keyOf(point), point);
        return STORED;
      });
    },
    async query(statement) {
      influx.statements.push(statement);
      return influx.away === undefined ? ok([]) : fail(influx.away);
    },
  };
  return influx;
};
