import { type AdapterModule, loadAdapter } from '@outpost/firmware-bridge';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { Command } from 'commander';
import { journalDirectory } from '../data-directory.ts';
import { nodeDisk, openJournalReadOnly } from '../journal/index.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { type Quarantined, quarantineOf } from './quarantine.ts';
import { quarantinedJson, quarantinedLine, quarantinedLines, replayedLine } from './quarantine-text.ts';
import { dataDirectoryOf, type WhereOptions } from './where.ts';

interface Options extends WhereOptions {
  readonly device?: string;
  readonly last?: string;
  readonly json?: boolean;
  readonly adapter?: string;
}

const LAST_DEFAULT = 50;
const LAST_MAX = 10_000;

const wrong = (where: string, words: string) =>
  fail(fault('misconfigured', 'quarantine.options', where, words));

const openView = async (options: Options, terminal: Terminal) => {
  const directory = await dataDirectoryOf(options, terminal);
  if (!directory.ok) return directory;
  return await openJournalReadOnly({ directory: journalDirectory(directory.value), disk: nodeDisk() });
};

/** The newest `last` of a device, or of all, oldest first. */
const newest = async (options: Options, terminal: Terminal): Promise<Result<readonly Quarantined[]>> => {
  const last = options.last === undefined ? LAST_DEFAULT : Number(options.last);
  if (!Number.isInteger(last) || last < 1 || last > LAST_MAX) {
    return wrong('--last', `must be a whole number from 1 to ${LAST_MAX}.`);
  }
  const journal = await openView(options, terminal);
  if (!journal.ok) return journal;
  const found: Quarantined[] = [];
  for await (const item of quarantineOf(journal.value)) {
    if (options.device !== undefined && item.device !== options.device) continue;
    found.push(item);
    if (found.length > last) found.shift();
  }
  return ok(found);
};

const at = async (offset: string, options: Options, terminal: Terminal): Promise<Result<Quarantined>> => {
  const journal = await openView(options, terminal);
  if (!journal.ok) return journal;
  for await (const item of quarantineOf(journal.value)) if (String(item.offset) === offset) return ok(item);
  return wrong(
    offset,
    'nothing in quarantine stands at that offset; `outpost quarantine list` shows what does.',
  );
};

const list = async (options: Options, terminal: Terminal): Promise<number> => {
  const found = await newest(options, terminal);
  if (!found.ok) return complain(terminal, found.fault);
  if (options.json === true) terminal.out(JSON.stringify(found.value.map(quarantinedJson)));
  else if (found.value.length === 0) terminal.out('Nothing is in quarantine.');
  else for (const item of found.value) terminal.out(quarantinedLine(item));
  return EXIT.done;
};

const show = async (offset: string, options: Options, terminal: Terminal): Promise<number> => {
  const item = await at(offset, options, terminal);
  if (!item.ok) return complain(terminal, item.fault);
  if (options.json === true) terminal.out(JSON.stringify(quarantinedJson(item.value)));
  else for (const line of quarantinedLines(item.value)) terminal.out(line);
  return EXIT.done;
};

type Redecode = NonNullable<AdapterModule['redecode']>;

const redecodeOf = async (name: string | undefined): Promise<Result<Redecode>> => {
  if (name === undefined)
    return wrong('--adapter', 'say which adapter the device has, as in --adapter elm327.');
  const module = await loadAdapter(name);
  if (module === undefined) return wrong('--adapter', `there is no adapter "${name}".`);
  return module.redecode === undefined
    ? wrong('--adapter', `what "${name}" reads cannot be read again by itself.`)
    : ok(module.redecode);
};

const replay = async (options: Options, terminal: Terminal): Promise<number> => {
  const redecode = await redecodeOf(options.adapter);
  if (!redecode.ok) return complain(terminal, redecode.fault);
  const found = await newest(options, terminal);
  if (!found.ok) return complain(terminal, found.fault);
  const replayed = found.value.map((item) => ({ item, bodies: redecode.value(item.raw) as readonly Body[] }));
  const understood = replayed.filter(({ bodies }) => bodies.length > 0).length;
  if (options.json === true) {
    terminal.out(
      JSON.stringify(
        replayed.map(({ item, bodies }) => ({ ...quarantinedJson(item), understood: bodies.length })),
      ),
    );
  } else {
    for (const { item, bodies } of replayed) terminal.out(replayedLine(item, bodies));
    terminal.out(
      `${understood} of ${found.value.length} are understood now. None of them becomes evidence: what is signed is signed as it arrives.`,
    );
  }
  return EXIT.done;
};

/** `outpost quarantine list|show|replay`: what devices said and nobody could believe. */
export const quarantineCommand = (terminal: Terminal, finish: (code: number) => void): Command => {
  const command = new Command('quarantine').description('look at what devices said and nobody could believe');
  const shared = (name: string, says: string): Command =>
    command
      .command(name)
      .description(says)
      .option('-c, --config <file>', 'the configuration file')
      .option('-d, --data <directory>', "the gateway's data directory, instead of a configuration")
      .option('--json', 'for scripts');
  const many = (name: string, says: string): Command =>
    shared(name, says)
      .option('--device <name>', 'of this device only')
      .option('--last <count>', `how many of the newest (${LAST_DEFAULT})`);
  many('list', 'the newest, one line each: journal offset, time, device, reason, how it begins').action(
    async (options: Options) => finish(await list(options, terminal)),
  );
  shared('show <offset>', 'one of them, with its reason and all its bytes').action(
    async (offset: string, options: Options) => finish(await show(offset, options, terminal)),
  );
  many(
    'replay',
    'read them again with this version of the program, and say what it makes of them; nothing is signed',
  )
    .option('--adapter <name>', 'how the device is read')
    .action(async (options: Options) => finish(await replay(options, terminal)));
  return command;
};
