import { connect } from 'node:net';
import { EXIT_MISCONFIGURED, fail, fault, ok, type Result, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import { CONTROL_EXAMPLES, readOrder } from '../devices/control/read-order.ts';
import type { SimTerminal } from './car.ts';

/** How a word of the command line stands in the order, in the order in which words are typed. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  status: [],
  speed: ['kmh'],
  route: ['cycle'],
  ignition: ['to'],
  code: ['code'],
  'clear-codes': [],
  vin: ['vin'],
  unplug: ['forMs'],
  drop: ['frames'],
  fault: ['what', 'forMs'],
  calm: [],
};

const NUMBERS = new Set(['kmh', 'forMs', 'frames']);

/** `speed 80` as `{"do":"speed","kmh":80}`; a word that begins with a brace is the order itself. */
export const orderOfWords = (words: readonly string[]): string => {
  const [doing = '', ...rest] = words;
  if (doing.startsWith('{')) return words.join(' ');
  const keys = WORDS[doing] ?? [];
  const fields = rest.map((word, i): readonly [string, unknown] => {
    const key = keys[i] ?? `word ${i + 1}`;
    return [key, NUMBERS.has(key) ? Number(word) : word];
  });
  return JSON.stringify({ do: doing, ...Object.fromEntries(fields) });
};

/** Longer than any answer. */
const ANSWER_MAX_CHARACTERS = 65_536;

const ask = (path: string, line: string, signal: AbortSignal): Promise<Result<string>> =>
  new Promise((resolve) => {
    const socket = connect({ path, signal });
    let answer = '';
    const give = (result: Result<string>): void => {
      resolve(result);
      socket.destroy();
    };
    socket.setEncoding('utf8');
    socket.once('connect', () => socket.write(`${line}\n`));
    socket.on('data', (text: string) => {
      answer += text;
      const end = answer.indexOf('\n');
      if (end >= 0) give(ok(answer.slice(0, end)));
      else if (answer.length > ANSWER_MAX_CHARACTERS) socket.destroy();
    });
    const nobody = (why: string): void =>
      give(
        fail(
          fault(
            'unreachable',
            'sim.control',
            path,
            `no simulation takes orders there (${why}); start one with outpost-sim car --control ${path}.`,
          ),
        ),
      );
    socket.once('error', (error: NodeJS.ErrnoException) => nobody(error.code ?? error.message));
    socket.once('close', () => nobody('it closed the connection'));
  });

/** Sends one order; resolves with the exit code. */
export const runControl = async (
  path: string,
  words: readonly string[],
  terminal: SimTerminal,
): Promise<number> => {
  const line = orderOfWords(words.length === 0 ? ['status'] : words);
  const wish = readOrder(line);
  if (!wish.ok) {
    terminal.err(sentence(wish.fault));
    return EXIT_MISCONFIGURED;
  }
  const answer = await ask(path, line, terminal.signal);
  if (!answer.ok) {
    terminal.err(sentence(answer.fault));
    return 1;
  }
  terminal.out(answer.value);
  return (JSON.parse(answer.value) as { readonly ok?: unknown }).ok === true ? 0 : 1;
};

const HELP = `
Orders: ${Object.entries(WORDS)
  .map(([doing, keys]) => [doing, ...keys.map((key) => `<${key}>`)].join(' '))
  .join(' · ')}
or the JSON itself:
${CONTROL_EXAMPLES.map((example) => `  ${example}`).join('\n')}`;

/** `outpost-sim control SOCKET [ORDER …]`. `finish` gets the exit code. */
export const controlCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('control')
    .description('tells a running simulation what to do: outpost-sim control /tmp/car.sock speed 80')
    .argument('<socket>', 'what the simulation was started with: --control <path>')
    .argument('[order...]', 'what to do (default: status)')
    .addHelpText('after', HELP)
    .action(async (path: string, words: readonly string[]) =>
      finish(await runControl(path, words, terminal)),
    );
