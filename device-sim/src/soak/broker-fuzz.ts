import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { enrol, openBroker, openLog } from '@outpost/gateway';
import { type Clock, concatBytes, type DeviceName, sentence } from '@outpost/schemas/words';
import {
  type Account,
  connectPacket,
  PINGREQ,
  pubackPacket,
  publishPacket,
  subscribePacket,
} from '../mqtt/packets.ts';
import { random } from '../random/sfc32.ts';

export interface BrokerFuzzPlan {
  readonly sessions: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface BrokerFuzzTally {
  sessions: number;
  /** Messages that got through to the reader of the device. */
  arrivals: number;
  uncaught: readonly string[];
  /** Still open once everybody has gone. */
  connectionsLeft: number;
  /** Heap after the last tenth of the sessions, less the heap after the first, in MiB. */
  heapGrowthMebibytes: number;
  /** By the broker's own names: which of its limits were reached. */
  readonly counts: Readonly<Record<string, number>>;
}

type Chance = ReturnType<typeof random>;

const DEVICE = 'probe';
const HOSTILE = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '$SYS/a',
  '',
  'a\u0000b',
  '+',
  '#',
  '/',
  'é'.repeat(60),
];
const AT_ONCE = 16;
/** What one session may take before it is given up. */
const SESSION_MS = 200;
const MIB = 1 << 20;

const pick = <T>(chance: Chance, among: readonly T[]): T => among[chance.whole(among.length)] as T;

const noise = (chance: Chance, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => chance.whole(256));

const topicOf = (chance: Chance): string => {
  switch (chance.whole(4)) {
    case 0:
      return pick(chance, HOSTILE);
    case 1:
      return `devices/${DEVICE}/${'x/'.repeat(chance.whole(120))}`;
    default:
      return `devices/${DEVICE}/${pick(chance, HOSTILE)}`;
  }
};

const anyPacket = (chance: Chance, account: Account): Uint8Array => {
  switch (chance.whole(10)) {
    case 0:
      return connectPacket(account);
    case 1:
      return subscribePacket(
        chance.whole(2) === 0 ? topicOf(chance) : `devices/${DEVICE}/#`,
        chance.whole(2) === 0 ? 0 : 1,
      );
    case 2:
      return PINGREQ;
    case 3:
      return pubackPacket(chance.whole(65_536));
    case 4:
      // PUBREC, PUBREL, PUBCOMP of nothing; reserved types; DISCONNECT.
      return Uint8Array.of(
        pick(chance, [0x50, 0x62, 0x70, 0x00, 0xf0, 0xe0, 0xa2]),
        2,
        chance.whole(256),
        chance.whole(256),
      );
    case 5:
      return noise(chance, 1 + chance.whole(64));
    default:
      return publishPacket(
        topicOf(chance),
        noise(chance, chance.whole(300)),
        chance.whole(2) === 0 ? undefined : chance.whole(65_536),
      );
  }
};

/** Flips, cuts, doubles or lengthens. */
const mutate = (chance: Chance, bytes: Uint8Array, oneIn: number): Uint8Array => {
  switch (chance.whole(oneIn)) {
    case 0: {
      const copy = bytes.slice();
      copy[chance.whole(copy.length)] = chance.whole(256);
      return copy;
    }
    case 1:
      return bytes.subarray(0, chance.whole(bytes.length + 1));
    case 2:
      return concatBytes(bytes, bytes);
    case 3:
      return concatBytes(bytes.subarray(0, 1), Uint8Array.of(0xff, 0xff, 0xff, 0x7f), bytes.subarray(1));
    default:
      return bytes;
  }
};

