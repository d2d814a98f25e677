import { basename, extname } from 'node:path';
import { checkProfile, checkVectors, profileJsonSchema } from '@outpost/schemas/vehicle/profile-files';
import { listProfiles, profileByName, profileFile } from '@outpost/schemas/vehicle/profiles';
import type { Fault } from '@outpost/schemas/words';
import { Command, Option } from 'commander';
import { complain, EXIT, exitCodeOf, type Terminal } from './context.ts';
import { readWholeText } from './file-text.ts';
import { createWholeFile } from './new-file.ts';
import { FORMATS, type Format, importProfile, POWERTRAINS } from './profiles-import.ts';
import { checkedLines, importedLines, listLines } from './profiles-text.ts';

type Finish = (code: number) => void;
type Make = (terminal: Terminal, finish: Finish) => Command;

const json = (value: unknown): string => JSON.stringify(value, null, 2);

const complainAll = (terminal: Terminal, faults: readonly [Fault, ...Fault[]]): number => {
  for (const each of faults) complain(terminal, each);
  return exitCodeOf(faults[0]);
};

const listCommand: Make = (terminal, finish) =>
  new Command('list')
    .description('the profiles that come with the program')
    .option('--json', 'for scripts')
    .action((options: { readonly json?: boolean }) => {
      const entries = listProfiles();
      if (options.json === true) terminal.out(json(entries));
      else for (const line of listLines(entries)) terminal.out(line);
      return finish(EXIT.done);
    });

const showCommand: Make = (terminal, finish) =>
  new Command('show')
    .description('the file of a bundled profile, as a beginning for your own')
    .argument('<name>', 'as `outpost profiles list` shows it')
    .action((name: string) => {
      const known = profileByName(name);
      if (!known.ok) return finish(complain(terminal, known.fault));
      terminal.out(json(profileFile(name)));
      return finish(EXIT.done);
    });

const checkCommand: Make = (terminal, finish) =>
  new Command('check')
    .description(
      'check a file of your own, and its formulas against its vectors; exit code 78 where it is wrong',
    )
    .argument('<file>', 'a profile, as docs/vehicle-profiles.md describes it')
    .action(async (file: string) => {
      const text = await readWholeText(file);
      if (!text.ok) return finish(complain(terminal, text.fault));
      const checked = checkProfile(text.value, file);
      if ('faults' in checked) return finish(complainAll(terminal, checked.faults));
      const disagreeing = checkVectors(checked.profile);
      const [first, ...more] = disagreeing.map((each) => ({ ...each, where: `${file}, ${each.where}` }));
      if (first !== undefined) return finish(complainAll(terminal, [first, ...more]));
      for (const line of checkedLines(file, checked.profile)) terminal.out(line);
      return finish(EXIT.done);
    });

const schemaCommand: Make = (terminal, finish) =>
  new Command('schema').description('the JSON Schema of a profile, for editors').action(() => {
    terminal.out(json(profileJsonSchema()));
    return finish(EXIT.done);
  });

interface ImportOptions {
  readonly out: string;
  readonly name?: string;
  readonly title?: string;
  readonly make: string;
  readonly model: readonly string[];
  readonly years: string;
  readonly powertrain: string;
  readonly source?: string;
  readonly licence: string;
  readonly intervalMs: string;
  readonly signal?: readonly string[];
}

const importCommand: Make = (terminal, finish) =>
  new Command('import')
    .description(
      'make a profile from an OBDb signal set (version 3) or from a WiCAN profile of one car, and name what is ' +
        'left out; exit code 1 where nothing of it could be taken',
    )
    .argument('<format>', FORMATS.join(' or '))
    .argument('<file>', 'theirs')
    .requiredOption('--out <file>', 'the profile that is made; a file that is there already is left as it is')
    .requiredOption('--make <make>', 'who makes the car')
    .requiredOption('--model <model...>', 'what the maker calls it')
    .requiredOption('--years <first-last>', 'model years that it is for, as in 2018-2023')
    .addOption(new Option('--powertrain <kind>', 'what drives it').choices(POWERTRAINS).makeOptionMandatory())
    .option('--name <name>', 'what a configuration calls it (the name of --out, without its ending)')
    .option('--title <title>', 'what people call it (make and model)')
    .option('--source <where>', 'where the facts can be checked (the name of the file)')
    .option('--licence <licence>', 'of that source', 'not stated')
    .option('--interval-ms <ms>', 'how often each request is worth asking, which WiCAN does not say', '10000')
    .option('--signal <theirs=ours...>', 'one of their names, and the signal of our table that it is')
    .action(async (format: string, file: string, options: ImportOptions) => {
      const text = await readWholeText(file);
      if (!text.ok) return finish(complain(terminal, text.fault));
      const { out } = options;
      const name = options.name ?? basename(out, extname(out));
      const title = options.title ?? `${options.make} ${options.model.join(', ')}`;
      const source = options.source ?? basename(file);
      const told = { ...options, name, title, source, file, out };
      const made = importProfile(format as Format, text.value, told);
      if (!made.ok) return finish(complain(terminal, made.fault));
      const { profile, left } = made.value;
      if (profile !== undefined) {
        const bytes = new TextEncoder().encode(`${json(profile)}\n`);
        const written = await createWholeFile(out, bytes, 0o644);
        if (!written.ok) return finish(complain(terminal, written.fault));
      }
      for (const line of importedLines(out, profile, left)) terminal.out(line);
      return finish(profile === undefined ? EXIT.failed : EXIT.done);
    });

/** `outpost profiles …`: what to ask one model of car. Needs no gateway and no configuration. */
export const profilesCommand = (terminal: Terminal, finish: Finish): Command => {
  const command = new Command('profiles').description('vehicle profiles: list, show, check, import');
  for (const make of [listCommand, showCommand, checkCommand, importCommand, schemaCommand])
    command.addCommand(make(terminal, finish));
  return command;
};
