import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { decodeLeaf, leafHash, readAttestation, sha256, treeRoot } from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import {
  type DeviceName,
  type Epoch,
  type Fault,
  fail,
  fault,
  type Observation,
  type Origin,
  ok,
  type TimeTrust,
} from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Entry, Journal, Kept, Offset } from '../journal/contract.ts';
import { applyEntry, decodeChains, encodeChains, newChains } from '../record/chains.ts';
import { KIND, readAttested, readOpened } from '../record/entry.ts';
import { openRecorder } from '../record/recorder.ts';
import type { Run } from '../record/stream-writer.ts';
import { newRecordTally } from '../record/tally.ts';
import { newBatches, type SealedBatch } from './batches.ts';

const seed = new Uint8Array(32).fill(7);
const privateKey = createPrivateKey({
  key: Uint8Array.from([...Buffer.from('302e020100300506032b657004220420', 'hex'), ...seed]) as never,
  format: 'der',
  type: 'pkcs8',
});
const deviceKey = new Uint8Array(
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32),
);
const car = 'car' as DeviceName;

/** A journal that keeps everything in memory, or refuses while it is told to. */
const setUp = () => {
  const clock: ManualClock = manualClock();
  const entries: Kept[] = [];
  const say: { refusing: Fault | undefined; trust: TimeTrust } = { refusing: undefined, trust: 'ntp' };
  const journal: Pick<Journal, 'append'> = {
    append: async (given: readonly Entry[]) => {
      if (say.refusing !== undefined) return fail(say.refusing);
      for (const entry of given) {
        const offset = BigInt(entries.length * 10) as Offset;
        entries.push({ ...entry, offset, next: (offset + 10n) as Offset });
      }
      return ok(0n as Offset);
    },
  };
  const tally = newRecordTally();
  let epochs = 0;
  let numbers = 0;
  const run: Run = {
    clock,
    software: 'outpost test',
    hash: sha256,
    trust: () => say.trust,
    keys: () => ({
      gatewayKey: new Uint8Array(32).fill(1),
      deviceKey,
      keyKind: 'file',
      saltSecret: new Uint8Array(32),
    }),
    parent: () => undefined,
    newEpoch: () => {
      epochs += 1;
      return new Uint8Array(16).fill(epochs) as Epoch;
    },
    nextNumber: () => {
      numbers += 1;
      return numbers;
    },
  };
  const recorder = openRecorder({
    device: car,
    lane: 'telemetry',
    authenticated: 'none',
    reason: 'started',
    journal,
    run,
    tally,
    admit: () => undefined,
  });
  const observe = async (count: number, origin: Origin = 'live') => {
    const fates: string[] = [];
    const readings: Observation[] = Array.from({ length: count }, (_, i) => ({
      body: { kind: 'number', signal: 1, mantissa: i, ecu: 0x7e8 },
      raw: Uint8Array.of(i & 0xff),
      mono: clock.mono(),
      origin,
    }));
    await recorder.observe({
      readings,
      quarantined: [],
      kept: () => fates.push('kept'),
      refused: (why) => fates.push(why.code),
    });
    await clock.advance(1);
    return fates;
  };
  const batchTally = { unreadable: 0, keyless: 0 };
  const newOnes = (chains = newChains(0n as Offset), from = 0n as Offset) =>
    newBatches(
      {
        hash: sha256,
        readingsMax: 4,
        tally: batchTally,
        chains,
        sign: (key, bytes) =>
          key[0] === deviceKey[0] ? new Uint8Array(sign(null, bytes, privateKey)) : undefined,
      },
      from,
    );
  return { clock, entries, say, tally, recorder, observe, newOnes, batchTally };
};

const read = (sealed: SealedBatch) => {
  const attested = readAttested(sealed.entry.bytes);
  if (!attested.ok) throw new Error(attested.fault.words);
  const attestation = readAttestation(attested.value.bytes);
  if (!attestation.ok) throw new Error(attestation.fault.words);
  return { ...attested.value, ...attestation.value, hash: sha256(attested.value.bytes) };
};

