/**
 * The broker by itself with a consumer that takes every message and says at once that it is kept: what a message costs
 * before the journal. Says where it listens, then how many messages it has taken whenever it is asked by a line.
 */
import { createInterface } from 'node:readline';
import { systemClock } from '@outpost/firmware-bridge';
import { enrol, openBroker, openLog } from '@outpost/gateway';
import { type DeviceName, sentence } from '@outpost/schemas/words';

const [directory = '', name = '', connectionsMax = '64', lab] = process.argv.slice(2);
const NEVER = new AbortController().signal;
const clock = systemClock();

const write = (line: string): void => void process.stderr.write(line);
const enrolled = await enrol(directory, {
  name,
  kind: 'plain',
  topics: [],
  reads: [],
  clientId: null,
  proof: { kind: 'password' },
});
if (!enrolled.ok) throw new Error(sentence(enrolled.fault));
const opened = await openBroker({
  config: {
    tcp: { host: '127.0.0.1', port: 0 },
    tls: null,
    websocket: null,
    connectionsMax: Number(connectionsMax),
    packetMaxKibibytes: 64,
    messagesPerSecondMax: 1_000_000,
  },
  dataDirectory: directory,
  clock,
  lab: lab === undefined ? undefined : { refusedFilters: [] },
  log: openLog({ clock, style: 'time', repeatAfterMs: 60_000, write }),
});
if (!opened.ok) throw new Error(sentence(opened.fault));
const broker = opened.value;
const port = await broker.scheme(name as DeviceName).open(new URL('broker:'), { clock, signal: NEVER });
if (!port.ok) throw new Error(sentence(port.fault));

const seen = { taken: 0 };
const consume = async (): Promise<void> => {
  const { arrivals } = port.value;
  for await (const first of arrivals) {
    for (let arrival: typeof first | undefined = first; arrival !== undefined; arrival = arrivals.take?.()) {
      seen.taken += 1;
      arrival.settle?.('kept');
    }
  }
};

const failed = (error: unknown): never => {
  throw error;
};
broker.run(NEVER).catch(failed);
consume().catch(failed);
while (broker.view.state !== 'listening') await clock.sleep(5, NEVER);
const listening = new URL(broker.view.addresses[0] ?? '').port;
process.stdout.write(`${JSON.stringify({ port: Number(listening), password: enrolled.value.password })}\n`);
for await (const _ of createInterface({ input: process.stdin })) process.stdout.write(`${seen.taken}\n`);
process.exit(0);
