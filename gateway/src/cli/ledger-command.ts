import { systemClock } from '@outpost/firmware-bridge';
import type { NetworkConfig } from '@outpost/schemas/config';
import { type Clock, elapsedMs, fail, fault, ok, type Result, type WallNs } from '@outpost/schemas/words';
import { Command } from 'commander';
import { journalDirectory, keysDirectory, networkDirectory } from '../data-directory.ts';
import { type JournalView, nodeDisk, openJournalReadOnly } from '../journal/index.ts';
import { openKeyRing } from '../keys/index.ts';
import { ledgerJson } from '../ledger/json.ts';
import type { LedgerLine } from '../ledger/lines.ts';
import { type LedgerNetwork, ledgerNetworks } from '../ledger/networks.ts';
import { NEWEST_MAX, newestOf } from '../ledger/newest.ts';
import type { Predictor } from '../ledger/predictor.ts';
import { readLedger } from '../ledger/read-ledger.ts';
import { complain, EXIT, loadConfig, type Terminal } from './context.ts';
import { ledgerText } from './ledger-text.ts';
import { parseMoment } from './moment.ts';
import { verifyParts } from './verify-file.ts';
import type { WhereOptions } from './where.ts';

interface Options extends WhereOptions {
  readonly network?: string;
  readonly device?: string;
  readonly since?: string;
  readonly readings?: boolean;
  readonly predict?: boolean;
  readonly limit?: string;
  readonly json?: boolean;
}

/** How often somebody who waits hears how far it is. */
const PROGRESS_EVERY_MS = 2_000;
const MIB = 1n << 20n;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'ledger.options', where, words));

/** What is asked, checked. */
interface Asked {
  readonly directory: string;
  readonly journal: JournalView;
  readonly networks: readonly LedgerNetwork[];
  readonly since: WallNs | undefined;
  readonly limit: number | undefined;
}

const limitOf = (text: string | undefined): Result<number | undefined> => {
  if (text === undefined) return ok(undefined);
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return limit >= 1 && limit <= NEWEST_MAX
    ? ok(limit)
    : wrong('--limit', `"${text}" is no number of lines; write one from 1 to ${NEWEST_MAX}.`);
};

const sinceOf = (text: string | undefined, now: WallNs): Result<WallNs | undefined> => {
  if (text === undefined) return ok(undefined);
  const since = parseMoment(text, now);
  return since === undefined
    ? wrong(
        '--since',
        `"${text}" is no moment; write a time (2026-11-23T18:00:00Z) or a span (10m, 24h, 7d).`,
      )
    : ok(since);
};

/** Where the journal is, and the networks of the configuration where one was read. */
const placeOf = async (
  { config, data }: Options,
  terminal: Terminal,
): Promise<Result<{ readonly directory: string; readonly configured: readonly NetworkConfig[] }>> => {
  if (data !== undefined && config === undefined) return ok({ directory: data, configured: [] });
  const loaded = await loadConfig(config, terminal.env);
  if (!loaded.ok) return loaded;
  const { dataDirectory, networks } = loaded.value.config;
  return ok({ directory: data ?? dataDirectory, configured: networks });
};

const askedOf = async (options: Options, terminal: Terminal, clock: Clock): Promise<Result<Asked>> => {
  const since = sinceOf(options.since, clock.wall());
  if (!since.ok) return since;
  const limit = limitOf(options.limit);
  if (!limit.ok) return limit;
  const place = await placeOf(options, terminal);
  if (!place.ok) return place;
  const { directory, configured } = place.value;
  if (options.predict === true && configured.length === 0) {
    const words =
      'needs the networks of a configuration to say what they will make of anything; give --config beside --data.';
    return wrong('--predict', words);
  }
  const journal = await openJournalReadOnly({ directory: journalDirectory(directory), disk: nodeDisk() });
  if (!journal.ok) return journal;
  const networks = await ledgerNetworks(configured, journal.value.readers);
  const { network } = options;
  if (network !== undefined && networks.every(({ name }) => name !== network)) {
    const known = networks.map(({ name }) => name).join(', ');
    return wrong('--network', `there is no network "${network}"; there is ${known === '' ? 'none' : known}.`);
  }
  return ok({ directory, journal: journal.value, networks, since: since.value, limit: limit.value });
};

