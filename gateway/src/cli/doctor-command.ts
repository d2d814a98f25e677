import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { discover, systemClock } from '@outpost/firmware-bridge';
import type { Config } from '@outpost/schemas/config';
import { type Fault, sentence } from '@outpost/schemas/words';
import { Command } from 'commander';
import { askControl } from '../control/socket.ts';
import type { Status } from '../control/status.ts';
import { keysDirectory, storeDirectory } from '../data-directory.ts';
import { findInfluxd } from '../influxd/index.ts';
import { keyText, openKeyRing } from '../keys/index.ts';
import { machineTrust } from '../record/time-trust.ts';
import { checkDevice } from '../run/device.ts';
import { EXIT, loadConfig, type Terminal } from './context.ts';

/** One thing that was looked at. `bad` will not work as it is; `note` is worth knowing. */
interface Finding {
  readonly level: 'good' | 'note' | 'bad';
  readonly what: string;
  readonly words: string;
}

const good = (what: string, words: string): Finding => ({ level: 'good', what, words });
const note = (what: string, words: string): Finding => ({ level: 'note', what, words });
const bad = (what: string, fault: Fault): Finding => ({ level: 'bad', what, words: sentence(fault) });

const MIB = 1 << 20;
const FREE_MIB_MIN = 500;
const CONTROL_MS = 3_000;

const clockFinding = ({ clock }: Config): Finding => {
  const trust = clock.trust === 'auto' ? machineTrust() : clock.trust;
  return trust === 'none'
    ? note(
        'clock',
        'nothing says that it is synchronised; readings are signed so, and reach InfluxDB after a wait. Install systemd-timesyncd or chrony, or set clock.trust if something else sets it.',
      )
    : good('clock', `trust ${trust}`);
};

const spaceFinding = async ({ dataDirectory }: Config): Promise<Finding> => {
  if (!existsSync(dataDirectory))
    return note('space', `${dataDirectory} is not there yet; the first start makes it.`);
  const { bavail, bsize } = await statfs(dataDirectory);
  const freeMiB = Math.floor((bavail * bsize) / MIB);
  return freeMiB < FREE_MIB_MIN
    ? note('space', `${freeMiB} MiB are free below ${dataDirectory}; make room, or readings will be refused.`)
    : good('space', `${freeMiB} MiB free`);
};

const keysFinding = async ({ dataDirectory, keyKind }: Config): Promise<Finding> => {
  const directory = keysDirectory(dataDirectory);
  if (!existsSync(directory)) return note('keys', 'there are none yet; the first start makes them.');
  const ring = await openKeyRing({ directory, kind: keyKind, clock: systemClock(), readOnly: true });
  return ring.ok ? good('keys', keyText(ring.value.gateway().publicKey)) : bad('keys', ring.fault);
};

const storeFinding = async ({ store, dataDirectory }: Config, signal: AbortSignal): Promise<Finding> => {
  if (store === null) return note('InfluxDB', 'off by configuration; the journal keeps everything.');
  if (store.url !== undefined) return good('InfluxDB', 'as configured in store.url');
  const cache = join(storeDirectory(dataDirectory), 'program');
  const parts = { clock: systemClock(), cache, searchPath: process.env['PATH'] ?? '', mayFetch: false };
  const found = await findInfluxd(parts, signal);
  return found.ok
    ? good('InfluxDB', `${found.value.version} at ${found.value.path}`)
    : note('InfluxDB', 'none here yet; `outpost run` fetches Debian’s package, or: apt-get install influxdb');
};

const deviceFindings = (config: Config): Promise<readonly Finding[]> =>
  Promise.all(
    config.devices.map(async (device) => {
      const checked = await checkDevice(device);
      return checked.ok
        ? good(`device ${device.name}`, `${device.adapter} at ${device.port}`)
        : bad(`device ${device.name}`, checked.fault);
    }),
  );

const attachedFinding = async (signal: AbortSignal): Promise<Finding> => {
  const found = (await discover({ clock: systemClock(), signal })).filter(
    ({ certainty }) => certainty !== 'seen',
  );
  return found.length === 0
    ? note('attached', 'nothing that is known to be a device; see `outpost discover`.')
    : good('attached', found.map(({ address, words }) => `${address ?? ''} ${words}`).join(' · '));
};

/** What a running gateway says of itself. */
const runningFindings = async ({ dataDirectory }: Config): Promise<readonly Finding[]> => {
  const answer = await askControl(dataDirectory, '/status', CONTROL_MS);
  if (!answer.ok) return [note('gateway', 'none is running on this data directory.')];
  const status = JSON.parse(answer.value) as Status;
  const tasks = status.tasks.filter(({ state }) => state === 'waiting');
  return [
    good('gateway', `version ${status.version}, up ${status.upSeconds} s, ${status.rssMebibytes} MiB`),
    ...status.devices.map(({ name, connected, status: { words } }) =>
      connected ? good(name, words) : note(name, words),
    ),
    ...tasks.map(({ name, lastWords }): Finding => ({ level: 'bad', what: name, words: lastWords })),
  ];
};

const examine = async (config: Config, signal: AbortSignal): Promise<readonly Finding[]> => [
  good('Node', process.versions.node),
  clockFinding(config),
  await spaceFinding(config),
  await keysFinding(config),
  await storeFinding(config, signal),
  ...(await deviceFindings(config)),
  await attachedFinding(signal),
  ...(await runningFindings(config)),
];

const MARK: Readonly<Record<Finding['level'], string>> = { good: 'ok   ', note: 'note ', bad: 'BAD  ' };

/** `outpost doctor`: looks at everything that can be wrong and says what to do. Exit code 1 where something is. */
export const doctorCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('doctor')
    .description('check this machine and the configuration, and say what to fix')
    .option('-c, --config <file>', 'the configuration file')
    .option('--json', 'for scripts')
    .action(async (options: { config?: string; json?: boolean }) => {
      const loaded = await loadConfig(options.config, terminal.env);
      const findings = loaded.ok
        ? [good('configuration', loaded.value.path), ...(await examine(loaded.value.config, terminal.signal))]
        : [bad('configuration', loaded.fault)];
      if (options.json === true) terminal.out(JSON.stringify(findings, null, 2));
      else for (const { level, what, words } of findings) terminal.out(`${MARK[level]} ${what}: ${words}`);
      return finish(findings.some(({ level }) => level === 'bad') ? EXIT.failed : EXIT.done);
    });
