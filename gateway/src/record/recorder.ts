import type { Observed } from '@outpost/firmware-bridge';
import {
  checkReading,
  encodeLeaf,
  type Hash,
  type Head,
  type KeyKind,
  leafSalt,
  saltKey,
} from '@outpost/schemas/evidence';
import {
  type Authentication,
  type Body,
  type Clock,
  type ClockAnchor,
  type DeviceName,
  type Epoch,
  type EpochReason,
  type Fault,
  type GapReason,
  type Lane,
  type MonoNs,
  type Observation,
  type Origin,
  streamId,
  type TimeTrust,
} from '@outpost/schemas/words';
import type { Entry, Journal } from '../journal/contract.ts';
import { asideEntry, openedEntry, originOfKind, readingKind } from './entry.ts';
import { addTo, type RecordTally } from './tally.ts';
import { anchorChanged, readAnchor } from './time-trust.ts';

/** What a stream needs to know of keys; the ring has it. */
export interface StreamKeys {
  readonly gatewayKey: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly keyKind: KeyKind;
  /** 32 bytes; salts of leaves are derived from it. */
  readonly saltSecret: Uint8Array;
}

export interface RecorderParts {
  readonly journal: Pick<Journal, 'append'>;
  readonly clock: Clock;
  readonly tally: RecordTally;
  readonly software: string;
  readonly hash: Hash;
  /** Why this run's epochs begin. */
  readonly reason: EpochReason;
  trust(): TimeTrust;
  keys(device: DeviceName): StreamKeys;
  /** The stream's last durable attestation, which a new epoch names as its parent. */
  parent(stream: string): Head | undefined;
  newEpoch(): Epoch;
}

/** One device's way into the journal. */
export interface Recorder {
  /**
   * Gives every reading its place and enqueues it; `kept` or `refused` of `observed` is called once it is known
   * which. Resolves when more may come: at once, unless too much is under way.
   */
  observe(observed: Observed): Promise<void>;
  /** Says in the stream that something is missing. */
  gap(reason: GapReason, count: number): Promise<void>;
}

/** Entries of one recorder that may be on their way to the disk before its device has to wait. */
const UNDER_WAY_MAX = 8_192;
/** How often the distance of the two clocks is looked at. */
const LOOK_NS = 1_000_000_000n;
/** After a refusal the journal is asked again at this pace; what comes meanwhile is refused and counted. */
const ASK_AGAIN_NS = 1_000_000_000n;
/** Quarantine keeps the beginning of what could not be believed; nobody needs a megabyte of noise. */
const ASIDE_RAW_MAX_BYTES = 4_096;
const NO_BYTES = new Uint8Array(0);

interface OpenStream {
  readonly number: number;
  readonly epoch: Epoch;
  readonly saltKey: Uint8Array;
  /** Of the last reading; what the box itself says stands under the same one. */
  origin: Origin;
  anchor: ClockAnchor;
  lookedAt: MonoNs;
  sequence: number;
  lastMono: MonoNs;
}

/** Numbers streams over one run of the program; shared by all its recorders. */
export const streamNumbers = (): (() => number) => {
  let last = 0;
  return () => {
    last = (last % 65_535) + 1;
    return last;
  };
};

