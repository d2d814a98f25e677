/**
 * `outpost ledger` over a journal of gigabytes, in a process of its own: every attestation has its line, sums are exact to the
 * last digit, and memory does not grow with the journal.
 *
 *     npm run soak -- ledger [--mebibytes 2048] [--outage 100000] [--peak 256] [--reader-peak 128]
 *
 * `outage`: so many attestations are answered for only after all of them were made. Prints progress to stderr and one JSON object to
 * stdout; exits with 1 where a sum is wrong or memory goes beyond `peak` MiB, or beyond
 * `reader-peak` in the program that reads it for a gateway's page.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fillLedger, runApart, runLedger } from './ledger.ts';

const { values } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '2048' },
    outage: { type: 'string', default: '100000' },
    peak: { type: 'string', default: '256' },
    'reader-peak': { type: 'string', default: '128' },
  },
});

interface Day {
  readonly network: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly rewards: readonly { readonly amount: string }[];
}

/** Hundredths, from a decimal number. */
const hundredths = (text: string): bigint => {
  const [whole = '0', part = ''] = text.split('.');
  return BigInt(whole) * 100n + BigInt(part.padEnd(2, '0'));
};

/** How long the whole may take where the page is to read it too. */
const APART_MAX_S = 200;

const directory = await mkdtemp(join(tmpdir(), 'outpost-ledger-'));
try {
  const truth = await fillLedger({
    directory,
    mebibytes: Number(values.mebibytes),
    outage: Number(values.outage),
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const run = await runLedger(directory);
  // The page gives up after five minutes; of a journal that takes longer it is asked for less.
  const apart = run.seconds < APART_MAX_S ? await runApart(directory) : undefined;
  const days = run.totals['days'] as readonly Day[];
  const sum = (network: string, of: (day: Day) => bigint): bigint =>
    days.filter((day) => day.network === network).reduce((all, day) => all + of(day), 0n);
  const count = (fate: string) => (day: Day) => BigInt(day.counts[fate] ?? 0);
  const reward = ({ rewards: [first] }: Day) => hundredths(first?.amount ?? '0');
  const wrong = [
    ['settled', sum('net', count('settled')), BigInt(truth.settled)],
    ['refused', sum('net', count('refused')), BigInt(truth.refused)],
    ['pending', sum('net', count('pending')), BigInt(truth.pending)],
    ['reward', sum('net', reward), truth.reward],
    ['reading rewards', sum('packets', reward), truth.readingRewards * 100n],
    ['attestations', BigInt(run.totals['attestations'] as number), BigInt(truth.attestations)],
  ].filter(([, found, wanted]) => found !== wanted);
  const mebibytesPerSecond = Math.round(truth.bytes / 2 ** 20 / run.seconds);
  const { totals: _, ...told } = run;
  const summary = { ...told, mebibytesPerSecond, apart, truth, wrong };
  const text = JSON.stringify(
    summary,
    (__, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    2,
  );
  process.stdout.write(`${text}\n`);
  const isLarge =
    run.peakMebibytes > Number(values.peak) ||
    (apart?.readerPeakMebibytes ?? 0) > Number(values['reader-peak']);
  if (wrong.length > 0 || isLarge) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
