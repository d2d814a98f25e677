import { loadMapping } from '@outpost/firmware-bridge';
import { type Signal, signalById } from '@outpost/schemas/vehicle';
import { type Body, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import { complain, EXIT, type Terminal } from './context.ts';
import { readWholeText } from './file-text.ts';

type Finish = (code: number) => void;

interface TestOptions {
  readonly sample?: string;
  readonly sampleFile?: string;
  readonly topic?: string;
  readonly json?: boolean;
}

/** What one reading would say, for people and for scripts. */
const shown = (body: Body): { signal: string; value: number | string; unit: string } | undefined => {
  if (body.kind !== 'number' && body.kind !== 'text') return undefined;
  const row: Signal | undefined = signalById(body.signal);
  if (row === undefined) return undefined;
  const value = body.kind === 'text' ? body.text : body.mantissa / 10 ** row.decimals;
  return { signal: row.name, value, unit: row.unit };
};

const sampleOf = async ({ sample, sampleFile }: TestOptions) =>
  sampleFile === undefined ? { ok: true as const, value: sample } : await readWholeText(sampleFile);

/** A topic that a filter without choice covers: the filter itself, its wildcards filled in. */
const topicFor = (filter: string): string => filter.replaceAll('+', 'any').replaceAll('#', 'any');

const test = async (terminal: Terminal, file: string, options: TestOptions): Promise<number> => {
  const text = await readWholeText(file);
  if (!text.ok) return complain(terminal, text.fault);
  const { applyMapping, checkMapping } = await loadMapping();
  const checked = checkMapping(text.value, file);
  if (!('mapping' in checked)) {
    for (const each of checked.faults) terminal.err(sentence(each));
    return EXIT.misconfigured;
  }
  const sample = await sampleOf(options);
  if (!sample.ok) return complain(terminal, sample.fault);
  const { topics } = checked.mapping;
  if (sample.value === undefined) {
    const values = topics.reduce((sum, each) => sum + each.values.length, 0);
    terminal.out(`${file}: good; ${values} values in ${topics.length} topics.`);
    return EXIT.done;
  }
  const payload = new TextEncoder().encode(sample.value);
  const tried = options.topic === undefined ? topics.map(({ topic }) => topicFor(topic)) : [options.topic];
  const messages = tried.map((topic) => ({ topic, ...applyMapping(checked.mapping, { topic, payload }) }));
  if (options.json === true) {
    const answer = messages.map(({ topic, isMapped, values, empty, faults }) => ({
      topic,
      isMapped,
      readings: values.map(({ body }) => shown(body)),
      withoutValue: empty.map(({ signal }) => signal.name),
      faults: faults.map(sentence),
    }));
    terminal.out(JSON.stringify(answer, null, 2));
  } else {
    for (const { topic, isMapped, values, empty, faults } of messages) {
      terminal.out(isMapped ? `${topic}:` : `${topic}: no entry of the mapping is for this topic.`);
      for (const { body } of values) {
        const reading = shown(body);
        terminal.out(`  ${reading?.signal} = ${reading?.value} ${reading?.unit}`);
      }
      for (const { signal, pointer } of empty) {
        terminal.out(`  ${signal.name}: nothing at "${pointer}".`);
      }
      for (const each of faults) terminal.out(`  ${sentence(each)}`);
    }
  }
  return messages.some(({ values }) => values.length > 0) ? EXIT.done : EXIT.failed;
};

const testCommand = (terminal: Terminal, finish: Finish): Command =>
  new Command('test')
    .description(
      'check a mapping of MQTT topics, and show what a message would become; exit code 78 where the file is ' +
        'wrong, 1 where the sample gives no reading',
    )
    .argument('<file>', 'a mapping, as the README of the adapter "mapped" describes it')
    .option('--sample <payload>', 'what a device publishes')
    .option('--sample-file <file>', 'the same from a file')
    .option('--topic <topic>', 'on this topic; without it, on each topic of the mapping')
    .option('--json', 'for scripts')
    .action(async (file: string, options: TestOptions) => finish(await test(terminal, file, options)));

/** `outpost map …`: needs no gateway, no broker and no configuration. */
export const mapCommand = (terminal: Terminal, finish: Finish): Command =>
  new Command('map')
    .description('mappings of MQTT topics to signals: test')
    .addCommand(testCommand(terminal, finish));
