import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { concatBytes } from '@outpost/schemas/words';
import { quantile } from '../bench/rounds.ts';
import { connectPacket, newCutter, publishPacket, subscribePacket, TYPE } from '../mqtt/packets.ts';
import type { Publisher } from '../mqtt/publisher.ts';
import type { FrozenTarget } from './broker-frozen-target.ts';

export interface FrozenPlan {
  open(directory: string): Promise<FrozenTarget>;
  /** Messages of the flooding device a second, with QoS 0. */
  readonly floodPerSecond: number;
  readonly seconds: number;
  readonly signal: AbortSignal;
  say(line: string): void;
}

export interface FrozenPhase {
  /** Of the calm device's messages that its subscriber got in the worst second, the share. */
  readonly worstSecond: number;
  readonly calmSent: number;
  readonly calmHeard: number;
  /** From publishing to the subscriber, in ms. */
  readonly delayP50Ms: number;
  readonly delayP99Ms: number;
  /** Of the flood, what the gateway took a second. */
  readonly floodTakenPerSecond: number;
}

export interface FrozenResult {
  /** Everybody listens. */
  readonly before: FrozenPhase;
  /** A subscriber of the flood takes nothing. */
  readonly frozen: FrozenPhase;
  /** What the broker counted. */
  readonly counts: Readonly<Record<string, number>>;
}

const CALM_PER_SECOND = 100;
const TICK_MS = 10;
const PAYLOAD_BYTES = 200;
const SECOND_MS = 1_000;
/** How long what was sent last may be on its way. */
const TAIL_MS = 2_000;

const payloadOf = (number: number): Uint8Array =>
  new TextEncoder().encode(String(number).padStart(PAYLOAD_BYTES, ' '));

/** A subscriber, once it is one. */
const listen = (
  target: FrozenTarget,
  name: string,
  filter: string,
  see: (payload: Uint8Array) => void,
): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ port: target.port, host: '127.0.0.1', noDelay: true });
    const cut = newCutter(({ type, body }) => {
      if (type === TYPE.suback) resolve(socket);
      if (type === TYPE.publish) see(body.subarray(2 + ((body[0] ?? 0) << 8) + (body[1] ?? 0)));
    });
    socket.on('data', cut);
    socket.on('error', () => undefined);
    const account = { clientId: name, user: name, password: target.passwordOf(name) };
    socket.once('connect', () =>
      socket.write(concatBytes(connectPacket(account), subscribePacket(filter, 0))),
    );
  });

/** What the calm device sent and its subscriber heard, by number and time. */
const newBook = () => {
  const sent: number[] = [];
  const delays: number[] = [];
  const heardInSecond = new Map<number, number>();
  return {
    sent,
    delays,
    heardInSecond,
    clear: () => {
      sent.length = 0;
      delays.length = 0;
      heardInSecond.clear();
    },
  };
};

/** 20 k frames a second in pieces of a tick; a full socket is written to no further. */
const floodOver = (publisher: Publisher): ((count: number) => void) => {
  const frame = publishPacket('devices/flood/n', payloadOf(7));
  return (count) => {
    if (!publisher.socket.writableNeedDrain)
      publisher.drop(concatBytes(...Array.from({ length: count }, () => frame)));
  };
};

/** One subscriber takes nothing while its topic is flooded; what another topic's subscriber gets meanwhile. */
export const runFrozen = async (plan: FrozenPlan): Promise<FrozenResult> => {
  const { signal, say, seconds } = plan;
  const clock = systemClock();
  const directory = await mkdtemp(join(tmpdir(), 'outpost-frozen-'));
  const target = await plan.open(directory);
  const book = newBook();
  try {
    const [flood, calm] = [await target.enter('flood'), await target.enter('calm')];
    const pour = floodOver(flood);
    await listen(target, 'watcher', 'devices/calm/#', (payload) => {
      const number = Number(new TextDecoder().decode(payload));
      const sentAt = book.sent[number] ?? Number.NaN;
      book.delays.push(performance.now() - sentAt);
      const second = Math.floor((performance.now() - (book.sent[0] ?? 0)) / SECOND_MS);
      book.heardInSecond.set(second, (book.heardInSecond.get(second) ?? 0) + 1);
    });
    const phase = async (): Promise<FrozenPhase> => {
      book.clear();
      const takenBefore = (await target.tally()).messages;
      const from = performance.now();
      let poured = 0;
      for (let at = 0; at < seconds * SECOND_MS; at = performance.now() - from) {
        signal.throwIfAborted();
        for (const due = (at / SECOND_MS) * CALM_PER_SECOND; book.sent.length <= due; ) {
          const number = book.sent.push(performance.now()) - 1;
          calm.publish('devices/calm/n', payloadOf(number), number);
        }
        const due = Math.floor((at / SECOND_MS) * plan.floodPerSecond);
        pour(due - poured);
        poured = due;
        await clock.sleep(TICK_MS, signal);
      }
      const tookMs = performance.now() - from;
      const taken = (await target.tally()).messages - takenBefore - book.sent.length;
      await clock.sleep(TAIL_MS, signal);
      const inSecond = Array.from({ length: seconds }, (_, second) => book.heardInSecond.get(second) ?? 0);
      return {
        worstSecond: Math.min(...inSecond) / CALM_PER_SECOND,
        calmSent: book.sent.length,
        calmHeard: book.delays.length,
        delayP50Ms: quantile(book.delays, 0.5),
        delayP99Ms: quantile(book.delays, 0.99),
        floodTakenPerSecond: Math.round((taken / tookMs) * SECOND_MS),
      };
    };
    const sleeper = await listen(target, 'sleeper', 'devices/flood/#', () => undefined);
    const before = await phase();
    say(`everybody listens: ${JSON.stringify(before)}`);
    sleeper.pause();
    const frozen = await phase();
    say(`one sleeps: ${JSON.stringify(frozen)}`);
    return { before, frozen, counts: (await target.tally()).counts };
  } finally {
    await target.end();
    await rm(directory, { recursive: true, force: true });
  }
};
