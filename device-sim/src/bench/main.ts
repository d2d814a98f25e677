import { cpus, totalmem } from 'node:os';
import { Command } from 'commander';
import type { Bench, BenchResult } from './result.ts';

/** What needs a browser's driver is built apart, by `npm run bench`; see tsconfig.tools.json. */
const PAGE = new URL('../../dist-tools/page/bench.js', import.meta.url);

/** Each benchmark is loaded only when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<{ readonly run: Bench }>>> = {
  journal: () => import('./journal.ts'),
  sign: () => import('./sign.ts'),
  store: () => import('./store.ts'),
  elm327: () => import('./elm327.ts'),
  obd: () => import('./obd.ts'),
  mqtt: () => import('./mqtt.ts'),
  'node-red': () => import('./node-red.ts'),
  path: () => import('./path.ts'),
  helium: () => import('./helium.ts'),
  coverage: () => import('./coverage.ts'),
  page: async () => (await import(PAGE.href)) as { readonly run: Bench },
};

const number = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

const lines = ({ name, ratios, figures }: BenchResult): readonly string[] => [
  `${name}`,
  ...ratios.map(
    ({ what, ratio, bar }) => `  ${number(ratio)}×  ${what}${bar === undefined ? '' : ` (bar ${bar})`}`,
  ),
  ...figures.map(
    ({ what, value, unit, bar }) =>
      `  ${number(value)} ${unit}  ${what}${bar === undefined ? '' : ` (bar ${bar})`}`,
  ),
];

const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(totalmem() / (1 << 30))} GiB, Node ${process.versions.node}`;

/** `npm run bench -- [NAME …]`: measured beside a reference in the same run, ratios first. */
export const bench = async (args: readonly string[]): Promise<number> => {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('stopped by Ctrl-C')));
  let code = 0;
  const command = new Command('bench')
    .argument('[name...]', `which ones: ${Object.keys(BENCHES).join(', ')} (default: all)`)
    .option('--json', 'for scripts: one JSON object a benchmark and line')
    .option('--quick', 'a short run that shows that they work; its figures mean little')
    .action(async (names: readonly string[], options: { json?: boolean; quick?: boolean }) => {
      const unknown = names.find((name) => BENCHES[name] === undefined);
      if (unknown !== undefined) {
        process.stderr.write(
          `There is no benchmark "${unknown}"; there are ${Object.keys(BENCHES).join(', ')}.\n`,
        );
        code = 78;
        return;
      }
      const json = options.json === true;
      if (!json) process.stdout.write(`${machine()}\n`);
      for (const [name, load] of Object.entries(BENCHES)) {
        if (names.length > 0 && !names.includes(name)) continue;
        const { run } = await load();
        const say = (line: string): void => {
          process.stderr.write(`  … ${line}\n`);
        };
        const result = await run({ quick: options.quick === true, signal: abort.signal, say });
        process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${lines(result).join('\n')}\n`);
      }
    });
  await command.parseAsync(args, { from: 'user' });
  return code;
};
