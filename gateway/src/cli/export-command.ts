import { open, rename, rm } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import { type EvidenceItem, encodeEvidence, type Statement } from '@outpost/schemas/evidence';
import { type Fault, fail, fault, ok, type Result, wallNs } from '@outpost/schemas/words';
import { Command } from 'commander';
import { journalDirectory, keysDirectory } from '../data-directory.ts';
import { nodeDisk, openJournalReadOnly } from '../journal/index.ts';
import { openKeyRing } from '../keys/index.ts';
import { extractEvidence, overlaps, type Period } from '../record/extract.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { parseMoment } from './moment.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

interface Options extends WhereOptions {
  readonly from: string;
  readonly to: string;
  readonly out: string;
  readonly device?: string;
}

interface Written {
  readonly attestations: number;
  readonly readings: number;
  readonly bytes: number;
}

const WRITE_BYTES = 1 << 16;

/** Writes beside the wanted name first, so that a file of that name is always a whole one. */
const write = async (path: string, items: AsyncIterable<EvidenceItem>): Promise<Written> => {
  const counts = { attestations: 0, readings: 0, bytes: 0 };
  const part = `${path}.part`;
  try {
    await using file = await open(part, 'w', 0o644);
    let waiting: Uint8Array[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      await file.writev(waiting);
      waiting = [];
      size = 0;
    };
    for await (const item of items) {
      const bytes = encodeEvidence(item);
      if (item.kind === 'attestation') counts.attestations += 1;
      if (item.kind === 'leaf') counts.readings += 1;
      counts.bytes += bytes.length;
      waiting.push(bytes);
      size += bytes.length;
      if (size >= WRITE_BYTES || waiting.length >= 1_000) await flush();
    }
    await flush();
    await file.sync();
    await rename(part, path);
    return counts;
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
};

const misconfigured = (where: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('misconfigured', 'export.options', where, words));

const periodOf = ({ from, to }: Options): Result<Period> => {
  const now = systemClock().wall();
  const [first, last] = [parseMoment(from, now), parseMoment(to, now)];
  const form = 'write a time (2026-11-23T18:00:00Z), a span back from now (10m, 24h, 7d) or now.';
  if (first === undefined) return misconfigured('--from', `"${from}" is no moment; ${form}`);
  if (last === undefined) return misconfigured('--to', `"${to}" is no moment; ${form}`);
  if (first > last) return misconfigured('--from', 'is later than --to.');
  return ok({ from: wallNs(first), to: wallNs(last) });
};

const exportTo = async (options: Options, terminal: Terminal): Promise<Result<Written>> => {
  const period = periodOf(options);
  if (!period.ok) return period;
  const directory = await dataDirectoryOf(options, terminal);
  if (!directory.ok) return directory;
  const ring = await openKeyRing({
    directory: keysDirectory(directory.value),
    kind: 'file',
    clock: systemClock(),
    readOnly: true,
  });
  if (!ring.ok) return ring;
  const journal = await openJournalReadOnly({
    directory: journalDirectory(directory.value),
    disk: nodeDisk(),
  });
  if (!journal.ok) return journal;
  const { device } = options;
  const wanted = (statement: Statement): boolean =>
    overlaps(statement, period.value) && (device === undefined || statement.stream.startsWith(`${device}/`));
  try {
    const { start: from, end: to } = journal.value;
    const extract = { period: period.value, records: ring.value.records(), from, to, wanted };
    return ok(await write(options.out, extractEvidence(journal.value, extract)));
  } catch (error) {
    return fail(
      fault('unreachable', 'export.write', options.out, `cannot be written: ${(error as Error).message}.`),
    );
  }
};

/** `outpost export`: evidence for someone else to check. A running gateway is not disturbed. */
export const exportCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('export')
    .description('write the evidence of a period into one file, for `outpost verify`')
    .option('-c, --config <file>', 'the configuration file')
    .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
    .requiredOption(
      '--from <moment>',
      'a time (2026-11-23T18:00:00Z), or a span back from now (10m, 24h, 7d)',
    )
    .requiredOption('--to <moment>', 'the same, or now')
    .requiredOption('-o, --out <file>', 'the file to write')
    .option('--device <name>', 'of this device only')
    .action(async (options: Options) => {
      const written = await exportTo(options, terminal);
      if (!written.ok) return finish(complain(terminal, written.fault));
      const { attestations, readings, bytes } = written.value;
      terminal.out(`${options.out}: ${readings} readings under ${attestations} signatures, ${bytes} bytes.`);
      if (attestations > 0) return finish(EXIT.done);
      terminal.err('Nothing was signed in that period, so there is nothing to check in this file.');
      return finish(EXIT.failed);
    });
