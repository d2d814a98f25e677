import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import {
  newAttestTally,
  newChains,
  newRecordTally,
  nodeDisk,
  openAttest,
  openJournal,
  openRecorder,
  platformHash,
} from '@outpost/gateway';
import { encodeLeaf } from '@outpost/schemas/evidence';
import { asciiBytes, type DeviceName, type Epoch, type Observation } from '@outpost/schemas/words';
import type { Bench } from './result.ts';
import { median, timedMs } from './rounds.ts';

const CHUNK = 64;
const raw = asciiBytes('7E804410C1AF8');

const observation = (index: number): Observation => ({
  body: { kind: 'number', signal: 2, mantissa: index % 30_000, ecu: 0x7e8 },
  raw,
  mono: systemClock().mono(),
  origin: 'live',
});

const openLine = async (directory: string) => {
  const opened = await openJournal({
    directory,
    disk: nodeDisk(systemClock()),
    clock: systemClock(),
    readers: ['attest'],
    context: () => new Uint8Array(0),
    bytesMax: 2 ** 31,
    archiveDays: 1,
    archiveBytesMax: 2 ** 30,
    commitEveryMs: 100,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  return opened.value;
};

type Line = Awaited<ReturnType<typeof openLine>>;

const keys = () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return createPrivateKey({
    key: privateKey.export({ format: 'der', type: 'pkcs8' }),
    format: 'der',
    type: 'pkcs8',
  });
};

/** Readings through recorder, journal and attest, until all of them stand under durable signatures. */
const wholePath = async (journal: Line, count: number, signal: AbortSignal): Promise<void> => {
  const clock = systemClock();
  const key = keys();
  const deviceKey = new Uint8Array(32).fill(1);
  let numbers = 0;
  const recorder = openRecorder({
    device: 'car' as DeviceName,
    lane: 'telemetry',
    authenticated: 'none',
    reason: 'started',
    journal,
    tally: newRecordTally(),
    admit: () => undefined,
    run: {
      clock,
      software: 'outpost bench',
      hash: platformHash,
      trust: () => 'ntp',
      keys: () => ({ gatewayKey: deviceKey, deviceKey, keyKind: 'file', saltSecret: deviceKey }),
      parent: () => undefined,
      newEpoch: () => new Uint8Array(randomBytes(16)) as Epoch,
      nextNumber: () => {
        numbers += 1;
        return numbers;
      },
    },
  });
  const attest = openAttest({
    journal,
    clock,
    hash: platformHash,
    tally: newAttestTally(),
    chains: newChains(journal.start),
    readingsMax: 256,
    everyMs: 60_000,
    sign: (_, bytes) => new Uint8Array(sign(null, bytes, key)),
  });
  let left = count / CHUNK;
  await new Promise<void>((resolve, reject) => {
    const done = (): void => {
      left -= 1;
      if (left === 0) resolve();
    };
    const feed = async (): Promise<void> => {
      for (let at = 0; at < count; at += CHUNK) {
        const readings = Array.from({ length: CHUNK }, (_, i) => observation(at + i));
        await recorder.observe({
          readings,
          quarantined: [],
          kept: done,
          refused: (why) => reject(new Error(why.words)),
        });
      }
    };
    feed().catch(reject);
  });
  await attest.catchUp(journal.end, signal);
};

/** The same bytes into the journal and no more. */
const journalOnly = async (journal: Line, count: number): Promise<void> => {
  const waiting: Promise<unknown>[] = [];
  const salt = new Uint8Array(16);
  for (let at = 0; at < count; at += CHUNK) {
    const entries = Array.from({ length: CHUNK }, (_, i) => {
      const { body, mono } = observation(at + i);
      return { kind: 2, stream: 1, bytes: encodeLeaf({ sequence: at + i, mono, body, raw, salt }) };
    });
    waiting.push(journal.append(entries, 'soon'));
    if (waiting.length >= 128) await waiting.shift();
  }
  await Promise.all(waiting);
};

const inScratch = async (act: (journal: Line) => Promise<void>): Promise<void> => {
  const directory = await mkdtemp(join(tmpdir(), 'outpost-bench-'));
  try {
    await using journal = await openLine(directory);
    await act(journal);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
};

/** From an observation to a durable signature over it, beside the journal alone. */
export const run: Bench = async ({ quick, signal, say }) => {
  const count = CHUNK * (quick ? 80 : 800);
  const times: { path: number[]; journal: number[]; cpu: number[] } = { path: [], journal: [], cpu: [] };
  for (let round = 0; round <= (quick ? 1 : 5); round += 1) {
    signal.throwIfAborted();
    const before = process.cpuUsage();
    let pathMs = 0;
    await inScratch(async (journal) => {
      pathMs = await timedMs(() => wholePath(journal, count, signal));
    });
    const { user, system } = process.cpuUsage(before);
    let journalMs = 0;
    await inScratch(async (journal) => {
      journalMs = await timedMs(() => journalOnly(journal, count));
    });
    if (round === 0) continue;
    times.path.push(pathMs);
    times.journal.push(journalMs);
    times.cpu.push((user + system) / count);
    say(`round ${round}: ${Math.round((count / pathMs) * 1000)} readings/s`);
  }
  const [path, journal] = [median(times.path), median(times.journal)];
  return {
    name: 'path',
    ratios: [
      {
        what: 'readings/s from observation to durable signature, to the journal alone',
        ratio: journal / path,
      },
    ],
    figures: [
      { what: 'observation to durable signature', value: (count / path) * 1000, unit: 'readings/s' },
      { what: 'the same leaves into the journal alone', value: (count / journal) * 1000, unit: 'readings/s' },
      { what: 'processor time, all threads', value: median(times.cpu), unit: 'µs/reading' },
    ],
  };
};
