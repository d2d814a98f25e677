import { systemClock } from '@outpost/firmware-bridge';
import { EXIT_MISCONFIGURED, type Fault, fault, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import type { EntropyMode } from '../helium/entropy-core.ts';
import type { SimTerminal } from './car.ts';

/** As commander hands them over. */
interface CoverageOptions {
  readonly ingest: string;
  readonly entropyListen: string;
  readonly entropy: string;
  readonly retired?: boolean;
}

const MODES: readonly EntropyMode[] = ['good', 'retired', 'garbage', 'version-2', 'stale', 'too-long'];

const wrong = (where: string, words: string): Fault => fault('misconfigured', 'sim.option', where, words);

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const run = async (options: CoverageOptions, terminal: SimTerminal): Promise<number> => {
  const complain = (why: Fault): number => {
    terminal.err(sentence(why));
    return why.kind === 'misconfigured' ? EXIT_MISCONFIGURED : 1;
  };
  const mode = MODES.find((each) => each === options.entropy);
  if (mode === undefined) return complain(wrong('--entropy', `must be one of ${MODES.join(', ')}.`));
  for (const listen of [options.ingest, options.entropyListen])
    if (!URL.canParse(listen))
      return complain(wrong(listen, 'is no address to listen on; write it like http://127.0.0.1:9080.'));
  const { serveCoverage } = await import('../helium/index.ts');
  const [ingest, entropy] = [new URL(options.ingest), new URL(options.entropyListen)];
  const served = await serveCoverage({ clock: systemClock(), ingest, entropy });
  if (!served.ok) return complain(served.fault);
  await using coverage = served.value;
  coverage.ingest.core.isRetired = options.retired === true;
  coverage.entropy.core.mode = mode;
  terminal.out(
    `simulated coverage services of Helium: ingest at ${coverage.ingest.url}, entropy at ${coverage.entropy.url}`,
  );
  await untilAborted(terminal.signal);
  const { sessions, beacons, witnesses, dropped, stopped } = coverage.ingest.core.tally;
  const ends = [...stopped].map(([reason, count]) => `${count} ${reason}`).join(', ') || 'none';
  terminal.out(
    `simulated coverage services ended: ${sessions} sessions, ${beacons} beacons, ${witnesses} witnesses, ` +
      `${dropped} thrown away, ${coverage.entropy.core.asked} times asked for entropy, streams ended: ${ends}`,
  );
  return 0;
};

/** `outpost-sim helium-coverage`: Helium's ingest and entropy services as they were. */
export const heliumCoverageCommand = (terminal: SimTerminal, finish: (code: number) => void): Command =>
  new Command('helium-coverage')
    .description('Helium’s ingest and entropy services, which take and refuse coverage reports as they did')
    .option(
      '-l, --ingest <url>',
      'where reports are taken; port 0 takes any free one',
      'http://127.0.0.1:9080',
    )
    .option('--entropy-listen <url>', 'where entropy is given', 'http://127.0.0.1:7080')
    .option('--entropy <what>', `what is given: ${MODES.join(', ')}`, 'good')
    .option('--retired', 'check reports and throw them away, as the real one has since its retirement')
    .action(async (options: CoverageOptions) => finish(await run(options, terminal)));
