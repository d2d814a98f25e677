import { readFile } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import { keyText } from '@outpost/gateway';
import {
  EXIT_MISCONFIGURED,
  type Fault,
  fail,
  fault,
  ok,
  type Result,
  sentence,
} from '@outpost/schemas/words';
import { Command } from 'commander';
import { type NetworkFaults, parseNetworkFaults } from '../network/network-faults.ts';
import { type NetworkStatus, serveNetwork } from '../network/serve-network.ts';
import type { SimTerminal } from './car.ts';

/** As commander hands them over. */
export interface NetworkCommandOptions {
  readonly listen: string;
  readonly state: string;
  readonly name: string;
  readonly acceptSimulated?: boolean;
  readonly faults?: string;
}

const misconfigured = (option: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.option', option, words));

export const readNetworkFaults = async (path: string | undefined): Promise<Result<NetworkFaults>> => {
  if (path === undefined) return ok([]);
  try {
    return parseNetworkFaults(await readFile(path, 'utf8'), path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    return misconfigured('--faults', `the file ${path} cannot be read (${code}).`);
  }
};

export const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const summary = ({ settled, readings, repeated, refused }: NetworkStatus): string => {
  const no = Object.entries(refused).map(([code, count]) => `${count} ${code}`);
  return `${settled} settled with ${readings} readings, ${repeated} repeated, refused: ${no.length === 0 ? 'none' : no.join(', ')}`;
};

/** Runs until Ctrl-C; resolves with the exit code. */
export const runNetwork = async (options: NetworkCommandOptions, terminal: SimTerminal): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  if (!URL.canParse(options.listen)) {
    const words = `"${options.listen}" is no address to listen on; write it like http://127.0.0.1:35100.`;
    return complain(fault('misconfigured', 'sim.option', '--listen', words));
  }
  const faults = await readNetworkFaults(options.faults);
  if (!faults.ok) return complain(faults.fault);
  const served = await serveNetwork({
    listen: new URL(options.listen),
    stateDirectory: options.state,
    name: options.name,
    acceptSimulated: options.acceptSimulated === true,
    clock: systemClock(),
    faults: faults.value,
  });
  if (!served.ok) return complain(served.fault);
  await using network = served.value;
  terminal.out(`simulated network ${options.name} at ${network.url}: key ${keyText(network.publicKey)}`);
  await untilAborted(terminal.signal);
  terminal.out(`simulated network ended: ${summary(network.status())}`);
  return 0;
};

/** `outpost-sim network`: the other end of the network `outpost`. */
export const networkCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('network')
    .description('a network that verifies what it is sent, refuses what does not hold, and signs receipts')
    .option(
      '-l, --listen <url>',
      'where gateways send to; port 0 takes any free one',
      'http://127.0.0.1:35100',
    )
    .requiredOption('-s, --state <directory>', 'its key and its memory; made where it is not there')
    .option('-n, --name <name>', 'what its receipts call it', 'outpost-sim')
    .option('--accept-simulated', 'take simulated and replayed readings and demo keys too')
    .option(
      '-f, --faults <file>',
      'a script of mishaps: [{"what": "refuse", "item": 3}, {"what": "busy", "atMs": 5000}]',
    )
    .action(async (options: NetworkCommandOptions) => finish(await runNetwork(options, terminal)));
