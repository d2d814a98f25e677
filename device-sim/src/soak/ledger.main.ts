/**
 * `outpost ledger` over a journal of gigabytes, in a process of its own: every attestation has its line, sums are exact to the
 * last digit, and memory does not grow with the journal.
 *
 *     npm run soak -- ledger [--mebibytes 2048] [--outage 100000] [--peak 384]
 *
 * `outage`: so many attestations are answered for only after all of them were made. Prints progress to stderr and one JSON object to
 * stdout; exits with 1 where a sum is wrong or memory goes beyond `peak` MiB.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fillLedger, runLedger } from './ledger.ts';

const { values } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '2048' },
    outage: { type: 'string', default: '100000' },
    peak: { type: 'string', default: '384' },
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

const directory = await mkdtemp(join(tmpdir(), 'outpost-ledger-'));
try {
  const truth = await fillLedger({
    directory,
    mebibytes: Number(values.mebibytes),
    outage: Number(values.outage),
    say: (line) => void process.stderr.write(`${line}\n`),
  });
  const run = await runLedger(directory);
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
  const summary = { ...told, mebibytesPerSecond, truth, wrong };
  const text = JSON.stringify(
    summary,
    (__, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    2,
  );
  process.stdout.write(`${text}\n`);
  if (wrong.length > 0 || run.peakMebibytes > Number(values.peak)) process.exitCode = 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}
