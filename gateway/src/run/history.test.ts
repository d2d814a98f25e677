import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeLeaf } from '@outpost/schemas/evidence';
import {
  type Body,
  type ClockAnchor,
  type DeviceName,
  type Epoch,
  type StreamId,
  type TimeTrust,
  toHex,
} from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { newAttestTally, openAttest, READER } from '../attest/attest.ts';
import { platformHash } from '../hash.ts';
import type { Offset } from '../journal/index.ts';
import { openTest, readAll, scratch } from '../journal/testing.ts';
import { applyEntry, encodeChains, newChains } from '../record/chains.ts';
import { originOfKind } from '../record/entry.ts';
import { openRecorder } from '../record/recorder.ts';
import { newRecordTally } from '../record/tally.ts';
import { AWAY } from '../store/testing/memory-influx.ts';
import { clocksAt } from './history.ts';
import { newTestBox, openTestBox } from './testing.ts';

const DEVICE = 'car' as DeviceName;
const STREAM: StreamId = 'car/telemetry';
const NEVER = new AbortController().signal;

/** A journal of several segments with anchors, signatures and a second epoch in them. */
const longJournal = async (directory: string) => {
  const chains = newChains(0n as Offset);
  const context = () => encodeChains(chains);
  const journal = await openTest(directory, { readers: [READER], context, commitEveryMs: 0 });
  const { clock } = journal;
  const said: { trust: TimeTrust; full: boolean } = { trust: 'none', full: false };
  const key = new Uint8Array(32);
  const sign = () => new Uint8Array(64);
  const tally = newAttestTally();
  const parts = { journal, clock, hash: platformHash, tally, chains, readingsMax: 64, everyMs: 1_000, sign };
  const attest = openAttest(parts);
  let epochs = 0;
  const recorder = openRecorder({
    device: DEVICE,
    lane: 'telemetry',
    authenticated: 'none',
    reason: 'started',
    journal,
    run: {
      clock,
      software: 'test',
      hash: platformHash,
      trust: () => said.trust,
      keys: () => ({ gatewayKey: key, deviceKey: key, keyKind: 'demo', saltSecret: key }),
      parent: (stream) => chains.heads.get(stream),
      newEpoch() {
        epochs += 1;
        return new Uint8Array(16).fill(epochs) as Epoch;
      },
      nextNumber: () => epochs,
    },
    tally: newRecordTally(),
    admit: () => (said.full ? AWAY : undefined),
  });
  for (let i = 0; i < 120; i += 1) {
    if (i === 20) said.trust = 'ntp';
    if (i === 50) clock.step(-3_600_000);
    said.full = i === 80;
    if (i === 81) said.trust = 'none';
    const body: Body = { kind: 'number', signal: 1, mantissa: i, ecu: 0 };
    const reading = { body, raw: new Uint8Array(2_000), mono: clock.mono(), origin: 'live' as const };
    const readings = [reading];
    const kept = new Promise<void>((done) => {
      void recorder.observe({ readings, quarantined: [], kept: done, refused: () => done() });
    });
    await clock.advance(1_000);
    await kept;
    // Seldom, so that some anchors are signed long after they were written.
    if (i % 37 === 36) await attest.catchUp(journal.end, NEVER);
  }
  return journal;
};

describe('what the journal says of the clocks', () => {
  it('is the same at each place as reading everything from the beginning says', async () => {
    await using directory = await scratch();
    await using journal = await longJournal(directory.path);
    expect(journal.spans.length).toBeGreaterThan(3);
    const chains = newChains(0n as Offset);
    let anchor: ClockAnchor | undefined;
    let epoch: string | undefined;
    const anchors = new Set<ClockAnchor>();
    for (const entry of await readAll(journal)) {
      const clock = (await clocksAt(journal, entry.offset)).get(STREAM);
      if (anchor !== undefined) expect([clock?.epoch, clock?.anchor]).toEqual([epoch, anchor]);
      if (anchor !== undefined && anchor.trust !== 'none') expect(clock?.trusted).toEqual(anchor);
      applyEntry(chains, entry);
      const chain = chains.open.get(entry.stream);
      const leaf = originOfKind(entry.kind) === undefined ? undefined : decodeLeaf(entry.bytes);
      if (chain === undefined || !leaf?.ok || leaf.value.body.kind !== 'anchor') continue;
      anchor = leaf.value.body.anchor;
      anchors.add(anchor);
      epoch = toHex(chain.opened.epoch);
    }
    expect([...anchors].map(({ trust }) => trust)).toEqual(['none', 'ntp', 'ntp', 'none']);
  });

  it('dates what the store has not stored yet, though the follower’s own file is lost', async () => {
    await using box = await newTestBox();
    const points = (from: typeof box): readonly number[] =>
      [...from.influx.points.values()].flatMap(({ measurement, floats }) =>
        measurement === 'vehicle' ? [floats?.['value'] ?? -1] : [],
      );
    const say = async (from: number, to: number): Promise<void> => {
      for (let number = from; number < to; number += 1) {
        await box.say(number);
        await box.clock.advance(1_000);
      }
    };
    await say(0, 5);
    await box.until('the first are stored', () => points(box).length === 5);
    await box.until('and done with', () => box.opened.journal.position('store') > 0n);
    box.influx.away = AWAY;
    await say(5, 10);
    await box.until('the rest are signed', () => box.opened.attestTally.readings === 11);
    await box.stop();
    await unlink(join(box.directory, 'store', 'follower.json'));

    await using again = await openTestBox(box.directory, box.clock);
    await again.until('the rest are stored', () => points(again).length >= 5);
    expect([...points(again)].sort()).toEqual([5, 6, 7, 8, 9]);
    expect(again.storeTally.deadLettered).toBe(0);
    const trusts = [...again.influx.points.values()].map(({ tags }) => tags['trust']);
    expect(new Set(trusts)).toEqual(new Set([undefined]));
  });
});
