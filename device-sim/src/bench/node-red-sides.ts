import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { enterBox, freePort, openBox, startGateway } from '../mqtt/box.ts';
import { childOf } from './child.ts';
import { startMosquitto } from './mosquitto.ts';
import type { LoadPlan } from './mqtt-load.child.ts';
import { type FlowPlan, writeFlow } from './node-red-flow.ts';
import type { PlainInfluxd } from './plain-influxd.ts';

export const DEVICES = 5;
const DATABASE = 'bench';
const USER = 'load';

/** One path from MQTT into InfluxDB, ready to be sent to. */
export interface Side {
  /** Of all that belongs to it but InfluxDB: what its processor time is counted over. */
  readonly pids: readonly number[];
  readonly access: Pick<LoadPlan, 'port' | 'user' | 'password' | 'devices'>;
  /** Messages that stand in InfluxDB. */
  stored(): Promise<number>;
  /** Of those, under a signature that is on the disk; undefined where nothing is signed. */
  readonly attested: (() => Promise<number>) | undefined;
  end(): Promise<void>;
}

const nameOf = (index: number): string => `device${index}`;

/** The gateway: its broker, its journal, its signatures, its store. */
export const startOurs = async (directory: string, influxd: PlainInfluxd): Promise<Side> => {
  const mapping = join(directory, 'map.json');
  const values = [{ pointer: '/n', signal: 'Sensor.Pressure' }];
  await writeFile(mapping, JSON.stringify({ topics: [{ topic: 'devices/+/n', format: 'json', values }] }));
  const names = Array.from({ length: DEVICES }, (_, index) => nameOf(index));
  const box = await openBox({
    directory,
    devices: names.map((name) => ({ name, adapter: 'mapped', options: { mapping } })),
    broker: { messagesPerSecondMax: 1_000_000 },
    config: {
      store: { url: influxd.url, database: DATABASE, flushEveryS: 1 },
      attest: { everySeconds: 1 },
    },
  });
  const program = startGateway(box);
  for (const name of names) (await enterBox(box, program, name)).socket.destroy();
  const devices = names.map((name) => ({ name, user: name, password: box.passwords.get(name) ?? '' }));
  const ask = (statement: string): Promise<number> => influxd.number(statement, DATABASE).catch(() => 0);
  return {
    pids: [program.pid],
    access: { port: box.port, user: '', password: '', devices },
    stored: () => ask('SELECT count("value") FROM "raw"."device"'),
    attested: () => ask('SELECT sum("size") FROM "raw"."attestations"'),
    end: async () => {
      program.send('SIGTERM');
      await program.ended;
    },
  };
};

/** mosquitto with Node-RED behind it. */
export const startTheirs = async (
  directory: string,
  influxd: PlainInfluxd,
  kind: FlowPlan['kind'],
  modules: string,
): Promise<Side> => {
  const broker = await startMosquitto(directory, USER);
  const { port, password } = broker;
  await influxd.number(`CREATE DATABASE ${DATABASE}`);
  const flow = { kind, mqttPort: port, user: USER, password, influxPort: influxd.port, database: DATABASE };
  const user = await writeFlow(directory, modules, await freePort(), flow);
  const script = join(modules, 'node-red', 'red.js');
  const red = childOf(
    spawn(process.execPath, [script, '--userDir', user, '--settings', join(user, 'settings.js')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  return {
    pids: [broker.child.pid, red.pid],
    access: { port, user: USER, password },
    stored: () => influxd.number('SELECT count("value") FROM "device"', DATABASE).catch(() => 0),
    attested: undefined,
    end: async () => {
      await red.end();
      await broker.child.end();
    },
  };
};
