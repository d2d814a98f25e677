#!/usr/bin/env node
// `npm test`: sets up and runs every check and every test, and ends with `N passed, N failed, N skipped`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, checkNode, install, root, run, say } from './setup.mjs';

/** Debian packages that some tests speak to. Without them those tests are skipped by name. */
const PACKAGES = {
  socat: 'socat',
  gpsd: 'gpsd',
  'python3 -m venv': 'python3-venv',
  '/usr/sbin/mosquitto': 'mosquitto',
  '/usr/bin/mosquitto_pub': 'mosquitto-clients',
  '/usr/bin/chromium': 'chromium',
};

const has = (command) => {
  // Programs that know no way to be asked for nothing are looked for where Debian puts them.
  if (command.startsWith('/')) return existsSync(command);
  const [program, ...args] = command.split(' ');
  return run(program, args.length > 0 ? [...args, '--help'] : ['-V']).ok;
};

const systemPackages = () => {
  const missing = Object.entries(PACKAGES).filter(([command]) => !has(command));
  if (missing.length === 0) return;
  const names = missing.map(([, name]) => name);
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    say(
      `Not here and not installable by this user: ${names.join(', ')}. The tests that need them are skipped.`,
    );
    return;
  }
  say(`Installing ${names.join(', ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], { env });
  const result = run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
  if (!result.ok) say(`apt-get could not install ${names.join(', ')}; the tests that need them are skipped.`);
};

const bin = (name) => join(root, 'node_modules', '.bin', name);

const checks = [
  ['format and lint', bin('biome'), ['ci', '.']],
  ['promises and switches', bin('oxlint'), ['--type-aware']],
  ['types of the tests', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['types of the page', bin('tsc'), ['-p', 'gateway/page']],
];

const tests = (report) => {
  const args = [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ];
  run(bin('vitest'), args, { show: true });
  return JSON.parse(readFileSync(report, 'utf8'));
};

checkNode();
install('all');
systemPackages();
say('Building …');
build();

const failedChecks = [];
for (const [name, command, args] of checks) {
  const result = run(command, args);
  say(`${result.ok ? 'ok    ' : 'FAILED'} ${name}`);
  if (result.ok) continue;
  failedChecks.push(name);
  say(result.output.trim());
}

const scratch = mkdtempSync(join(tmpdir(), 'outpost-test-'));
let result;
try {
  result = tests(join(scratch, 'report.json'));
} catch (error) {
  say(`The test run ended without a report: ${error.message}`);
  result = { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, testResults: [], success: false };
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

const skipped = result.testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => test.status === 'skipped' || test.status === 'pending');
for (const test of skipped) say(`skipped: ${test.fullName}`);

const passed = result.numPassedTests + checks.length - failedChecks.length;
const failed =
  result.numFailedTests + failedChecks.length + (result.success || result.numFailedTests > 0 ? 0 : 1);
say(`${passed} passed, ${failed} failed, ${skipped.length} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
