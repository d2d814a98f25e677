import { INFO_TYPES, PIDS, pidLength, signalById } from '@outpost/schemas/vehicle';
import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { ObdOptions, PollEntry } from './options.ts';
import { type Learner, newLearner, type Shape } from './shape.ts';
import type { Ecu } from './turn.ts';
import type { UdsAsk } from './uds-ask.ts';

/** One thing that is asked for again and again. */
export interface Row {
  /** Undefined asks the device for the voltage that it measures itself. */
  readonly request: Uint8Array | undefined;
  readonly everyMs: number;
  /** Its lateness counts so many times. */
  readonly weight: number;
  readonly due: MonoNs;
  /** How long it was to wait when it was scheduled last; lateness is measured in it. */
  readonly waitMs: number;
  /** Replies without an answer, in a row. */
  readonly misses: number;
  /** Replies in a row that had to be asked for again: damaged, or not yet believed. */
  readonly doubts: number;
  readonly learner: Learner;
  /** What the last reply listed, until a second one has said the same. */
  readonly unconfirmed: string | undefined;
  /** Frames of the last believed replies and how many in a row had that many. */
  readonly frames: number;
  readonly sameFrames: number;
  /** Never asked for together with others, because these depend on it. */
  readonly alone: boolean;
  /** Refused for good: asked no more. */
  readonly retired: boolean;
  /** When it was last believed, and the usual time between two such replies. */
  readonly answeredAt: MonoNs | undefined;
  readonly gapMs: number | undefined;
  /** One control unit is asked, in its own manner; undefined asks all of them what the law has made alike. */
  readonly uds?: UdsAsk;
  /** It was answered with a request for patience, and nothing more came in time. */
  readonly patient?: boolean;
}

/** A request that nobody answers is asked for this many times at its own pace before it is slowed down. */
const MISSES_FREE = 3;
const BACKOFF_MAX_MS = 3_600_000;

/** How soon a vehicle that names itself differently each time is asked again. */
const CHANGING_VIN_MS = 2_000;

/** What was damaged or not yet believed is asked for again after this, so many times before it is slowed down. */
const RETRY_MS = 1_000;
const RETRIES_FREE = 6;

const HOUR_MS = 3_600_000;

/** PIDs that say how others are scaled: asked before them. */
const SCALE_PIDS: readonly number[] = [0x4f, 0x50];

/** Where not everything can be asked for in time, a row of high priority is late by a quarter of what others are. */
const PRIORITY_WEIGHT = { high: 4, normal: 1, low: 0.25 } as const;

/** What is asked for once a minute or less and must not wait for what is asked for all the time. */
export const URGENT_WEIGHT = 1_000_000;

export const newRow = (
  request: Uint8Array | undefined,
  everyMs: number,
  now: MonoNs,
  expected: Shape | undefined,
  weight: number = PRIORITY_WEIGHT.normal,
): Row => ({
  request,
  everyMs,
  weight,
  due: now,
  waitMs: 1,
  misses: 0,
  doubts: 0,
  learner: newLearner(expected),
  unconfirmed: undefined,
  frames: 0,
  sameFrames: 0,
  alone: false,
  retired: false,
  answeredAt: undefined,
  gapMs: undefined,
});

/**
 * What is to be expected of the control units that offer something; `bytes` where the answer's length is known. The
 * padding of single frames was seen in the bitmaps. That of long answers is another matter, because chips print single
 * frames without their padding and others with it.
 */
const shapeOfEcus = (ecus: readonly Ecu[], bytes: number | undefined): Shape | undefined =>
  ecus.length === 0
    ? undefined
    : ecus.map(({ address, padding }) => ({
        ecu: address,
        bytes,
        padding: bytes === undefined || bytes < SINGLE_MAX_BYTES ? padding : undefined,
        longPadding: undefined,
      }));

/** A single frame of so many bytes is full to the brim and shows no padding. */
const SINGLE_MAX_BYTES = 7;

/** Everything that any of the control units offers and the table knows, at the pace of its fastest signal. */
const everything = (ecus: readonly Ecu[]): readonly PollEntry[] => {
  const offered = PIDS.filter(
    ({ pid, fields }) => fields.length > 0 && ecus.some(({ pids }) => pids.has(pid)),
  );
  const paced = offered.map(({ pid, fields }) => {
    const signals = fields.map(({ signal }) => signalById(signal));
    const everyMs = Math.min(...signals.map((row) => row?.defaultIntervalMs ?? HOUR_MS));
    return { pid, everyMs };
  });
  return paced.toSorted((a, b) => a.everyMs - b.everyMs || a.pid - b.pid);
};

