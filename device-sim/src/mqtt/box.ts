import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { OUTPOST, outpost, type Program, startProgram, until } from '../system/programs.ts';
import { connectPublisher, type Publisher } from './publisher.ts';

/** A gateway's directory: its configuration, and who is enrolled with its broker. */
export interface Box {
  readonly data: string;
  readonly config: string;
  readonly port: number;
  /** By the names of devices and readers. */
  readonly passwords: ReadonlyMap<string, string>;
}

export interface BoxPlan {
  readonly directory: string;
  readonly devices: readonly { readonly name: string; readonly adapter: string; readonly options: object }[];
  /** Who may only listen, by name: to which topics. */
  readonly readers?: Readonly<Record<string, string>>;
  /** Of the broker, besides its port. */
  readonly broker?: object;
  /** Everything else of the configuration. */
  readonly config?: object;
}

/** A port of loopback that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

export const openBox = async (plan: BoxPlan): Promise<Box> => {
  const { directory, devices, readers = {} } = plan;
  const [data, config] = [join(directory, 'data'), join(directory, 'outpost.json')];
  const port = await freePort();
  const passwords = new Map<string, string>();
  const content = {
    dataDirectory: data,
    keyKind: 'demo',
    store: null,
    // A machine without a time service would have readings wait for a clock.
    clock: { trust: 'rtc' },
    ...plan.config,
    broker: { tcp: { port }, ...plan.broker },
    devices: devices.map((device) => ({ ...device, port: 'broker:' })),
  };
  await writeFile(config, JSON.stringify(content));
  const add = async (name: string, more: readonly string[]): Promise<void> => {
    const added = await outpost(['devices', 'add', name, '--config', config, '--json', ...more]);
    if (added.code !== 0) throw new Error(added.err);
    passwords.set(name, (JSON.parse(added.out) as { readonly password: string }).password);
  };
  for (const { name } of devices) await add(name, []);
  for (const [name, filter] of Object.entries(readers))
    await add(name, ['--kind', 'reader', '--reads', filter]);
  return { data, config, port, passwords };
};

export const startGateway = ({ config }: Box): Program => startProgram(OUTPOST, ['run', '--config', config]);

/** A publisher as soon as it is let in by a gateway that starts. */
export const enterBox = (
  box: Box,
  program: Program,
  name: string,
  acknowledged: (number: number) => void = () => undefined,
): Promise<Publisher> =>
  until(`${name} is let in`, async () => {
    if (!program.running()) throw new Error(`the gateway ended: ${program.said()}`);
    const account = { clientId: name, user: name, password: box.passwords.get(name) };
    return await connectPublisher({ port: box.port, account, acknowledged }).catch(() => undefined);
  });
