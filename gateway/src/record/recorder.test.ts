import type { Observed } from '@outpost/firmware-bridge';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { manualClock } from '@outpost/schemas/testing';
import {
  type Body,
  type DeviceName,
  type Epoch,
  type EpochReason,
  type Fault,
  fail,
  fault,
  type Lane,
  ok,
} from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { Entry, Journal, Offset, Urgency } from '../journal/contract.ts';
import { KIND, originOfKind, readHappening, readOpened } from './entry.ts';
import { openRecorder } from './recorder.ts';
import { newRecordTally } from './tally.ts';

const FULL = fault('refused', 'journal.disk-full', '/data', 'the disk is full.');

/** A journal with room or without, as the test says. */
const memoryJournal = () => {
  const disk = { entries: [] as Entry[], urgencies: [] as Urgency[], full: false };
  const append: Journal['append'] = async (entries, urgency) => {
    disk.urgencies.push(urgency);
    if (disk.full) return fail(FULL);
    disk.entries.push(...entries);
    return ok(0n as Offset);
  };
  return { disk, append };
};

const setUp = (reason: EpochReason = 'started', lane: Lane = 'telemetry') => {
  const clock = manualClock();
  const { disk, append } = memoryJournal();
  const tally = newRecordTally();
  const told: (string | undefined)[] = [];
  const gate: { why: Fault | undefined } = { why: undefined };
  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  let numbers = 0;
  const recorder = openRecorder({
    device: 'car' as DeviceName,
    lane,
    authenticated: 'wired',
    reason,
    journal: { append },
    run: {
      clock,
      software: 'test',
      hash: platformHash,
      trust: () => 'ntp',
      keys: () => ({ gatewayKey: bytes(32), deviceKey: bytes(32), keyKind: 'demo', saltSecret: bytes(32) }),
      parent: () => undefined,
      newEpoch: () => new Uint8Array(16).fill(numbers) as Epoch,
      nextNumber() {
        numbers += 1;
        return numbers;
      },
    },
    tally,
    admit: () => gate.why,
    refusing: (why) => void told.push(why?.code),
  });
  let kept = 0;
  const observe = async (readings = 1, awaited: Pick<Observed, 'isAwaited'> = {}): Promise<void> => {
    const body: Body = { kind: 'number', signal: 1, mantissa: 5, ecu: 0 };
    const observed: Observed = {
      ...awaited,
      readings: Array.from({ length: readings }, () => {
        return { body, raw: bytes(2), mono: clock.mono(), origin: 'live' as const };
      }),
      quarantined: [],
      kept() {
        kept += 1;
      },
      refused: () => undefined,
    };
    await recorder.observe(observed);
    await clock.advance(1);
  };
  return { clock, disk, gate, tally, told, observe, kept: () => kept };
};

const openings = (entries: readonly Entry[]): readonly EpochReason[] =>
  entries.flatMap(({ kind, bytes }) => {
    const opened = kind === KIND.opened ? readOpened(bytes) : undefined;
    return opened?.ok === true ? [opened.value.reason] : [];
  });

const gaps = (entries: readonly Entry[]): readonly Body[] =>
  entries.flatMap(({ kind, bytes }) => {
    const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
    return leaf?.ok === true && leaf.value.body.kind === 'gap' ? [leaf.value.body] : [];
  });

const happenings = (entries: readonly Entry[]): readonly string[] =>
  entries.flatMap(({ kind, bytes }) => {
    const happening = kind === KIND.event ? readHappening(bytes) : undefined;
    return happening?.ok === true ? [`${happening.value.what}: ${happening.value.words}`] : [];
  });

describe('the recorder', () => {
  it('has what somebody waits for brought to the disk at once, and lets the rest gather', async () => {
    const { disk, observe } = setUp();
    await observe();
    await observe(2, { isAwaited: true });
    await observe(1, { isAwaited: false });
    expect(disk.urgencies).toEqual(['soon', 'awaited', 'soon']);
  });
});

describe('the recorder and a full disk', () => {
  it('refuses, counts, and goes on by itself in an interrupted epoch that says how much is missing', async () => {
    const { clock, disk, tally, told, observe, kept } = setUp();
    await observe();
    disk.full = true;
    // The first of these finds it out; the rest are refused unasked.
    for (let i = 0; i < 4; i += 1) await observe(3);
    // Asked again while it is still full: what was missing before is still missing.
    await clock.advance(1_000);
    await observe(3);
    await clock.advance(1_000);
    disk.full = false;
    await observe();
    await observe();
    expect(kept()).toBe(3);
    expect(openings(disk.entries)).toEqual(['started', 'interrupted']);
    expect(gaps(disk.entries)).toEqual([{ kind: 'gap', reason: 'disk-full', count: 15 }]);
    expect(told).toEqual(['journal.disk-full', undefined]);
    expect(happenings(disk.entries)).toEqual(['recording: readings are kept again; 15 were refused before.']);
    const refused = [...tally.refused.values()].reduce((sum, each) => sum + each, 0);
    expect(tally.made).toBe(tally.kept + refused + tally.waiting);
    expect([...tally.refused.keys()]).toEqual(['journal.disk-full']);
  });

  it('still says that a card was restored when the disk was full at the start', async () => {
    const { clock, disk, observe } = setUp('restored');
    disk.full = true;
    await observe();
    disk.full = false;
    await clock.advance(1_001);
    await observe();
    expect(openings(disk.entries)).toEqual(['restored']);
    expect(gaps(disk.entries)).toEqual([{ kind: 'gap', reason: 'disk-full', count: 1 }]);
  });

  it('writes one event when its lane has to yield and one when it may write again', async () => {
    const { disk, gate, told, observe } = setUp('started', 'coverage');
    await observe();
    gate.why = fault('refused', 'coverage.disk-full', '/data', 'little is left.');
    for (let i = 0; i < 5; i += 1) await observe();
    gate.why = undefined;
    await observe();
    expect(happenings(disk.entries)).toEqual([
      'refusing: little is left.',
      'recording: readings are kept again; 5 were refused before.',
    ]);
    expect(told).toEqual(['coverage.disk-full', undefined]);
    expect(openings(disk.entries)).toEqual(['started', 'interrupted']);
    expect(gaps(disk.entries)).toEqual([{ kind: 'gap', reason: 'disk-full', count: 5 }]);
  });
});
