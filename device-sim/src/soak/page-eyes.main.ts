/**
 * Twenty pages, each with a browser's context of its own, look at one box for ten minutes, and some that do not read:
 * what that costs the gateway and the pages.
 *
 *     npm run soak -- page-eyes [--pages 20] [--minutes 10] [--devices 50] [--slow 4]
 *
 * Prints one JSON object to stdout; exits with 1 where a bar is missed. It needs Chromium (apt install chromium).
 */
import { parseArgs } from 'node:util';

interface Tool {
  manyEyes(
    plan: Readonly<Record<'pages' | 'minutes' | 'devices' | 'slow', number>>,
    say: (line: string) => void,
  ): Promise<{ readonly verdicts: readonly { readonly holds: boolean }[] }>;
}

const { values } = parseArgs({
  options: {
    pages: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '10' },
    devices: { type: 'string', default: '50' },
    slow: { type: 'string', default: '4' },
  },
});

/** What needs a browser's driver is built apart, by `npm run soak`; see tsconfig.tools.json. */
const TOOL = new URL('../../dist-tools/page/page-eyes.js', import.meta.url);

const { manyEyes } = (await import(TOOL.href)) as Tool;
const plan = {
  pages: Number(values.pages),
  minutes: Number(values.minutes),
  devices: Number(values.devices),
  slow: Number(values.slow),
};
const report = await manyEyes(plan, (line) => process.stderr.write(`${line}\n`));
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.verdicts.every(({ holds }) => holds) ? 0 : 1;
