import type { MonoNs } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import { type Clocks, type Dated, type Dating, type DatingLimits, openDating } from './anchors.ts';
import type { Point } from './point.ts';
import { pointOf } from './points.ts';
import type { ReceptionParts } from './reception-points.ts';
import { nameOf, type StoreRecord } from './records.ts';
import { newSeriesMemory } from './series.ts';

/** A piece of the journal: its records, in order, and the place to commit once they are done with. */
export interface SourceBatch {
  readonly records: readonly StoreRecord[];
  readonly end: Offset;
}

/** A point on its way; one of the gateway's own numbers has no record. */
export interface Pending {
  readonly record: StoreRecord | undefined;
  readonly point: Point;
}

/** What will never stand in InfluxDB, with the reason; the point is missing where none could be made. */
export interface DeadLetter {
  readonly record: StoreRecord;
  readonly point: Point | undefined;
  readonly words: string;
}

/** A place up to which everything is done with, and the clocks as they stand there. */
export interface Done {
  readonly end: Offset;
  readonly clocks: Clocks;
}

export interface Intake {
  /** Points to write, in order; the caller removes them. */
  readonly pending: Pending[];
  /** Records that no point can be made of; the caller removes them. */
  readonly unmade: DeadLetter[];
  readonly waiting: number;
  take(batch: SourceBatch, now: MonoNs): Promise<void>;
  release(then: MonoNs): void;
  /** The furthest such place when nothing is pending; undefined where there is none beyond the last one given. */
  done(): Done | undefined;
}

interface Mark extends Done {
  /** Records before this number end here. */
  readonly number: number;
}

const isReception = (record: StoreRecord): boolean =>
  record.kind === 'reading' && record.body.kind === 'reception';

/** Turns batches of records into points, and keeps account of how far the journal is done with. */
export const openIntake = (limits: DatingLimits, known: Clocks): Intake => {
  const dating: Dating = openDating(limits, known);
  const pending: Pending[] = [];
  const unmade: DeadLetter[] = [];
  const marks: Mark[] = [];
  let number = 0;
  const series = newSeriesMemory();
  let receptionParts: ReceptionParts | undefined;

  const settle = ({ record, wall, trust }: Dated): void => {
    if (wall === undefined) {
      const words = `no clock anchor of its epoch is known any more: ${nameOf(record)}`;
      unmade.push({ record, point: undefined, words });
      return;
    }
    const point = pointOf(record, wall, trust, { series, receptionParts });
    if (point.ok) pending.push({ record, point: point.value });
    else unmade.push({ record, point: undefined, words: point.fault.words });
  };

  return {
    pending,
    unmade,
    get waiting() {
      return dating.waiting();
    },
    async take({ records, end }, now) {
      if (receptionParts === undefined && records.some(isReception))
        ({ receptionParts } = await import('./reception-points.ts'));
      for (const record of records) {
        for (const dated of dating.accept(record, number, now)) settle(dated);
        number += 1;
      }
      const mark: Mark = { number, end, clocks: dating.clocks() };
      // Two ends with nothing between them are one: only the later one is ever of use.
      if (marks.at(-1)?.number === number) marks.pop();
      marks.push(mark);
    },
    release(then) {
      for (const dated of dating.release(then)) settle(dated);
    },
    done() {
      const limit = dating.firstWaiting() ?? number;
      const beyond = marks.findIndex((mark) => mark.number > limit);
      const past = marks.splice(0, beyond < 0 ? marks.length : beyond);
      return past.at(-1);
    },
  };
};
