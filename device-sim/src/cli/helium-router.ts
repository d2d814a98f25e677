import { systemClock } from '@outpost/firmware-bridge';
import { EXIT_MISCONFIGURED, type Fault, fault, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import type { SimTerminal } from './car.ts';

/** As commander hands them over. */
interface HeliumRouterOptions {
  readonly listen: string;
  readonly cutEvery?: string;
  readonly goawayEvery?: string;
  readonly delay: string;
  readonly refuse?: boolean;
}

const MS_PER_MINUTE = 60_000;

/** A number of minutes or milliseconds; undefined where it is none. */
const numberOf = (text: string, max: number): number | undefined => {
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 && value <= max ? value : undefined;
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const run = async (options: HeliumRouterOptions, terminal: SimTerminal): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const [cut, goaway, delayMs] = [
    numberOf(options.cutEvery ?? '35', 10_000),
    numberOf(options.goawayEvery ?? '0', 10_000),
    numberOf(options.delay, 600_000),
  ];
  if (cut === undefined || cut === 0 || goaway === undefined || delayMs === undefined) {
    const words = 'an option is no number in its range; see outpost-sim helium-router --help.';
    return complain(fault('misconfigured', 'sim.option', 'helium-router', words));
  }
  if (!URL.canParse(options.listen)) {
    const words = `"${options.listen}" is no address to listen on; write it like http://127.0.0.1:8080.`;
    return complain(fault('misconfigured', 'sim.option', '--listen', words));
  }
  const { addressOf, serveHelium } = await import('../helium/index.ts');
  const clock = systemClock();
  const served = await serveHelium({
    listen: new URL(options.listen),
    clock,
    streamMs: cut * MS_PER_MINUTE,
  });
  if (!served.ok) return complain(served.fault);
  await using helium = served.value;
  helium.faults.refuses = options.refuse === true;
  helium.faults.delayMs = delayMs;
  terminal.out(`simulated Helium at ${helium.url}: configKey ${addressOf(helium.config.key)}`);
  const leave = async (): Promise<void> => {
    for (; goaway > 0; ) {
      await clock.sleep(goaway * MS_PER_MINUTE, terminal.signal);
      helium.server.leave('in-peace');
    }
  };
  leave().catch(() => undefined);
  await untilAborted(terminal.signal);
  const { registered, sessions, taken, joins, credits, dropped } = helium.router.tally;
  const drops = [...dropped].map(([reason, count]) => `${count} ${reason}`).join(', ') || 'none';
  terminal.out(
    `simulated Helium ended: ${registered} registrations, ${sessions} sessions, ${taken} packets, of them ${joins} joins, ${credits} data credits, dropped: ${drops}`,
  );
  return 0;
};

/** `outpost-sim helium-router`: Helium's packet router and configuration service. */
export const heliumRouterCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('helium-router')
    .description(
      'Helium’s packet router and configuration service, which take and refuse as the real ones do',
    )
    .option(
      '-l, --listen <url>',
      'where gateways connect to; port 0 takes any free one',
      'http://127.0.0.1:8080',
    )
    .option('--cut-every <minutes>', 'how long a stream lives (default: 35)')
    .option('--goaway-every <minutes>', 'say so often on every connection that it will go')
    .option('--delay <ms>', 'say everything so late', '0')
    .option('--refuse', 'end every stream at its registration')
    .action(async (options: HeliumRouterOptions) => finish(await run(options, terminal)));
