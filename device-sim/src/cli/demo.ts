import { join, resolve } from 'node:path';
import { checkAddress, systemClock } from '@outpost/firmware-bridge';
import { askControl, type Status } from '@outpost/gateway';
import { elapsedMs, type Fault, type MonoNs, sentence } from '@outpost/schemas/words';
import { Command, CommanderError } from 'commander';
import type { Child } from '../demo/child.ts';
import { CHECKOUT, portOf, startGateway, startNetwork, stopAll, writeConfig } from '../demo/parts.ts';
import { openScreen, type Screen } from '../demo/screen.ts';
import { type Look, summaryLine, summaryLines } from '../demo/summary.ts';

interface DemoOptions {
  readonly port?: string;
  readonly data: string;
  readonly seconds?: string;
  readonly cycle: string;
  readonly seed: string;
}

const LOOK_MS = 1_000;
const ASK_MS = 2_000;

const complain = (why: Fault): number => {
  process.stderr.write(`${sentence(why)}\n`);
  return why.kind === 'misconfigured' ? 78 : 1;
};

/** Readings per second over the last looks, from the gateway's own count. */
const newMeter = () => {
  const clock = systemClock();
  const seen: { at: MonoNs; made: number }[] = [];
  return (made: number): number => {
    seen.push({ at: clock.mono(), made });
    if (seen.length > 10) seen.shift();
    const [first, last] = [seen[0], seen.at(-1)];
    const ms = first === undefined || last === undefined ? 0 : elapsedMs(first.at, last.at);
    return ms === 0 || first === undefined ? 0 : ((made - first.made) / ms) * 1000;
  };
};

interface Watching {
  readonly startedMs: number;
  readonly screen: Screen;
  /** What the gateway said of its page. */
  page(): string;
  readonly signal: AbortSignal;
}

const PAGE_SAID = /\bpage: (http:.*)$/;

/** Watches the gateway until the signal aborts or one of the children ends. Gives the exit code. */
const watch = async (
  data: string,
  children: readonly Child[],
  { startedMs, screen, page, signal }: Watching,
): Promise<number> => {
  const clock = systemClock();
  const meter = newMeter();
  const passwords = join(data, 'store', 'influxdb');
  let firstStoredMs: number | undefined;
  while (!signal.aborted) {
    const gone = children.find((child) => !child.running());
    if (gone !== undefined) {
      screen.say(`${gone.name} ended by itself; stopping the rest.`);
      return 1;
    }
    const answer = await askControl(data, '/status', ASK_MS);
    if (answer.ok) {
      const status = JSON.parse(answer.value) as Status;
      if (status.store.stored > 0) firstStoredMs ??= Number(clock.wall() / 1_000_000n) - startedMs;
      const look: Look = { status, readingsPerSecond: meter(status.record.made), firstStoredMs };
      screen.show(summaryLines(look, { data, passwords, page: page() }), summaryLine(look));
    }
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
  }
  return 0;
};

const runDemo = async (options: DemoOptions, startedMs: number, signal: AbortSignal): Promise<number> => {
  const screen = openScreen(process.stdout);
  const directory = resolve(options.data);
  const address = options.port === undefined ? undefined : checkAddress(options.port);
  if (address !== undefined && !address.ok) return complain(address.fault);
  const children: Child[] = [];
  try {
    const network = await startNetwork(join(directory, 'network'));
    if (!network.ok) return complain(network.fault);
    children.push(network.value.child);
    const device = await portOf(options.port, ['--cycle', options.cycle, '--seed', options.seed]);
    if (!device.ok) return complain(device.fault);
    if (device.value.car !== undefined) children.unshift(device.value.car);
    const { path, data } = await writeConfig(directory, device.value.port, network.value.found);
    let page = '';
    const gateway = startGateway(path, (line) => {
      page = PAGE_SAID.exec(line)?.[1] ?? page;
      screen.say(line);
    });
    if (!gateway.ok) return complain(gateway.fault);
    // The gateway first, while the others still answer it; it signs and delivers what is open.
    children.unshift(gateway.value);
    screen.say(`The gateway reads ${device.value.port}; everything is kept below ${directory}.`);
    return await watch(data, children, { startedMs, screen, page: () => page, signal });
  } finally {
    screen.say('Stopping …');
    await stopAll(children);
    screen.say('Stopped. The next start goes on where this one ended.');
  }
};

/** `npm start`: the whole system on one machine. Returns the exit code. */
export const demo = async (
  args: readonly string[],
  { startedMs }: { readonly startedMs: number },
): Promise<number> => {
  const abort = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => abort.abort(new Error(name)));
  let code = 0;
  const program = new Command('npm start --')
    .description(
      'a simulated car or your dongle, the gateway, InfluxDB and a receiving network, all on this machine',
    )
    .option('--port <uri>', 'your dongle: serial:///dev/ttyUSB0?baud=38400 or tcp://192.168.0.10:35000')
    .option('--data <directory>', 'where everything is kept', join(CHECKOUT, '.outpost', 'demo'))
    .option('--seconds <count>', 'stop by itself after so long')
    .option('--cycle <name>', 'how the simulated car is driven: wltc, udds, hwfet, us06', 'wltc')
    .option('--seed <number>', 'of the simulated car', '1')
    .allowExcessArguments(false)
    .exitOverride()
    .action(async (options: DemoOptions) => {
      const stop =
        options.seconds === undefined ? undefined : AbortSignal.timeout(Number(options.seconds) * 1_000);
      const signal = stop === undefined ? abort.signal : AbortSignal.any([abort.signal, stop]);
      code = await runDemo(options, startedMs, signal);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 78;
    throw error;
  }
  return code;
};