describe('batches', () => {
  it('chain every reading exactly once, over the exact bytes that were kept', async () => {
    const { clock, entries, observe, newOnes } = setUp();
    for (let i = 0; i < 5; i += 1) await observe(2);
    const batches = newOnes();
    const sealed = entries.flatMap((entry) => batches.take(entry, clock.mono()));
    sealed.push(...batches.closeAged(0, clock.mono()));
    const made = sealed.map(read);
    expect(made.map(({ statement }) => [statement.counter, statement.firstSequence, statement.size])).toEqual(
      [
        [0, 0, 4],
        [1, 4, 4],
        [2, 8, 3],
      ],
    );
    expect(made[1]?.statement.previous).toEqual(made[0]?.hash);
    const leaves = entries.filter(({ kind }) => kind === KIND.readingLive);
    expect(made[1]?.root).toEqual(treeRoot(leaves.slice(4, 8).map(({ bytes }) => leafHash(bytes))));
    expect(
      createHash('sha256')
        .update(made[0]?.bytes ?? '')
        .digest('hex'),
    ).toHaveLength(64);
  });

  it('take an entry once, however often the journal is read again', async () => {
    const { clock, entries, observe, newOnes } = setUp();
    await observe(2);
    const batches = newOnes();
    for (const entry of [...entries, ...entries]) expect(batches.take(entry, clock.mono())).toEqual([]);
    expect(
      batches
        .closeAged(0, clock.mono())
        .map(read)
        .map(({ statement }) => statement.size),
    ).toEqual([3]);
  });

  it('end where the origin changes and where the clock is stepped or trusted differently', async () => {
    const { clock, entries, say, observe, newOnes } = setUp();
    await observe(1);
    await observe(1, 'simulated');
    clock.step(-60_000);
    await clock.advance(1_500);
    await observe(1, 'simulated');
    say.trust = 'none';
    await clock.advance(1_500);
    await observe(1, 'simulated');
    const batches = newOnes();
    const made = [
      ...entries.flatMap((entry) => batches.take(entry, clock.mono())),
      ...batches.closeAged(0, clock.mono()),
    ].map(read);
    expect(made.map(({ statement }) => [statement.origin, statement.anchor.trust, statement.size])).toEqual([
      ['live', 'ntp', 2],
      ['simulated', 'ntp', 1],
      ['simulated', 'ntp', 2],
      ['simulated', 'none', 2],
    ]);
    const times = entries.flatMap(({ kind, bytes }) => {
      const leaf = kind === KIND.opened ? undefined : decodeLeaf(bytes);
      return leaf?.ok ? [leaf.value.mono] : [];
    });
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : 1)));
  });

  it('go on with the next counter after a restart, from the chains in a segment header', async () => {
    const { clock, entries, observe, newOnes } = setUp();
    await observe(3);
    const before = newOnes();
    const [first] = [
      ...entries.flatMap((entry) => before.take(entry, clock.mono())),
      ...before.closeAged(0, clock.mono()),
    ];
    if (first === undefined) throw new Error('expected a batch');
    const attested: Kept = { ...first.entry, offset: 1000n as Offset, next: 1010n as Offset };
    const chains = newChains(0n as Offset);
    for (const entry of [...entries, attested]) applyEntry(chains, entry);
    const restored = decodeChains(encodeChains(chains));
    if (restored === undefined) throw new Error('the chains do not read back');
    await observe(2);
    const late = entries.slice(-2).map((entry, i) => ({
      ...entry,
      offset: BigInt(1010 + i) as Offset,
      next: BigInt(1011 + i) as Offset,
    }));
    const after = newOnes(restored);
    const again = [...entries.slice(0, 5), ...late].flatMap((entry) => after.take(entry, clock.mono()));
    const made = [...again, ...after.closeAged(0, clock.mono())].map(read);
    expect(made.map(({ statement }) => [statement.counter, statement.firstSequence, statement.size])).toEqual(
      [[1, 4, 2]],
    );
    expect(made[0]?.statement.previous).toEqual(read(first).hash);
  });

  it('count what they cannot sign or read, and go on', async () => {
    const { clock, entries, observe, newOnes, batchTally } = setUp();
    await observe(1);
    const batches = newOnes();
    const damaged = entries.map((entry, i) => (i === 2 ? { ...entry, bytes: Uint8Array.of(1) } : entry));
    for (const entry of damaged) batches.take(entry, clock.mono());
    expect(batchTally.unreadable).toBe(1);
    expect(batches.closeAged(0, clock.mono())).toHaveLength(1);
  });
});

describe('the recorder', () => {
  it('tells the device what was kept, and keeps the books', async () => {
    const { observe, tally } = setUp();
    expect(await observe(3)).toEqual(['kept']);
    expect([tally.made, tally.kept, tally.waiting]).toEqual([4, 4, 0]);
  });

  it('refuses while the disk is full, then goes on in a new epoch that says how many are missing', async () => {
    const { clock, entries, say, observe, tally } = setUp();
    await observe(1);
    say.refusing = fault('refused', 'journal.disk-full', 'journal', 'the disk is full.');
    expect(await observe(2)).toEqual(['journal.disk-full']);
    expect(await observe(1)).toEqual(['journal.disk-full']);
    say.refusing = undefined;
    await clock.advance(1_100);
    expect(await observe(1)).toEqual(['kept']);
    const opened = entries.filter(({ kind }) => kind === KIND.opened).map(({ bytes }) => readOpened(bytes));
    expect(opened.map((each) => each.ok && each.value.reason)).toEqual(['started', 'interrupted']);
    const readings = entries.filter(({ kind }) => kind !== KIND.event);
    const bodies = readings.slice(-3).map(({ bytes }) => decodeLeaf(bytes));
    expect(bodies.map((leaf) => leaf.ok && leaf.value.body)).toMatchObject([
      { kind: 'anchor' },
      { kind: 'gap', reason: 'disk-full', count: 3 },
      { kind: 'number' },
    ]);
    const refused = [...tally.refused.values()].reduce((sum, each) => sum + each, 0);
    expect(tally.made).toBe(tally.kept + refused);
  });
});
