import { attestationHash, readAttestation } from '@outpost/schemas/evidence';
import type { Body, DeviceName, Epoch, StreamId } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { Offset } from '../journal/index.ts';
import { openTest, readAll, scratch, type TestJournal } from '../journal/testing.ts';
import { type Chains, newChains } from '../record/chains.ts';
import { KIND, readAttested, readOpened } from '../record/entry.ts';
import { openRecorder } from '../record/recorder.ts';
import { newRecordTally } from '../record/tally.ts';
import { chainsAt } from '../run/history.ts';
import { type Attest, newAttestTally, openAttest, READER } from './attest.ts';

const STREAM: StreamId = 'car/telemetry';
const NEVER = new AbortController().signal;
const KEY = new Uint8Array(32);

const attestOf = (journal: TestJournal, chains: Chains): Attest =>
  openAttest({
    ...{ journal, chains, clock: journal.clock, hash: platformHash, tally: newAttestTally() },
    ...{ readingsMax: 64, everyMs: 1_000, sign: () => new Uint8Array(64) },
  });

/** Some readings of a new epoch, as the first run of a program or the next one records them. */
const record = async (journal: TestJournal, chains: Chains, epoch: number): Promise<void> => {
  const { clock } = journal;
  const recorder = openRecorder({
    ...{ device: 'car' as DeviceName, lane: 'telemetry', authenticated: 'none', reason: 'started', journal },
    run: {
      ...{ clock, software: 'test', hash: platformHash, trust: () => 'ntp' },
      keys: () => ({ gatewayKey: KEY, deviceKey: KEY, keyKind: 'demo', saltSecret: KEY }),
      parent: (stream) => chains.heads.get(stream),
      newEpoch: () => new Uint8Array(16).fill(epoch) as Epoch,
      nextNumber: () => epoch,
    },
    tally: newRecordTally(),
    admit: () => undefined,
  });
  const body: Body = { kind: 'number', signal: 1, mantissa: 1, ecu: 0 };
  const reading = { body, raw: new Uint8Array(4), mono: clock.mono(), origin: 'live' as const };
  const readings = [reading, reading, reading];
  await new Promise<void>((done, failed) => {
    const refused = () => failed(new Error('the journal has room'));
    const observed = { readings, quarantined: [], isAwaited: true, kept: done, refused };
    recorder.observe(observed).catch(failed);
  });
};

describe('signing what an earlier run left', () => {
  it('makes it the parent of the epoch that begins next, however soon that is', async () => {
    await using directory = await scratch();
    await using journal = await openTest(directory.path, { readers: [READER], commitEveryMs: 0 });
    await record(journal, newChains(0n as Offset), 1);

    const chains = await chainsAt(journal, journal.end);
    await attestOf(journal, chains).catchUp(journal.end, NEVER);
    await record(journal, chains, 2);

    const entries = await readAll(journal);
    const signed = entries.find(({ kind }) => kind === KIND.attestation);
    const attested = readAttested(signed?.bytes ?? KEY);
    if (!attested.ok) throw new Error(attested.fault.words);
    expect(readAttestation(attested.value.bytes)).toMatchObject({ ok: true });
    const second = entries.findLast(({ kind }) => kind === KIND.opened);
    expect(readOpened(second?.bytes ?? KEY)).toMatchObject({
      ok: true,
      value: { parent: { epoch: new Uint8Array(16).fill(1), counter: 0 } },
    });
    expect(chains.heads.get(STREAM)?.counter).toBe(0);
  });
});

describe('an epoch that begins while readings of the one before wait for their signature', () => {
  it('goes on from theirs, so that the chain never goes on in two ways', async () => {
    await using directory = await scratch();
    await using journal = await openTest(directory.path, { readers: [READER], commitEveryMs: 0 });
    const chains = newChains(0n as Offset);
    await record(journal, chains, 1);
    await record(journal, chains, 2);
    await attestOf(journal, chains).catchUp(journal.end, NEVER);

    const signed = (await readAll(journal)).flatMap(({ kind, bytes }) => {
      const attested = kind === KIND.attestation ? readAttested(bytes) : undefined;
      return attested?.ok ? [attested.value.bytes] : [];
    });
    const statements = signed.map((bytes) => {
      const read = readAttestation(bytes);
      if (!read.ok) throw new Error(read.fault.words);
      return read.value.statement;
    });
    expect(statements.map(({ epoch, counter }) => [epoch[0], counter])).toEqual([
      [1, 0],
      [2, 0],
    ]);
    expect(statements[0]?.previous).toBeNull();
    const hash = attestationHash(signed[0] ?? KEY);
    expect(statements[1]?.previous).toEqual({ epoch: new Uint8Array(16).fill(1), counter: 0, hash });
  });
});