/** One connection: mostly a proper introduction, then whatever chance says, in whatever pieces. */
const runSession = (chance: Chance, port: number, password: string): Promise<void> =>
  new Promise((resolve) => {
    const isKnown = chance.whole(8) > 0;
    const account: Account = {
      clientId: isKnown ? `f${chance.whole(4)}` : pick(chance, HOSTILE),
      user: isKnown ? DEVICE : pick(chance, [undefined, DEVICE, ...HOSTILE]),
      password: isKnown ? password : pick(chance, [undefined, 'guess']),
    };
    const packets = Array.from({ length: chance.whole(12) }, () =>
      mutate(chance, anyPacket(chance, account), 40),
    );
    const first = chance.whole(12) === 0 ? [] : [mutate(chance, connectPacket(account), 24)];
    const stream = concatBytes(...first, ...packets);
    const socket = connect({ port, host: '127.0.0.1' });
    socket.setTimeout(SESSION_MS, () => socket.destroy());
    socket.on('error', () => undefined);
    socket.once('close', () => resolve());
    if (chance.whole(16) > 0) socket.resume();
    socket.once('connect', () => {
      for (let at = 0; at < stream.length; ) {
        const size = 1 + chance.whole(chance.whole(4) === 0 ? 8 : 400);
        socket.write(stream.subarray(at, at + size));
        at += size;
      }
      if (chance.whole(2) === 0) socket.end();
    });
  });

/** A broker with one device that is enrolled by a password. */
const openIn = async (directory: string, clock: Clock) => {
  const enrolled = await enrol(directory, {
    name: DEVICE,
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
      connectionsMax: 64,
      packetMaxKibibytes: 64,
      messagesPerSecondMax: 100_000,
    },
    dataDirectory: directory,
    clock,
    log: openLog({ clock, style: 'time', repeatAfterMs: 60_000, write: () => undefined }),
  });
  if (!opened.ok) throw new Error(sentence(opened.fault));
  return { broker: opened.value, password: enrolled.value.password ?? '' };
};

/** Many sessions of nonsense at a broker in this process: nothing uncaught, nothing left behind. */
export const runBrokerFuzz = async ({
  sessions,
  seed,
  signal,
  say,
}: BrokerFuzzPlan): Promise<BrokerFuzzTally> => {
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-broker-fuzz-'));
  const ending = new AbortController();
  const uncaught: string[] = [];
  const caught = (error: unknown): void => void uncaught.push(String((error as Error).stack ?? error));
  process.on('uncaughtException', caught);
  process.on('unhandledRejection', caught);
  const { broker, password } = await openIn(directory, clock);
  const port = await broker
    .scheme(DEVICE as DeviceName)
    .open(new URL('broker:'), { clock, signal: ending.signal });
  if (!port.ok) throw new Error(sentence(port.fault));
  let arrivals = 0;
  const consume = async (): Promise<void> => {
    for await (const arrival of port.value.arrivals) {
      arrivals += 1;
      arrival.settle?.('kept');
    }
  };
  const running = broker
    .run(ending.signal)
    .catch((error: unknown) => (ending.signal.aborted ? undefined : caught(error)));
  const consuming = consume();
  try {
    while (broker.view.state !== 'listening') await clock.sleep(5, signal);
    const listening = Number(new URL(broker.view.addresses[0] ?? '').port);
    const heap = (): number => {
      globalThis.gc?.();
      return process.memoryUsage().heapUsed / MIB;
    };
    let done = 0;
    let early: number | undefined;
    while (done < sessions) {
      signal.throwIfAborted();
      const batch = Array.from({ length: AT_ONCE }, (_, at) =>
        runSession(random(seed, `session ${done + at}`), listening, password),
      );
      await Promise.all(batch);
      done += AT_ONCE;
      if (early === undefined && done >= sessions / 10) early = heap();
      if (done % 2_000 < AT_ONCE) say(`${done} sessions, ${arrivals} messages, ${uncaught.length} uncaught`);
    }
    const { tally } = broker.view;
    for (let waits = 0; tally.connections > 0 && waits < 200; waits += 1) await clock.sleep(50, signal);
    return {
      sessions: done,
      arrivals,
      uncaught,
      connectionsLeft: tally.connections,
      heapGrowthMebibytes: heap() - (early ?? 0),
      counts: Object.fromEntries(tally.counts),
    };
  } finally {
    ending.abort(new Error('the fuzz is over'));
    await Promise.all([running, consuming]);
    process.off('uncaughtException', caught);
    process.off('unhandledRejection', caught);
    await rm(directory, { recursive: true, force: true });
  }
};