const pidRow = (entry: PollEntry, ecus: readonly Ecu[], now: MonoNs): Row => {
  const { pid, everyMs, priority = 'normal' } = entry;
  const length = pidLength(pid);
  const answering = ecus.filter(({ pids }) => pids.has(pid));
  // Where the table allows several lengths, the one that this car uses has to be learned.
  const expected = length === undefined ? undefined : shapeOfEcus(answering, 2 + length);
  return newRow(Uint8Array.of(0x01, pid), everyMs, now, expected, PRIORITY_WEIGHT[priority]);
};

const voltageRows = ({ voltageEveryMs }: ObdOptions, now: MonoNs): readonly Row[] =>
  voltageEveryMs === undefined ? [] : [newRow(undefined, voltageEveryMs, now, undefined, URGENT_WEIGHT)];

/** The identification number: checked again and again, so it stands apart from what is read once an hour. */
export const VIN_ROW = 0;

const TROUBLE_CODE_SERVICES: readonly number[] = [0x03, 0x07, 0x0a];

/** What will be asked for, in the order of the first round. The first row is always that of the VIN. */
export const newSchedule = (options: ObdOptions, ecus: readonly Ecu[], now: MonoNs): readonly Row[] => {
  const infoRow = (type: number, everyMs: number): Row => {
    const answering = ecus.filter(({ infoTypes }) => infoTypes.has(type));
    const weight = type === INFO_TYPES.vin ? URGENT_WEIGHT : PRIORITY_WEIGHT.normal;
    const row = newRow(Uint8Array.of(0x09, type), everyMs, now, shapeOfEcus(answering, undefined), weight);
    return answering.length > 0 ? row : { ...row, retired: true };
  };
  const wanted = (options.poll ?? everything(ecus)).filter(({ pid }) =>
    ecus.some(({ pids }) => pids.has(pid)),
  );
  const scales = SCALE_PIDS.filter((pid) => ecus.some(({ pids }) => pids.has(pid)));
  const scaleEntries = scales.map(
    (pid) => wanted.find((entry) => entry.pid === pid) ?? { pid, everyMs: HOUR_MS },
  );
  const others = wanted.filter(({ pid }) => !scales.includes(pid));
  return [
    infoRow(INFO_TYPES.vin, options.identityEveryMs),
    ...scaleEntries.map((entry) => ({
      ...pidRow(entry, ecus, now),
      weight: URGENT_WEIGHT,
      alone: true,
    })),
    ...voltageRows(options, now),
    ...TROUBLE_CODE_SERVICES.map((service) =>
      newRow(
        Uint8Array.of(service),
        options.troubleCodesEveryMs,
        now,
        shapeOfEcus(ecus, undefined),
        URGENT_WEIGHT,
      ),
    ),
    ...others.map((entry) => pidRow(entry, ecus, now)),
    infoRow(INFO_TYPES.calibrationId, HOUR_MS),
    infoRow(INFO_TYPES.cvn, HOUR_MS),
    infoRow(INFO_TYPES.ecuName, HOUR_MS),
  ];
};

/** PIDs of the list that no control unit offers, as two hex digits each. */
export const notOffered = (options: ObdOptions, ecus: readonly Ecu[]): readonly string[] =>
  (options.poll ?? [])
    .filter(({ pid }) => !ecus.some(({ pids }) => pids.has(pid)))
    .map(({ pid }) => pid.toString(16).toUpperCase().padStart(2, '0'));

export interface Choice {
  /** The row to ask now; undefined where none is due. */
  readonly row: number | undefined;
  /** When the next one is due, if none is due now. */
  readonly due: MonoNs | undefined;
}

/**
 * The row that is latest in proportion to how long it was to wait and to its weight. Where the rate limit does not
 * allow everything, all rows of one priority are stretched by the same factor, and nothing is starved.
 */
