#!/usr/bin/env node
// `npm run soak -- NAME [options]`: the long runs behind the bars, each ending by itself with a JSON summary.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, buildTools, checkNode, install, root, stop } from './setup.mjs';

/** Those with a board that runs real firmware, or with a browser. */
const NEED_TOOLS = ['firmata', 'page-eyes'];

const [name, ...args] = process.argv.slice(2);
checkNode();
install('all');
build();
const directory = join(root, 'device-sim', 'dist', 'soak');
const names = readdirSync(directory)
  .filter((file) => file.endsWith('.main.js'))
  .map((file) => file.slice(0, -'.main.js'.length));
if (name === undefined || !existsSync(join(directory, `${name}.main.js`))) {
  stop(`Which one? npm run soak -- NAME, with NAME one of ${names.join(', ')}.`, 78);
}
if (NEED_TOOLS.includes(name)) buildTools();
const child = spawn(process.execPath, [join(directory, `${name}.main.js`), ...args], { stdio: 'inherit' });
child.on('exit', (code) => {
  process.exitCode = code ?? 1;
});
