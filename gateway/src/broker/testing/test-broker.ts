import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arrival, type Port, readMessage, systemClock } from '@outpost/firmware-bridge';
import type { BrokerConfig } from '@outpost/schemas/config';
import { type Clock, type DeviceName, sentence } from '@outpost/schemas/words';
import { openLog } from '../../log.ts';
import { type Broker, openBroker } from '../broker.ts';
import { type Enrolment, type Enrolments, writeEnrolments } from '../enrolment.ts';
import type { Lab } from '../identity.ts';
import { newPassword } from '../password.ts';
import { connectClient, connectPacket, type TestClient } from './client.ts';

const NEVER = new AbortController().signal;
const WAIT_MS = 1;
const WAITS_MAX = 10_000;

export interface TestBrokerOptions {
  readonly config?: Partial<BrokerConfig>;
  readonly lab?: Lab;
  readonly clock?: Clock;
}

/** A device that was read, and what it brought, oldest first. */
export interface TestReader {
  readonly port: Port;
  readonly arrivals: readonly Arrival[];
  /** Topic and payload of each. */
  said(): readonly string[];
}

export interface TestBroker extends AsyncDisposable {
  readonly broker: Broker;
  readonly directory: string;
  readonly logged: readonly string[];
  /** The TCP port that it listens at. */
  readonly port: number;
  /** Enrols a device with a password, which is given back. */
  enrol(name: string, more?: Partial<Enrolment>): Promise<string>;
  remove(name: string): Promise<void>;
  read(name: string): Promise<TestReader>;
  /** A new connection, not yet introduced. */
  dial(): Promise<TestClient>;
  /** One that was let in as that device. */
  connect(name: string, password: string): Promise<TestClient>;
  until(what: string, isSo: () => boolean): Promise<void>;
}

const CONFIG: BrokerConfig = {
  tcp: { host: '127.0.0.1', port: 0 },
  tls: null,
  websocket: null,
  connectionsMax: 64,
  packetMaxKibibytes: 64,
  messagesPerSecondMax: 100_000,
};

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  const clock = systemClock();
  for (let waits = 0; !isSo(); waits += 1) {
    if (waits >= WAITS_MAX) throw new Error(`in vain: ${what}`);
    await clock.sleep(WAIT_MS, NEVER);
  }
};

const readerOf = async (
  broker: Broker,
  name: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<TestReader> => {
  const opened = await broker.scheme(name as DeviceName).open(new URL('broker:'), { clock, signal });
  if (!opened.ok) throw new Error(sentence(opened.fault));
  const port = opened.value;
  const arrivals: Arrival[] = [];
  const read = async (): Promise<void> => {
    for await (const arrival of port.arrivals) arrivals.push(arrival);
  };
  read().catch((error: unknown) => {
    throw error;
  });
  const said = () =>
    arrivals.map(({ bytes }) => {
      const message = readMessage(bytes);
      if (!message.ok) throw new Error(sentence(message.fault));
      return `${message.value.topic} ${new TextDecoder().decode(message.value.payload)}`;
    });
  return { port, arrivals, said };
};

/** A broker on a free port of loopback, in a directory of its own. */
export const newTestBroker = async (options: TestBrokerOptions = {}): Promise<TestBroker> => {
  const clock = options.clock ?? systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-broker-'));
  const stopping = new AbortController();
  const { signal } = stopping;
  const logged: string[] = [];
  const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: (line) => void logged.push(line) });
  const config = { ...CONFIG, ...options.config };
  const opened = await openBroker({ config, dataDirectory: directory, clock, log, lab: options.lab });
  if (!opened.ok) throw new Error(sentence(opened.fault));
  const broker = opened.value;
  let enrolments: Enrolments = new Map();
  const running = broker.run(signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  await until('it listens', () => broker.view.state !== 'starting');
  const port = Number(new URL(broker.view.addresses[0] ?? '').port);
  const change = async (next: Enrolments): Promise<void> => {
    enrolments = next;
    await writeEnrolments(directory, next);
    await until('the enrolments are known', () => broker.view.enrolled === next.size);
  };
  return {
    broker,
    directory,
    logged,
    port,
    enrol: async (name, more = {}) => {
      const { password, proof } = newPassword();
      const enrolment = { name, proof, clientId: name, topics: [`devices/${name}/#`], reads: [], ...more };
      await change(new Map([...enrolments, [name, enrolment]]));
      return password;
    },
    remove: (name) => change(new Map([...enrolments].filter(([each]) => each !== name))),
    read: (name) => readerOf(broker, name, clock, signal),
    dial: () => connectClient(port),
    connect: async (name, password) => {
      const client = await connectClient(port);
      client.send(connectPacket({ clientId: name, user: name, password }));
      const answer = await client.next();
      if (answer?.type !== 2 || answer.body[1] !== 0) throw new Error(`${name} was not let in`);
      return client;
    },
    until,
    [Symbol.asyncDispose]: async () => {
      stopping.abort(new Error('the test is over'));
      await running;
      await rm(directory, { recursive: true, force: true });
    },
  };
};
