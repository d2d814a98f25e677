import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { checkAddress, systemClock } from '@outpost/firmware-bridge';
import { parseConfig } from '@outpost/schemas/config';
import { type Fault, ok } from '@outpost/schemas/words';
import { Command } from 'commander';
import { keysDirectory, makeDataDirectory } from '../data-directory.ts';
import { keyText, openKeyRing } from '../keys/index.ts';
import { complain, EXIT, type Terminal } from './context.ts';
import { createWholeFile } from './new-file.ts';

interface InitOptions {
  readonly config: string;
  readonly data: string;
  readonly device: string;
  readonly adapter: string;
  readonly port?: string;
}

const starting = ({ data, device, adapter, port }: InitOptions) => ({
  dataDirectory: resolve(data),
  devices: port === undefined ? [] : [{ name: device, adapter, port }],
});

const problemOf = (options: InitOptions): Fault | undefined => {
  const address = options.port === undefined ? ok(undefined) : checkAddress(options.port);
  if (!address.ok) return address.fault;
  const parsed = parseConfig(starting(options), options.config);
  return parsed.ok ? undefined : parsed.fault;
};

const init = async (options: InitOptions, terminal: Terminal): Promise<number> => {
  const problem = problemOf(options);
  if (problem !== undefined) return complain(terminal, problem);
  const made = await makeDataDirectory(resolve(options.data));
  if (!made.ok) return complain(terminal, made.fault);
  await mkdir(dirname(resolve(options.config)), { recursive: true });
  const text = `${JSON.stringify(starting(options), null, 2)}\n`;
  const written = await createWholeFile(options.config, new TextEncoder().encode(text), 0o644);
  if (!written.ok) return complain(terminal, written.fault);
  const ring = await openKeyRing({
    directory: keysDirectory(resolve(options.data)),
    kind: 'file',
    clock: systemClock(),
  });
  if (!ring.ok) return complain(terminal, ring.fault);
  terminal.out(`Configuration  ${options.config}`);
  terminal.out(`Data           ${resolve(options.data)}`);
  terminal.out(`Gateway key    ${keyText(ring.value.gateway().publicKey)}`);
  terminal.out('');
  terminal.out(
    options.port === undefined
      ? 'Next: `outpost discover`, then name a device in the configuration.'
      : 'Next: `outpost run`',
  );
  terminal.out('and `outpost keys export`, to have the keys elsewhere too.');
  return EXIT.done;
};

/** `outpost init`: a configuration and keys to begin with. Never overwrites either. */
export const initCommand = (terminal: Terminal, finish: (code: number) => void): Command =>
  new Command('init')
    .description('write a first configuration and make the keys; nothing that exists is overwritten')
    .option('-c, --config <file>', 'the configuration file to write', 'outpost.json')
    .option('-d, --data <directory>', 'where keys, journal and InfluxDB will live', 'outpost-data')
    .option('--device <name>', 'name of a first device', 'car')
    .option('--adapter <name>', 'how it is spoken to', 'elm327')
    .option('--port <uri>', 'where it is: serial:///dev/ttyUSB0?baud=38400 or tcp://192.168.0.10:35000')
    .action(async (options: InitOptions) => finish(await init(options, terminal)));
