#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/cli/main.js', import.meta.url);
if (existsSync(main)) {
  const { outpostSim } = await import(main.href);
  process.exitCode = await outpostSim(process.argv.slice(2));
} else {
  process.stderr.write('Outpost is not built yet: run `npm ci && npm run build` in its checkout first.\n');
  process.exitCode = 78;
}
