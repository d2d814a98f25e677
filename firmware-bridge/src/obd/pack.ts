import { pidLength, splitPids } from '@outpost/schemas/vehicle';
import { type Fault, fault, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Padding } from '../can/isotp.ts';
import type { EcuAnswer, Reply } from './question.ts';
import type { Row } from './schedule.ts';
import type { CarFacts } from './turn.ts';

/**
 * Several live values in one request: which rows may share one, and whether what came back is exactly what they, asked
 * one by one, were answered with. How it goes is learned for each group of control units that answer together.
 */
export interface PackRecord {
  /** Packed requests in a row that were believed, and that were not. */
  readonly worked: number;
  readonly failed: number;
  /** The share of the latest that were, between 0 and 1; the newest weighs most. */
  readonly share: number;
  /** Whether one ever was. */
  readonly everWorked: boolean;
  /** Not tried again before this; undefined where it may be. */
  readonly restsUntil: MonoNs | undefined;
  /** How each control unit fills the last of several frames up. */
  readonly paddings: ReadonlyMap<number, Padding>;
}

export type PackRecords = ReadonlyMap<string, PackRecord>;

const NEW_RECORD: PackRecord = {
  worked: 0,
  failed: 0,
  share: 1,
  everWorked: false,
  restsUntil: undefined,
  paddings: new Map(),
};

/** A row is asked alone until so many of its replies in a row were believed. */
const ALONE_FIRST = 2;
/** Packed requests in a row without success before they are given up, or rest where they once worked. */
const FAILURES_MAX = 3;
const REST_MS = 60_000;
/** Below this share asking one by one brings more: each failure costs a second and several questions. */
const SHARE_MIN = 0.7;
const NEWEST_SHARE = 0.15;
/** Packed requests in a row that worked before the device is told how many frames will come. */
const WORKED_BEFORE_COUNT = 2;
/** The most that fits the digit by which a device is told. */
const FRAMES_MAX = 9;

const LIVE_VALUES = 0x01;
const SINGLE_MAX_BYTES = 7;
const FIRST_BYTES = 6;
const CONSECUTIVE_BYTES = 7;

/**
 * What control units fill their frames up with. A PID of that number is asked for alone: one flipped digit of a length
 * would turn the filling behind another value into its answer.
 */
const FILLING: ReadonlySet<number> = new Set([0x00, 0x55, 0xaa, 0xcc, 0xff]);

/** The control units that answer a row, as one text; empty where it may not share a request. */
const groupOf = (row: Row, { rescaled }: CarFacts): string => {
  const [service, pid, more] = row.request ?? [];
  if (row.retired || service !== LIVE_VALUES || pid === undefined || more !== undefined) return '';
  if (row.alone || row.sameFrames < ALONE_FIRST || FILLING.has(pid)) return '';
  const length = pidLength(pid);
  const { expected } = row.learner;
  if (length === undefined || expected === undefined) return '';
  if (expected.some(({ ecu, bytes }) => bytes !== 2 + length || rescaled.get(ecu)?.has(pid) === true))
    return '';
  return expected.map(({ ecu }) => ecu.toString(16)).join();
};

const mayPack = (records: PackRecords, group: string, now: MonoNs): boolean => {
  const { restsUntil } = records.get(group) ?? NEW_RECORD;
  return group !== '' && (restsUntil === undefined || restsUntil <= now);
};

/** A row may be asked for so much of its interval too early, where a request goes out anyway. */
const EARLY_SHARE = 0.25;

/** The rows that are asked for together with `first`, itself among them, the latest first; `max` at most. */
export const packWith = (
  rows: readonly Row[],
  first: number,
  records: PackRecords,
  car: CarFacts,
  now: MonoNs,
  max: number,
): readonly number[] => {
  const row = rows[first];
  const group = row === undefined ? '' : groupOf(row, car);
  if (max < 2 || !mayPack(records, group, now)) return [first];
  const others = [...rows.entries()].filter(
    ([index, other]) =>
      index !== first &&
      other.due <= monoAfterMs(now, other.everyMs * EARLY_SHARE) &&
      groupOf(other, car) === group,
  );
  const latest = others.toSorted(([, a], [, b]) => Number(a.due - b.due)).slice(0, max - 1);
  return [first, ...latest.map(([index]) => index)];
};

const pidOf = (row: Row): number => row.request?.[1] ?? -1;

export const packedRequest = (rows: readonly Row[]): Uint8Array =>
  Uint8Array.of(LIVE_VALUES, ...rows.map(pidOf));