export const choose = (rows: readonly Row[], now: MonoNs): Choice => {
  let row: number | undefined;
  let worst = -1;
  let due: MonoNs | undefined;
  for (const [index, candidate] of rows.entries()) {
    if (candidate.retired) continue;
    if (due === undefined || candidate.due < due) due = candidate.due;
    const lateMs = elapsedMs(candidate.due, now);
    if (lateMs < 0) continue;
    const lateness = (lateMs / candidate.waitMs) * candidate.weight;
    if (lateness <= worst) continue;
    worst = lateness;
    row = index;
  }
  return { row, due };
};

const waiting = (row: Row, waitMs: number, now: MonoNs): Row => ({
  ...row,
  waitMs,
  due: monoAfterMs(now, waitMs),
});

/** Of the usual time between replies, the newest counts for so much. */
const NEWEST_SHARE = 0.2;

const usualGapMs = ({ answeredAt, gapMs }: Row, now: MonoNs): number | undefined => {
  if (answeredAt === undefined) return undefined;
  const newest = elapsedMs(answeredAt, now);
  return gapMs === undefined ? newest : gapMs + NEWEST_SHARE * (newest - gapMs);
};

/** How often a row is answered at present; 0 until it was answered twice. */
export const perSecondOf = (row: Row, now: MonoNs): number => {
  const { answeredAt, gapMs } = row;
  if (answeredAt === undefined || gapMs === undefined) return 0;
  // What has not come for longer than usual comes more rarely by now, even if nobody has said so.
  return 1_000 / Math.max(gapMs, elapsedMs(answeredAt, now), 1);
};

/** After a reply that was believed, of so many frames. */
export const rowAnswered = (row: Row, frames: number, now: MonoNs): Row => {
  // A row that is behind keeps its place in time as long as it is not behind by more than a whole interval.
  const next = monoAfterMs(row.due, row.everyMs);
  const onTime = row.waitMs === row.everyMs && next > now;
  const paced = onTime ? { ...row, due: next } : waiting(row, row.everyMs, now);
  const sameFrames = frames === row.frames ? row.sameFrames + 1 : 1;
  const timed = { answeredAt: now, gapMs: usualGapMs(row, now) };
  return { ...paced, ...timed, misses: 0, doubts: 0, unconfirmed: undefined, frames, sameFrames };
};

/** Asked again at its pace, as if nothing had been asked. */
export const rowPaced = (row: Row, now: MonoNs): Row => ({
  ...waiting(row, row.everyMs, now),
  sameFrames: 0,
});

/** After nobody answered. */
export const rowUnanswered = (row: Row, now: MonoNs): Row => {
  const misses = row.misses + 1;
  const factor = 2 ** Math.min(20, Math.max(0, misses - MISSES_FREE + 1));
  const slowed = misses < MISSES_FREE ? row.everyMs : Math.min(BACKOFF_MAX_MS, row.everyMs * factor);
  return { ...waiting(row, Math.max(row.everyMs, slowed), now), misses, sameFrames: 0 };
};

/** After something that has to be asked again soon: damage, or an answer that is not yet believed. */
export const rowAgain = (row: Row, now: MonoNs): Row => {
  const doubts = row.doubts + 1;
  const soon = Math.min(RETRY_MS, row.everyMs);
  const slowed = RETRY_MS * 2 ** Math.min(20, doubts - RETRIES_FREE);
  const waitMs = doubts <= RETRIES_FREE ? soon : Math.min(BACKOFF_MAX_MS, Math.max(soon, slowed));
  return { ...waiting(row, waitMs, now), doubts, unconfirmed: undefined, sameFrames: 0 };
};

/** After a list that a second reply has to repeat: at once, before anything that became due later. */
export const rowToConfirm = (row: Row, unconfirmed: string): Row => ({
  ...row,
  waitMs: 1,
  misses: 0,
  unconfirmed,
});

/** While the vehicle names itself differently from one time to the next. */
export const rowChanging = (row: Row, now: MonoNs): Row => ({
  ...waiting(row, CHANGING_VIN_MS, now),
  misses: 0,
  doubts: 0,
});

/** Asked no more on this connection. */
export const rowRetired = (row: Row): Row => ({ ...row, retired: true });

/** Replies in a row with the same number of frames before a device may be told to wait for no more than these. */
const FRAMES_KNOWN_AFTER = 3;
const FRAMES_MAX = 9;

/** The number of frames after which a reply is complete; undefined where it is not known well enough. */
export const knownFrames = (row: Row): number | undefined =>
  row.sameFrames >= FRAMES_KNOWN_AFTER && row.frames <= FRAMES_MAX ? row.frames : undefined;