/** Says how far it is, but not more often than a person can read. */
const newProgress = (terminal: Terminal, clock: Clock) => {
  let told = clock.mono();
  return ({ bytes, of }: Extract<LedgerLine, { readonly kind: 'progress' }>): void => {
    if (elapsedMs(told, clock.mono()) < PROGRESS_EVERY_MS) return;
    told = clock.mono();
    terminal.err(`read ${bytes / MIB} of ${of / MIB} MiB of the journal`);
  };
};

/** This box's own verifier in the networks' place; loaded only where it is asked. */
const predictorOf = async (
  { journal, networks, directory }: Asked,
  clock: Clock,
): Promise<Result<Predictor>> => {
  const keys = { directory: keysDirectory(directory), kind: 'file', clock, readOnly: true } as const;
  const ring = await openKeyRing(keys);
  if (!ring.ok) return ring;
  const parts = await verifyParts('auto');
  if (!parts.ok) return parts;
  const { openPredictor } = await import('../ledger/predictor.ts');
  const { redecode } = parts.value;
  return ok(
    openPredictor({ journal, networks, keyRecords: ring.value.records(), redecode, now: clock.wall() }),
  );
};

/** Where the pay of those networks stands that pay by time. */
const standingsOf = async ({ directory, networks }: Asked, { network }: Options, now: WallNs) => {
  const told: { readonly name: string; readonly words: string }[] = [];
  for (const { name, kind, config } of networks) {
    if (config === undefined || (network !== undefined && name !== network)) continue;
    const all = (await kind?.standing?.(config, networkDirectory(directory, name), now)) ?? [];
    told.push(...all.map((words) => ({ name, words })));
  }
  return told;
};

const tell = async (
  options: Options,
  asked: Asked,
  terminal: Terminal,
  clock: Clock,
): Promise<Result<undefined>> => {
  const { journal, networks, since, limit } = asked;
  const { network, device, readings = false, json = false } = options;
  const predictor = options.predict === true ? await predictorOf(asked, clock) : ok(undefined);
  if (!predictor.ok) return predictor;
  const progress = newProgress(terminal, clock);
  const now = clock.wall();
  const asking = { networks, network, device, since, readings, predictor: predictor.value };
  const lines = readLedger(journal, asking, terminal.signal);
  const told = limit === undefined ? lines : newestOf(lines, { rows: limit, hours: limit });
  for await (const line of told) {
    if (line.kind === 'progress') progress(line);
    else if (json) terminal.out(JSON.stringify(ledgerJson(line)));
    else for (const text of ledgerText(line, now)) terminal.out(text);
  }
  for (const { name, words } of await standingsOf(asked, options, now))
    terminal.out(json ? JSON.stringify({ kind: 'standing', network: name, words }) : `${name}  ${words}`);
  return ok(undefined);
};

/** `outpost ledger`: what was made, what networks made of it, and what it earned. Needs no running gateway. */
export const ledgerCommand = (
  terminal: Terminal,
  finish: (code: number) => void,
  clock: Clock = systemClock(),
): Command =>
  new Command('ledger')
    .description(
      'what became of everything that was signed: one line for each attestation (when it was made, what each ' +
        'network made of it, in its own words, and what it gave), single readings summed by hour, and totals by ' +
        'network and day. Reads the journal alone, beside a running gateway or without one',
    )
    .option('-c, --config <file>', 'the configuration file, which says what networks there are')
    .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
    .option('--network <name>', 'of this network only')
    .option('--device <name>', 'of this device only')
    .option(
      '--since <moment>',
      'what was made or has ended since: a time, or a span back from now (10m, 24h, 7d)',
    )
    .option('--limit <lines>', 'of attestations and readings, and of hours, only so many of the newest')
    .option('--readings', 'also a line for each reading that was sent by itself')
    .option(
      '--predict',
      'ask the verifier of this box what each network will say or should have said, and compare; takes longer',
    )
    .option('--json', 'for scripts: an object a line, amounts as text')
    .addHelpText(
      'after',
      `
States: settled, refused, expired (too old), unknown (sent, never answered), withheld (not for that network), pending.
Amounts are exact; units are never added up, nor what a network said with what its rule gives.
Exit codes: 0 told, 1 the journal cannot be read, 78 what was asked cannot be.`,
    )
    .action(async (options: Options) => {
      const asked = await askedOf(options, terminal, clock);
      if (!asked.ok) return finish(complain(terminal, asked.fault));
      const told = await tell(options, asked.value, terminal, clock);
      return finish(told.ok ? EXIT.done : complain(terminal, told.fault));
    });
