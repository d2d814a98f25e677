/**
 * A broker by itself whose devices are read by somebody who keeps everything at once: `DIRECTORY DEVICES READERS`, names
 * between commas, a reader as `name=filter`. Says where it listens and the passwords; then its tally whenever it is asked
 * by a line.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '@outpost/firmware-bridge';
import { enrol, openBroker, openLog } from '@outpost/gateway';
import { type DeviceName, sentence } from '@outpost/schemas/words';

const [directory = '', devices = '', readers = ''] = process.argv.slice(2);
const NEVER = new AbortController().signal;
const clock = systemClock();

const passwords: Record<string, string> = {};
const add = async (name: string, kind: 'plain' | 'reader', reads: readonly string[]): Promise<void> => {
  const proof = { kind: 'password' } as const;
  const added = await enrol(directory, { name, kind, topics: [], reads, clientId: undefined, proof });
  if (!added.ok) throw new Error(sentence(added.fault));
  passwords[name] = added.value.password ?? '';
};
for (const name of devices.split(',')) await add(name, 'plain', []);
for (const each of readers.split(',')) {
  const [name = '', filter = ''] = each.split('=');
  await add(name, 'reader', [filter]);
}
const opened = await openBroker({
  config: {
    tcp: { host: '127.0.0.1', port: 0 },
    tls: null,
    websocket: null,
    connectionsMax: 64,
    packetMaxKibibytes: 64,
    messagesPerSecondMax: 1_000_000,
  },
  dataDirectory: directory,
  clock,
  log: openLog({ clock, style: 'time', repeatAfterMs: 60_000, write: () => undefined }),
});
if (!opened.ok) throw new Error(sentence(opened.fault));
const broker = opened.value;

const consume = async (name: string): Promise<void> => {
  const port = await broker.scheme(name as DeviceName).open(new URL('broker:'), { clock, signal: NEVER });
  if (!port.ok) throw new Error(sentence(port.fault));
  const { arrivals } = port.value;
  for await (const first of arrivals) {
    for (let arrival: typeof first | undefined = first; arrival !== undefined; arrival = arrivals.take?.())
      arrival.settle?.('kept');
  }
};

const failed = (error: unknown): never => {
  throw error;
};
for (const name of devices.split(',')) consume(name).catch(failed);
broker.run(NEVER).catch(failed);
while (broker.view.state !== 'listening') await clock.sleep(5, NEVER);
const port = Number(new URL(broker.view.addresses[0] ?? '').port);
process.stdout.write(`${JSON.stringify({ port, passwords })}\n`);
for await (const _ of createInterface({ input: process.stdin })) {
  const { messages, counts } = broker.view.tally;
  process.stdout.write(`${JSON.stringify({ messages, counts: Object.fromEntries(counts) })}\n`);
}
process.exit(0);
