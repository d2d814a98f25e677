import { systemClock } from '@outpost/firmware-bridge';
import {
  type Influx,
  newStoreTally,
  type Offset,
  type Point,
  type RunningInflux,
  runStore,
  type StoreRecord,
} from '@outpost/gateway';
import { type ClockAnchor, monoNs, wallNs } from '@outpost/schemas/words';
import { type Mishaps, ofTheBox, signaturesOf } from './box.ts';
import { type CarDay, electricCar, petrolCar } from './cars.ts';
import { hotspots } from './hotspots.ts';
import { NS_PER_MS, recordsOf } from './said.ts';
import { selfOf } from './self.ts';

/** How much happens: for pictures, and for tests, which need one of everything. */
export interface Scene {
  readonly car: CarDay;
  readonly electricS: number;
  readonly mishaps: Mishaps;
}

export const AFTERNOON: Scene = {
  car: {
    drives: [
      { afterS: 300, forS: 1_200 },
      { afterS: 1_500, forS: 900 },
      { afterS: 1_500, forS: 2_400 },
    ],
    endS: 8_400,
    faultS: 7_000,
  },
  electricS: 1_200,
  mishaps: {
    networkAway: { fromS: 4_200, toS: 5_700 },
    unplugged: { fromS: 2_700, toS: 2_940 },
    deaf: { fromS: 5_100, toS: 7_200 },
  },
};

export const MOMENTS: Scene = {
  car: {
    drives: [
      { afterS: 10, forS: 20 },
      { afterS: 700, forS: 900 },
    ],
    endS: 1_080,
    faultS: 1_000,
  },
  electricS: 60,
  mishaps: {
    networkAway: { fromS: 300, toS: 500 },
    unplugged: { fromS: 700, toS: 760 },
    deaf: { fromS: 100, toS: 760 },
  },
};

const POINTS_AT_ONCE = 5_000;

/** Writes the gateway's own numbers. */
export const writeAll = async (
  influx: Influx,
  points: readonly Point[],
  signal: AbortSignal,
): Promise<void> => {
  for (let at = 0; at < points.length; at += POINTS_AT_ONCE) {
    const outcomes = await influx.write(points.slice(at, at + POINTS_AT_ONCE), undefined, signal);
    const bad = outcomes.find(({ kind }) => kind !== 'stored');
    if (bad !== undefined)
      throw new Error(`a point of the gateway's own numbers was not stored: ${bad.kind}`);
  }
};

/** Writes records as the gateway does, roll-ups included. */
export const store = async (
  running: RunningInflux,
  influx: Influx,
  { database, records }: { readonly database: string; readonly records: readonly StoreRecord[] },
  signal: AbortSignal,
): Promise<void> => {
  const letters: string[] = [];
  await runStore(
    {
      async *follow() {
        yield { records, end: BigInt(records.length) as Offset };
      },
      position: 0n as Offset,
      commit: async () => undefined,
      influx,
      database,
      prepare: async () => ({ ok: true, value: await running.prepare(database) }),
      state: { load: async () => undefined, save: async () => undefined },
      clock: systemClock(),
      tally: newStoreTally(),
      deadLetter: async ({ words }) => void letters.push(words),
      flushEveryMs: 10_000,
      pointsMax: POINTS_AT_ONCE,
    },
    signal,
  );
  if (letters.length > 0) throw new Error(`not stored: ${letters[0]}`);
};

/** Fills a database through the gateway's own follower with what simulated cars and hotspots said from `startMs` on. */
export const fill = async (
  running: RunningInflux,
  database: string,
  { startMs, scene }: { readonly startMs: number; readonly scene: Scene },
): Promise<Influx> => {
  const { signal } = new AbortController();
  const anchor: ClockAnchor = { wall: wallNs(BigInt(startMs) * NS_PER_MS), mono: monoNs(0n), trust: 'ntp' };
  const { car, electricS, mishaps } = scene;
  const petrol = petrolCar(anchor, car);
  const { fromS, toS } = mishaps.unplugged;
  const heard = petrol.said.filter(({ ms }) => ms < fromS * 1_000 || ms >= toS * 1_000);
  const speakers = [{ ...petrol, said: heard }, electricCar(electricS), hotspots(car.endS, mishaps.deaf)];
  const signatures = signaturesOf(speakers, mishaps);
  const records = [
    ...speakers.flatMap((each) => recordsOf(each, anchor)),
    ...ofTheBox(speakers, signatures, { anchor, mishaps }),
  ];
  await running.prepare(database);
  const influx = running.connect(database, 60_000);
  await store(running, influx, { database, records }, signal);
  await writeAll(influx, selfOf(speakers, { anchor, endMs: car.endS * 1_000, mishaps, signatures }), signal);
  return influx;
};
