import { type Statement, sealAttestation } from '@outpost/schemas/evidence';
import { type Epoch, monoNs, type StreamId, wallNs } from '@outpost/schemas/words';
import { beforeEach, describe, expect, it } from 'vitest';
import { platformHash } from '../hash.ts';
import type { Entry, Kept, Offset } from '../journal/contract.ts';
import { attestedEntry, readAttested, settlementEntry } from '../record/entry.ts';
import { endOf } from './ends.ts';
import { newLifeSlots } from './life-slots.ts';
import type { Life } from './lines.ts';
import type { LedgerNetwork } from './networks.ts';
import { newOpenLives, type OpenLives } from './open-lives.ts';

const STREAM = 'car/telemetry' as StreamId;
const KEY = new Uint8Array(32).fill(1);
const EVERY = 100n;

const statementOf = (counter: number): Statement => ({
  deviceKey: KEY,
  gatewayKey: KEY,
  keyKind: 'file',
  stream: STREAM,
  epoch: new Uint8Array(16).fill(7) as Epoch,
  epochReason: 'started',
  counter,
  previous: counter === 0 ? null : new Uint8Array(32),
  size: 1,
  firstSequence: counter,
  firstMono: monoNs(BigInt(counter)),
  lastMono: monoNs(BigInt(counter)),
  anchor: { wall: wallNs(1_700_000_000_000_000_000n), mono: monoNs(0n), trust: 'ntp' },
  origin: 'live',
  authenticated: 'wired',
  software: 'test',
});

let kept: Kept[];
let reads: number;
beforeEach(() => {
  kept = [];
  reads = 0;
});

const journal = {
  get end() {
    return (BigInt(kept.length) * EVERY) as Offset;
  },
  async *read(from: Offset, to: Offset) {
    reads += 1;
    for (let at = Number(from / EVERY); at < kept.length; at += 1) {
      const entry = kept[at];
      if (entry !== undefined && entry.offset >= from && entry.offset < to) yield entry;
    }
  },
};

const keep = (entry: Entry): Kept => {
  const offset = journal.end;
  const made = { ...entry, offset, next: (offset + EVERY) as Offset };
  kept.push(made);
  return made;
};

const attest = (counter: number): { readonly entry: Kept; readonly hash: Uint8Array } => {
  const bytes = sealAttestation(statementOf(counter), KEY, () => new Uint8Array(64));
  const entry = keep(attestedEntry(1, { from: 0n as Offset, to: 0n as Offset, bytes }));
  const read = readAttested(entry.bytes);
  if (!read.ok) throw new Error(read.fault.words);
  return { entry, hash: platformHash(read.value.bytes) };
};

const network = (name: string): LedgerNetwork => ({
  name,
  config: undefined,
  kind: undefined,
  follows: 'attestations',
  position: 0n as Offset,
});

const answer = (lives: OpenLives, name: string, hash: Uint8Array, words: string) => {
  const wall = wallNs(1_700_000_100_000_000_000n);
  const said = {
    network: name,
    stream: STREAM,
    attestation: hash,
    code: '',
    words,
    receipt: undefined,
    wall,
  };
  const entry = keep(settlementEntry({ ...said, kind: 'settled' }));
  const end = endOf(entry);
  if (end === undefined) throw new Error('no end');
  return lives.end(end, entry.offset);
};

const settled = async (lives: OpenLives, isEnd: boolean): Promise<readonly Life[]> => {
  const found: Life[] = [];
  for await (const life of lives.settled(isEnd)) found.push(life);
  return found;
};

describe('lives of attestations', () => {
  it('are all told after an outage of which no more than places are held, whatever was read again', async () => {
    const made = 2_500;
    const lives = newOpenLives({ journal, networks: [network('near'), network('far')] });
    const hashes: Uint8Array[] = [];
    for (let counter = 0; counter < made; counter += 1) {
      const { entry, hash } = attest(counter);
      lives.begin(entry);
      hashes.push(hash);
    }
    expect(await settled(lives, false)).toEqual([]);
    for (const [counter, hash] of hashes.entries()) answer(lives, 'near', hash, `near ${counter}`);
    expect(await settled(lives, false)).toEqual([]);
    for (const [counter, hash] of hashes.entries()) answer(lives, 'far', hash, `far ${counter}`);
    const told = await settled(lives, false);
    expect(told.map(({ counter, fates }) => [counter, ...fates.map(({ words }) => words)])).toEqual(
      hashes.map((_, counter) => [counter, `near ${counter}`, `far ${counter}`]),
    );
    // One way through the journal for attestations, and one for each network's verdicts.
    expect(reads).toBe(3);
    expect(answer(lives, 'far', hashes[7]!, 'far again')).toBeUndefined();
    await lives[Symbol.asyncDispose]();
  });

  it('are told as far as they have come where too many are open, and what comes later comes back once', async () => {
    const lives = newOpenLives({
      journal,
      networks: [network('near')],
      slots: newLifeSlots(8),
      livesMax: 4,
    });
    const hashes: Uint8Array[] = [];
    for (let counter = 0; counter < 30; counter += 1) {
      const { entry, hash } = attest(counter);
      lives.begin(entry);
      hashes.push(hash);
      const told = await settled(lives, false);
      expect(told.map((life) => [life.counter, life.later])).toEqual(
        counter < 4 ? [] : [[counter - 4, ['near']]],
      );
    }
    // One that is not held any more, one that is held and was told, one that is still open.
    for (const counter of [2, 25, 29]) {
      const isLate = counter < 26;
      expect(answer(lives, 'near', hashes[counter]!, 'yes')?.words).toBe(isLate ? 'yes' : undefined);
      expect(answer(lives, 'near', hashes[counter]!, 'yes'), 'written twice').toBeUndefined();
    }
    const rest = await settled(lives, true);
    expect(rest.map(({ counter, fates: [fate] }) => [counter, fate?.kind])).toEqual([
      [26, 'pending'],
      [27, 'pending'],
      [28, 'pending'],
      [29, 'settled'],
    ]);
    await lives[Symbol.asyncDispose]();
  });
});
