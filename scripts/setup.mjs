// Plain JavaScript on purpose: this runs before anything is installed or built.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const marker = join(root, 'node_modules', '.outpost-installed');

export const say = (line) => process.stdout.write(`${line}\n`);

/** Ends with one sentence and no stack trace. */
export const stop = (sentence, code = 1) => {
  process.stderr.write(`${sentence}\n`);
  process.exit(code);
};

export const checkNode = () => {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(
    `Outpost needs Node 20.19 or newer, this is ${process.versions.node}. On Debian 13: apt install nodejs npm`,
    78,
  );
};

/** Runs a command in the checkout; its output is shown only when it fails or `show` says so. */
export const run = (command, args, { show = false, env = {} } = {}) => {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    maxBuffer: 64 << 20,
  });
  if (result.error !== undefined) return { ok: false, output: `${command}: ${result.error.message}` };
  return { ok: result.status === 0, output: `${result.stdout ?? ''}${result.stderr ?? ''}` };
};

const lockHash = (flavour) =>
  `${flavour} ${createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')}`;

/**
 * Installs the locked dependencies unless they are there already.
 * @param flavour `run` leaves the development tools out; `all` serves for `run` too.
 */
export const install = (flavour) => {
  const present = existsSync(marker) ? readFileSync(marker, 'utf8') : '';
  if (present === lockHash('all') || present === lockHash(flavour)) return;
  say(
    flavour === 'run'
      ? 'Installing the locked dependencies …'
      : 'Installing the locked dependencies and tools …',
  );
  const result = run('npm', ['ci', '--no-audit', '--no-fund', ...(flavour === 'run' ? ['--omit=dev'] : [])]);
  if (!result.ok) stop(`npm ci failed; its words:\n${result.output.trim()}`);
  writeFileSync(marker, lockHash(flavour));
};

export const build = () => {
  const result = run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc'), '-b']);
  if (!result.ok) stop(`The build failed:\n${result.output.trim()}`);
  const page = run(process.execPath, [join('scripts', 'page.mjs')]);
  if (!page.ok) stop(`The page could not be built:\n${page.output.trim()}`);
};

/** What needs development packages, which `npm start` does not install. */
export const buildTools = () => {
  const tools = run(process.execPath, [
    join('node_modules', 'typescript', 'bin', 'tsc'),
    '-b',
    'device-sim/tsconfig.tools.json',
  ]);
  if (!tools.ok) stop(`The build failed:\n${tools.output.trim()}`);
};
