/**
 * A broker by itself, in a process that a fuzz may kill: two enrolled devices, one for nonsense and one that stays sound,
 * both read. Says where it listens; then what it holds whenever it is asked by a line. Nothing that is not caught is
 * caught here either: it ends the process.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '@outpost/firmware-bridge';
import { enrol, openBroker, openLog } from '@outpost/gateway';
import { type DeviceName, sentence } from '@outpost/schemas/words';
import { random } from '../random/sfc32.ts';
import type { FuzzedAccess, FuzzedState } from './broker-fuzz.ts';

const [directory = '', seed = '1', ...names] = process.argv.slice(2);
const NEVER = new AbortController().signal;
/** One message in so many is not kept: its device's port closes and is opened again. */
const REFUSED_IN = 2_000;
const CONNECTIONS_MAX = 64;

const clock = systemClock();
const chance = random(Number(seed), 'consumer');
const seen = { arrivals: 0 };

const passwords: string[] = [];
for (const name of names) {
  const proof = { kind: 'password' } as const;
  const enrolled = await enrol(directory, {
    name,
    kind: 'plain',
    topics: [],
    reads: [],
    clientId: null,
    proof,
  });
  if (!enrolled.ok) throw new Error(sentence(enrolled.fault));
  passwords.push(enrolled.value.password ?? '');
}
const opened = await openBroker({
  config: {
    tcp: { host: '127.0.0.1', port: 0 },
    tls: null,
    websocket: { host: '127.0.0.1', port: 0 },
    connectionsMax: CONNECTIONS_MAX,
    packetMaxKibibytes: 64,
    messagesPerSecondMax: 100_000,
  },
  dataDirectory: directory,
  clock,
  log: openLog({ clock, style: 'time', repeatAfterMs: 60_000, write: () => undefined }),
});
if (!opened.ok) throw new Error(sentence(opened.fault));
const broker = opened.value;

const read = async (name: string, isFuzzed: boolean): Promise<never> => {
  for (;;) {
    const port = await broker.scheme(name as DeviceName).open(new URL('broker:'), { clock, signal: NEVER });
    if (!port.ok) throw new Error(sentence(port.fault));
    for await (const arrival of port.value.arrivals) {
      seen.arrivals += 1;
      arrival.settle?.(isFuzzed && chance.whole(REFUSED_IN) === 0 ? 'refused' : 'kept');
    }
  }
};

const failed = (error: unknown): never => {
  throw error;
};
for (const [at, name] of names.entries()) read(name, at === 0).catch(failed);
broker.run(NEVER).catch(failed);
while (broker.view.state !== 'listening') await clock.sleep(5, NEVER);
const portOf = (scheme: string): number =>
  Number(new URL(broker.view.addresses.find((each) => each.startsWith(`${scheme}:`)) ?? '').port);

const say = (value: FuzzedAccess | FuzzedState): void =>
  void process.stdout.write(`${JSON.stringify(value)}\n`);
say({ tcp: portOf('mqtt'), webSocket: portOf('ws'), passwords });
for await (const _ of createInterface({ input: process.stdin })) {
  globalThis.gc?.();
  const resources: Record<string, number> = {};
  for (const each of process.getActiveResourcesInfo()) resources[each] = (resources[each] ?? 0) + 1;
  const { connections, sessions, counts } = broker.view.tally;
  say({
    heapBytes: process.memoryUsage().heapUsed,
    arrivals: seen.arrivals,
    connections,
    sessions,
    resources,
    counts: Object.fromEntries(counts),
  });
}
process.exit(0);
