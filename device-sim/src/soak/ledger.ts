import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { systemClock } from '@outpost/firmware-bridge';
import {
  attestedEntry,
  type Entry,
  KIND,
  nodeDisk,
  type Offset,
  openedEntry,
  openJournal,
  platformHash,
  readApart,
  readingsSettledEntry,
  settlementEntry,
} from '@outpost/gateway';
import { encodeLeaf, leafHashes, type Statement, sealAttestation, treeRoot } from '@outpost/schemas/evidence';
import { type Epoch, monoNs, type StreamId, type WallNs, wallNs } from '@outpost/schemas/words';
import { OUTPOST } from '../system/programs.ts';

const STREAM = 'car/telemetry' as StreamId;
const EPOCH = new Uint8Array(16).fill(7) as Epoch;
const KEY = new Uint8Array(32).fill(1);
const LEAVES = 4;
const START = 1_700_000_000_000_000_000n;
const EVERY_NS = 5_000_000_000n;
/** As long as one that a network signs. */
const RECEIPT_BYTES = 350;
/** Attestations of which the ends are written down together. */
const STEP = 64;

export interface LedgerPlan {
  readonly directory: string;
  readonly mebibytes: number;
  /** So many attestations at the beginning are answered for only after as many more. */
  readonly outage: number;
  say(line: string): void;
}

/** What a ledger of the journal must add up to. */
export interface LedgerTruth {
  attestations: number;
  settled: number;
  refused: number;
  pending: number;
  /** In 10^−2 of the unit. */
  reward: bigint;
  readingRewards: bigint;
  bytes: number;
}

const wallOf = (counter: number): WallNs => wallNs(START + BigInt(counter) * EVERY_NS);

const statementOf = (counter: number): Statement => ({
  deviceKey: KEY,
  gatewayKey: KEY,
  keyKind: 'file',
  stream: STREAM,
  epoch: EPOCH,
  epochReason: 'started',
  counter,
  previous: counter === 0 ? null : new Uint8Array(32),
  size: LEAVES,
  firstSequence: LEAVES * counter,
  firstMono: monoNs(BigInt(counter) * EVERY_NS),
  lastMono: monoNs(BigInt(counter) * EVERY_NS + 3n),
  anchor: { wall: wallNs(START), mono: monoNs(0n), trust: 'ntp' },
  origin: 'live',
  authenticated: 'wired',
  software: 'soak',
});

const leavesOf = (counter: number): readonly Uint8Array[] =>
  Array.from({ length: LEAVES }, (_, at) =>
    encodeLeaf({
      sequence: LEAVES * counter + at,
      mono: monoNs(BigInt(counter) * EVERY_NS + BigInt(at)),
      body: { kind: 'number', signal: 12, mantissa: counter % 8_000, ecu: 0x7e8 },
      raw: new Uint8Array(13).fill(0x41),
      salt: new Uint8Array(16),
    }),
  );

/** Every 50th is refused, the rest earns 1.25 and a little more each time. */
const endOf = (counter: number, hash: Uint8Array, truth: LedgerTruth): Entry => {
  const base = { network: 'net', stream: STREAM, attestation: hash, wall: wallOf(counter) };
  if (counter % 50 === 49) {
    truth.refused += 1;
    const words = 'This network wants something else.';
    return settlementEntry({ ...base, kind: 'refused', code: 'not-wanted', words, receipt: undefined });
  }
  truth.settled += 1;
  const mantissa = 125 + (counter % 7);
  truth.reward += BigInt(mantissa);
  return settlementEntry({
    ...base,
    kind: 'settled',
    code: '',
    words: '',
    receipt: new Uint8Array(RECEIPT_BYTES),
    reward: { unit: 'OUT', mantissa, decimals: 2, basis: 'network' },
  });
};

