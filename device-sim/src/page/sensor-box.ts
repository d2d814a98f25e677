import { mkdir } from 'node:fs/promises';
import { systemClock } from '@outpost/firmware-bridge';
import { enrol } from '@outpost/gateway';
import { sentence } from '@outpost/schemas/words';
import { freePort } from '../mqtt/box.ts';
import { publishPacket } from '../mqtt/packets.ts';
import { connectPublisher, type Publisher } from '../mqtt/publisher.ts';
import type { Scene } from '../system/box.ts';
import { until } from '../system/programs.ts';
import { type BoxWithPage, startConfigured } from './box-with-page.ts';

/** What every one of them says. */
const MAPPING = {
  topics: [{ topic: 'devices/+/state', values: [{ pointer: '', signal: 'Sensor.Power' }] }],
};

export interface SensorBox extends BoxWithPage {
  /** Has every sensor say a number, so many times a second each, until the signal aborts. */
  publish(perSecond: number, signal: AbortSignal): Promise<void>;
}

const nameOf = (at: number): string => `sensor-${at}`;

const enrolAll = async (data: string, count: number): Promise<ReadonlyMap<string, string>> => {
  await mkdir(data, { recursive: true, mode: 0o700 });
  const passwords = new Map<string, string>();
  for (let at = 0; at < count; at += 1) {
    const name = nameOf(at);
    const request = {
      kind: 'plain',
      topics: [],
      reads: [],
      clientId: null,
      proof: { kind: 'password' },
    } as const;
    const enrolled = await enrol(data, { ...request, name });
    if (!enrolled.ok) throw new Error(sentence(enrolled.fault));
    passwords.set(name, enrolled.value.password ?? '');
  }
  return passwords;
};

/** A real `outpost run` with its own broker, to which so many sensors are connected, and which serves its page. */
export const startSensorBox = async (scene: Scene, count: number): Promise<SensorBox> => {
  const data = scene.path('data');
  const port = await freePort();
  const passwords = await enrolAll(data, count);
  const mapping = await scene.write('mapping.json', MAPPING);
  const box = await startConfigured(scene, {
    dataDirectory: data,
    keyKind: 'demo',
    store: null,
    clock: { trust: 'rtc' },
    broker: { tcp: { port } },
    devices: [...passwords.keys()].map((name) => ({
      name,
      adapter: 'mapped',
      port: 'broker:',
      options: { mapping },
    })),
    page: { port: 0 },
  });
  const publishers: Publisher[] = [];
  for (const [name, password] of passwords) {
    const account = { clientId: name, user: name, password };
    const parts = { port, account, acknowledged: () => undefined };
    publishers.push(await until(`${name} is let in`, () => connectPublisher(parts).catch(() => undefined)));
  }
  const clock = systemClock();
  const publish = async (perSecond: number, signal: AbortSignal): Promise<void> => {
    for (let turn = 0; !signal.aborted; turn += 1) {
      for (const [at, publisher] of publishers.entries()) {
        const value = (1_000 + 400 * Math.sin((turn + at) / 9)).toFixed(1);
        publisher.drop(publishPacket(`devices/${nameOf(at)}/state`, new TextEncoder().encode(value)));
      }
      await clock.sleep(1_000 / perSecond, signal).catch(() => undefined);
    }
  };
  return { ...box, publish };
};