const payloadBytes = (rows: readonly Row[]): number =>
  rows.reduce((sum, row) => sum + 1 + (pidLength(pidOf(row)) ?? 0), 1);

const framesOf = (bytes: number): number =>
  bytes <= SINGLE_MAX_BYTES ? 1 : 1 + Math.ceil((bytes - FIRST_BYTES) / CONSECUTIVE_BYTES);

/** Frames that a packed request is answered with by all control units; undefined until that has been seen to hold. */
export const packedFrames = (
  rows: readonly Row[],
  records: PackRecords,
  car: CarFacts,
): number | undefined => {
  const [first] = rows;
  const group = first === undefined ? '' : groupOf(first, car);
  if ((records.get(group)?.worked ?? 0) < WORKED_BEFORE_COUNT) return undefined;
  const frames = framesOf(payloadBytes(rows)) * (first?.learner.expected?.length ?? 0);
  return frames <= FRAMES_MAX ? frames : undefined;
};

const otherPack = fault(
  'malformed',
  'obd.other-pack',
  'reply',
  'several parameters were asked for and not exactly these came, or not from the usual control units',
);

const answersAll = (rows: readonly Row[], { payload }: EcuAnswer): boolean => {
  const parts = splitPids(payload.subarray(1), rows.map(pidOf));
  return parts.ok && parts.value.length === rows.length;
};

const isSingle = ({ payload }: EcuAnswer): boolean => payload.length <= SINGLE_MAX_BYTES;

/** What a packed reply is worth; `unconfirmed` where only the way in which long answers end is new. */
export interface PackVerdict {
  readonly records: PackRecords;
  readonly verdict: 'believed' | 'unconfirmed' | 'refused';
  readonly fault: Fault;
}

const noted = (
  records: PackRecords,
  group: string,
  change: (known: PackRecord) => Partial<PackRecord>,
): PackRecords => {
  const known = records.get(group) ?? NEW_RECORD;
  return new Map(records).set(group, { ...known, ...change(known) });
};

/** A packed request was not answered as it should be. */
export const packFailed = (
  rows: readonly Row[],
  records: PackRecords,
  car: CarFacts,
  now: MonoNs,
): PackRecords => {
  const [first] = rows;
  const group = first === undefined ? '' : groupOf(first, car);
  return noted(records, group, ({ failed, share, everWorked, restsUntil }) => {
    const next = share * (1 - NEWEST_SHARE);
    const givenUp = failed + 1 >= FAILURES_MAX || next < SHARE_MIN;
    return {
      worked: 0,
      share: givenUp ? 1 : next,
      failed: givenUp ? 0 : failed + 1,
      restsUntil: givenUp ? (everWorked ? monoAfterMs(now, REST_MS) : NEVER) : restsUntil,
      paddings: new Map(),
    };
  });
};

/** Beyond the life of any connection. */
const NEVER = (1n << 62n) as MonoNs;

/** Compares the answers to a packed request with what each of its rows is used to. */
export const judgePack = (
  rows: readonly Row[],
  { answers, refusals }: Reply,
  records: PackRecords,
  car: CarFacts,
  now: MonoNs,
): PackVerdict => {
  const [first] = rows;
  const group = first === undefined ? '' : groupOf(first, car);
  const expected = first?.learner.expected ?? [];
  const paddings = new Map(records.get(group)?.paddings);
  const asUsual =
    group !== '' &&
    refusals.size === 0 &&
    answers.length === expected.length &&
    answers.every((answer, index) => {
      const trait = expected[index];
      if (trait?.ecu !== answer.ecu || !answersAll(rows, answer)) return false;
      const usual = isSingle(answer) ? trait.padding : paddings.get(answer.ecu);
      return usual === undefined || answer.padding === undefined || usual === answer.padding;
    });
  if (!asUsual) return { records: packFailed(rows, records, car, now), verdict: 'refused', fault: otherPack };
  const known = paddings.size;
  for (const answer of answers) {
    if (!isSingle(answer) && answer.padding !== undefined) paddings.set(answer.ecu, answer.padding);
  }
  const verdict = paddings.size > known ? 'unconfirmed' : 'believed';
  const next = noted(records, group, ({ worked, share }) => ({
    share: share + NEWEST_SHARE * (1 - share),
    worked: verdict === 'believed' ? worked + 1 : worked,
    failed: 0,
    everWorked: true,
    restsUntil: undefined,
    paddings,
  }));
  return { records: next, verdict, fault: otherPack };
};