/** Fills a journal with attestations, their readings and what two networks said of them. */
export const fillLedger = async ({ directory, mebibytes, outage, say }: LedgerPlan): Promise<LedgerTruth> => {
  const clock = systemClock();
  const opened = await openJournal({
    directory: join(directory, 'journal'),
    disk: nodeDisk(clock),
    clock,
    readers: ['deliver:net', 'deliver:packets'],
    context: () => new Uint8Array(0),
    commitEveryMs: 1_000,
    bytesMax: 2 ** 40,
    archiveBytesMax: 2 ** 40,
    archiveDays: 10_000,
    broken: (error) => {
      throw error;
    },
    damaged: () => undefined,
  });
  if (!opened.ok) throw new Error(opened.fault.words);
  const journal = opened.value;
  const truth: LedgerTruth = {
    attestations: 0,
    settled: 0,
    refused: 0,
    pending: 0,
    reward: 0n,
    readingRewards: 0n,
    bytes: 0,
  };
  const keep = async (entries: readonly Entry[]): Promise<Offset> => {
    const kept = await journal.append(entries, 'now');
    if (!kept.ok) throw new Error(kept.fault.words);
    return kept.value;
  };
  const opening = { stream: STREAM, epoch: EPOCH, reason: 'started', parent: undefined } as const;
  const keys = { gatewayKey: KEY, deviceKey: KEY, keyKind: 'file', authenticated: 'wired' } as const;
  await keep([openedEntry(1, { ...opening, ...keys, software: 'soak' })]);
  const open: { readonly counter: number; readonly hash: Uint8Array }[] = [];
  const bytesMax = BigInt(mebibytes) << 20n;
  while (journal.end < bytesMax) {
    const entries: Entry[] = [];
    for (let more = 0; more < STEP; more += 1) {
      const counter = truth.attestations;
      const leaves = leavesOf(counter);
      const from = journal.end;
      entries.push(...leaves.map((bytes): Entry => ({ kind: KIND.readingLive, stream: 1, bytes })));
      const root = treeRoot(leafHashes(leaves));
      const bytes = sealAttestation(statementOf(counter), root, () => new Uint8Array(64));
      entries.push(attestedEntry(1, { from, to: from, bytes }));
      open.push({ counter, hash: platformHash(bytes) });
      truth.attestations += 1;
    }
    const place = await keep(entries);
    const wall = wallOf(truth.attestations);
    const settled = [
      { reading: place, reward: { unit: 'DC', mantissa: 3, decimals: 0, basis: 'rule' as const } },
    ];
    truth.readingRewards += 3n;
    const isAway = truth.attestations < outage;
    const ends = isAway ? [] : open.splice(0).map(({ counter, hash }) => endOf(counter, hash, truth));
    await keep([readingsSettledEntry({ network: 'packets', wall, settled, others: [] })]);
    for (let at = 0; at < ends.length; at += STEP) await keep(ends.slice(at, at + STEP));
    if (truth.attestations % (STEP * 512) === 0)
      say(`${truth.attestations} attestations, ${journal.end >> 20n} MiB`);
  }
  truth.pending = open.length;
  truth.bytes = Number(journal.end);
  await journal[Symbol.asyncDispose]();
  return truth;
};

export interface LedgerRun {
  readonly seconds: number;
  readonly peakMebibytes: number;
  readonly lines: number;
  readonly progress: number;
  readonly totals: Record<string, unknown>;
}

const LOOK_MS = 100;

/** Runs the real command, and watches how much memory it ever has. */
export const runLedger = async (directory: string): Promise<LedgerRun> => {
  const clock = systemClock();
  const begun = clock.mono();
  const child = spawn(process.execPath, [OUTPOST, 'ledger', '--data', directory, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new AbortController();
  let [lines, progress, last, peakKibibytes] = [0, 0, '', 0];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines += 1;
    last = line;
  });
  createInterface({ input: child.stderr }).on('line', () => {
    progress += 1;
  });
  const watching = (async () => {
    while (!ended.signal.aborted) {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      peakKibibytes = Math.max(peakKibibytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
      await clock.sleep(LOOK_MS, ended.signal).catch(() => undefined);
    }
  })();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  ended.abort(new Error('it has ended'));
  await watching;
  if (code !== 0) throw new Error(`outpost ledger ended with ${code}`);
  const seconds = Number(clock.mono() - begun) / 1e9;
  const totals = JSON.parse(last) as Record<string, unknown>;
  return { seconds, peakMebibytes: Math.round(peakKibibytes / 1024), lines, progress, totals };
};

/** What reading the ledger for the page costs the program that asks, and the one that reads for it. */
export interface ApartRun {
  readonly seconds: number;
  readonly attestations: number;
  readonly askerGrowthMebibytes: number;
  readonly askerLoopP99Ms: number;
  readonly readerPeakMebibytes: number;
}

const childrenOf = async (pid: number): Promise<readonly string[]> =>
  (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => ''))
    .split(' ')
    .filter((each) => each !== '');

/** Reads it as a running gateway does for its page: in a program apart, the newest 50 and the sums of everything. */
export const runApart = async (directory: string): Promise<ApartRun> => {
  const clock = systemClock();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = process.memoryUsage().rss;
  const begun = clock.mono();
  const ended = new AbortController();
  let [own, peakKibibytes] = [before, 0];
  const watching = (async () => {
    while (!ended.signal.aborted) {
      own = Math.max(own, process.memoryUsage().rss);
      for (const pid of await childrenOf(process.pid)) {
        const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
        peakKibibytes = Math.max(peakKibibytes, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
      }
      await clock.sleep(LOOK_MS, ended.signal).catch(() => undefined);
    }
  })();
  delay.enable();
  const asked = { networks: [], since: wallNs(0n), network: undefined, device: undefined, rows: 50 };
  const read = await readApart({ directory: join(directory, 'journal'), ...asked }, clock, ended.signal);
  delay.disable();
  ended.abort(new Error('it is read'));
  await watching;
  if (!read.ok) throw new Error(read.fault.words);
  return {
    seconds: Number(clock.mono() - begun) / 1e9,
    attestations: read.value.totals?.attestations ?? 0,
    askerGrowthMebibytes: Math.round((own - before) / 2 ** 20),
    askerLoopP99Ms: delay.percentile(99) / 1e6,
    readerPeakMebibytes: Math.round(peakKibibytes / 1024),
  };
};
