import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startChild } from '../bench/child.ts';
import { askStatus, type BrokerStatus } from '../mqtt/ask-status.ts';
import { enterBox, openBox, startGateway } from '../mqtt/box.ts';
import { connectPublisher, type Publisher } from '../mqtt/publisher.ts';

type Tally = NonNullable<BrokerStatus['broker']>['tally'];

/** A broker with devices `flood` and `calm` and those who listen to them, `sleeper` and `watcher`. */
export interface FrozenTarget {
  readonly port: number;
  passwordOf(name: string): string;
  enter(device: string): Promise<Publisher>;
  tally(): Promise<Tally>;
  end(): Promise<void>;
}

const DEVICES = ['flood', 'calm'] as const;
const READERS = { watcher: 'devices/calm/#', sleeper: 'devices/flood/#' } as const;

/** The broker alone, whose messages somebody keeps at once: what subscribers do to each other. */
export const brokerTarget = async (directory: string, script: string): Promise<FrozenTarget> => {
  const readers = Object.entries(READERS).map(([name, filter]) => `${name}=${filter}`);
  const child = startChild(script, { args: [directory, DEVICES.join(','), readers.join(',')] });
  const { port, passwords } = JSON.parse(await child.line()) as {
    readonly port: number;
    readonly passwords: Readonly<Record<string, string>>;
  };
  const passwordOf = (name: string): string => passwords[name] ?? '';
  return {
    port,
    passwordOf,
    enter: (name) => {
      const account = { clientId: name, user: name, password: passwordOf(name) };
      return connectPublisher({ port, account, acknowledged: () => undefined });
    },
    tally: async () => {
      child.say('tally');
      return JSON.parse(await child.line()) as Tally;
    },
    end: child.end,
  };
};

/** A whole gateway, in which each message becomes a reading in the journal too. */
export const gatewayTarget = async (directory: string): Promise<FrozenTarget> => {
  const device = async (name: string) => {
    const mapping = join(directory, `${name}.json`);
    const topics = [
      {
        topic: `devices/${name}/n`,
        format: 'text',
        values: [{ pointer: '', signal: 'Sensor.Pressure' }],
      },
    ];
    await writeFile(mapping, JSON.stringify({ topics }));
    return { name, adapter: 'mapped', options: { mapping } };
  };
  const devices = await Promise.all(DEVICES.map(device));
  const box = await openBox({
    directory,
    devices,
    readers: READERS,
    broker: { messagesPerSecondMax: 100_000 },
  });
  const program = startGateway(box);
  return {
    port: box.port,
    passwordOf: (name) => box.passwords.get(name) ?? '',
    enter: (name) => enterBox(box, program, name),
    tally: async () => (await askStatus(box.data)).broker?.tally ?? { messages: 0, counts: {} },
    end: async () => {
      program.send('SIGTERM');
      await program.ended;
    },
  };
};