export const openRecorder = (
  device: DeviceName,
  lane: Lane,
  authenticated: Authentication,
  nextNumber: () => number,
  parts: RecorderParts,
): Recorder => {
  const { journal, clock, tally } = parts;
  const id = streamId(device, lane);
  let stream: OpenStream | undefined;
  let reason = parts.reason;
  let underWay = 0;
  let lost: { count: number; reason: GapReason } | undefined;
  let blocked: { readonly until: MonoNs; readonly why: Fault } | undefined;
  let bug: { readonly error: unknown } | undefined;

  const leaf = (to: OpenStream, body: Body, raw: Uint8Array, mono: MonoNs, origin: Origin): Entry => {
    const { sequence } = to;
    to.sequence += 1;
    // Arrivals of one port come in order; two ports of one device may not, and a stream's time never goes back.
    to.lastMono = mono > to.lastMono ? mono : to.lastMono;
    const salt = leafSalt(to.saltKey, sequence, parts.hash);
    const bytes = encodeLeaf({ sequence, mono: to.lastMono, body, raw, salt });
    return { kind: readingKind(origin), stream: to.number, bytes };
  };

  const open = (origin: Origin, mono: MonoNs): { to: OpenStream; entries: Entry[] } => {
    const keys = parts.keys(device);
    const anchor = readAnchor(clock, parts.trust());
    const epoch = parts.newEpoch();
    const number = nextNumber();
    const to: OpenStream = {
      number,
      epoch,
      saltKey: saltKey(keys.saltSecret, epoch, id),
      origin,
      anchor,
      lookedAt: anchor.mono,
      sequence: 0,
      lastMono: mono,
    };
    const { gatewayKey, deviceKey, keyKind } = keys;
    const opened = openedEntry(number, {
      stream: id,
      epoch,
      reason,
      parent: parts.parent(id),
      gatewayKey,
      deviceKey,
      keyKind,
      authenticated,
      software: parts.software,
    });
    return { to, entries: [opened, leaf(to, { kind: 'anchor', anchor }, NO_BYTES, mono, origin)] };
  };

  /** The stream to write to, with what must stand in front of the next reading. */
  const ready = (origin: Origin, mono: MonoNs): { to: OpenStream; entries: Entry[] } => {
    const prepared = stream === undefined ? open(origin, mono) : { to: stream, entries: [] };
    const { to, entries } = prepared;
    stream = to;
    to.origin = origin;
    const now = clock.mono();
    if (now - to.lookedAt >= LOOK_NS) {
      to.lookedAt = now;
      const anchor = readAnchor(clock, parts.trust());
      if (anchorChanged(to.anchor, anchor)) {
        to.anchor = anchor;
        entries.push(leaf(to, { kind: 'anchor', anchor }, NO_BYTES, mono, origin));
      }
    }
    if (lost !== undefined) {
      entries.push(leaf(to, { kind: 'gap', ...lost }, NO_BYTES, mono, origin));
      lost = undefined;
    }
    return prepared;
  };

  /** Nothing of this batch was kept: its sequence numbers are gone, so the stream begins a new epoch. */
  const refuse = (count: number, why: Fault, until: MonoNs): void => {
    addTo(tally.refused, why.code, count);
    stream = undefined;
    reason = 'interrupted';
    blocked = { until, why };
    const before = lost?.count ?? 0;
    lost = { count: before + count, reason: why.code === 'journal.disk-full' ? 'disk-full' : 'limit' };
  };

  const keep = async (
    entries: readonly Entry[],
    readings: number,
    observed: Observed | undefined,
  ): Promise<void> => {
    underWay += entries.length;
    tally.waiting += readings;
    const result = await journal.append(entries, 'soon').finally(() => {
      underWay -= entries.length;
      tally.waiting -= readings;
    });
    if (result.ok) {
      tally.kept += readings;
      observed?.kept();
      return;
    }
    refuse(readings, result.fault, (clock.mono() + ASK_AGAIN_NS) as MonoNs);
    observed?.refused(result.fault);
  };

  const enqueue = async (entries: readonly Entry[], readings: number, observed?: Observed): Promise<void> => {
    tally.made += readings;
    const kept = keep(entries, readings, observed).catch((error: unknown) => {
      bug = { error };
    });
    if (underWay >= UNDER_WAY_MAX) await kept;
  };

  const aside = (why: Fault, raw: Uint8Array, mono: MonoNs): Entry => {
    tally.quarantined += 1;
    return asideEntry({
      device,
      mono,
      code: why.code,
      words: why.words,
      raw: raw.subarray(0, ASIDE_RAW_MAX_BYTES),
    });
  };

  const readingEntries = (observations: readonly Observation[]): Entry[] =>
    observations.flatMap(({ body, raw, mono, origin }) => {
      const fits = checkReading(body, raw);
      if (!fits.ok) return [aside(fits.fault, raw, mono)];
      const { to, entries } = ready(origin, mono);
      entries.push(leaf(to, body, raw, mono, origin));
      return entries;
    });

  return {
    async observe(observed) {
      if (bug !== undefined) throw bug.error;
      if (blocked !== undefined && clock.mono() < blocked.until) {
        tally.made += observed.readings.length;
        refuse(observed.readings.length, blocked.why, blocked.until);
        observed.refused(blocked.why);
        return;
      }
      blocked = undefined;
      const entries = readingEntries(observed.readings);
      const readings = entries.filter(({ kind }) => originOfKind(kind) !== undefined).length;
      for (const { fault, raw, mono } of observed.quarantined) entries.push(aside(fault, raw, mono));
      if (entries.length === 0) observed.kept();
      else await enqueue(entries, readings, observed);
    },
    async gap(why, count) {
      if (stream === undefined) return;
      const body: Body = { kind: 'gap', reason: why, count };
      await enqueue([leaf(stream, body, NO_BYTES, clock.mono(), stream.origin)], 1);
    },
  };
};
