import { connect, type Socket } from 'node:net';
import { type Clock, concatBytes } from '@outpost/schemas/words';
import { connectPacket, newCutter, PINGREQ, type Seen, TYPE } from '../packets.ts';
import type { AttackContext, AttackTarget } from './contract.ts';

/** A connection of bytes: an attacker says what it likes and sees what comes. */
export interface Line extends Disposable {
  readonly socket: Socket;
  /** Bytes that the other side's kernel has taken. */
  readonly takenBytes: number;
  readonly isClosed: boolean;
  send(...packets: readonly Uint8Array[]): void;
  /** The next packet; undefined where none comes in time, or ever. */
  next(withinMs: number): Promise<Seen | undefined>;
  /** Whether the other side ends it in time. */
  endsWithin(ms: number): Promise<boolean>;
}

/** Packets that came and nobody has looked at; the newest are dropped beyond. */
const WAITING_MAX = 10_000;

/** True where it happened before the time was over. */
const inTime = async (
  happened: Promise<void>,
  ms: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> => {
  const over = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, over.signal])).then(
    () => false,
    () => false,
  );
  const first = await Promise.race([happened.then(() => true), late]);
  over.abort(new Error('it happened'));
  signal.throwIfAborted();
  return first;
};

export const dial = async ({ target, clock, signal }: AttackContext): Promise<Line> => {
  const socket = connect({ host: target.host, port: target.port, noDelay: true });
  const waiting: Seen[] = [];
  let wake: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let isClosed = false;
  socket.once('close', () => {
    isClosed = true;
    wake();
  });
  socket.on('error', () => undefined);
  const cut = newCutter((seen) => {
    if (waiting.length < WAITING_MAX) waiting.push({ ...seen, body: seen.body.slice() });
    wake();
  });
  socket.on('data', cut);
  await Promise.race([new Promise<void>((resolve) => socket.once('connect', () => resolve())), closed]);
  return {
    socket,
    get takenBytes() {
      return socket.bytesWritten - socket.writableLength;
    },
    get isClosed() {
      return isClosed;
    },
    send: (...packets) => {
      if (!isClosed) socket.write(concatBytes(...packets));
    },
    next: async (withinMs) => {
      const until = clock.mono() + BigInt(Math.ceil(withinMs)) * 1_000_000n;
      while (waiting.length === 0 && !isClosed) {
        const leftMs = Number(until - clock.mono()) / 1e6;
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        if (leftMs <= 0 || !(await inTime(woken, leftMs, clock, signal))) break;
      }
      return waiting.shift();
    },
    endsWithin: async (ms) => isClosed || (await inTime(closed, ms, clock, signal)),
    [Symbol.dispose]: () => void socket.destroy(),
  };
};

export const ANSWER_MS = 2_000;
/** Refused everywhere, and thereby answered: nobody is pushed out by it. */
const STRANGER = { clientId: 'newcomer', user: 'newcomer', password: 'guess' } as const;

/** CONNECT with the account; the line, and the return code that it was answered with. */
export const enter = async (
  context: AttackContext,
  claim: {
    readonly clientId?: string;
    readonly user?: string | undefined;
    readonly password?: string | undefined;
  } = {},
): Promise<{ readonly line: Line; readonly code: number | undefined }> => {
  const { target } = context;
  const own = { clientId: idOf(target), user: target.account?.user, password: target.account?.password };
  const line = await dial(context);
  line.send(connectPacket({ ...own, ...claim }));
  const answer = await line.next(ANSWER_MS);
  return { line, code: answer?.type === TYPE.connack ? answer.body[1] : undefined };
};

export const idOf = ({ clientId, account }: AttackTarget): string => clientId ?? account?.user ?? 'attacker';

/** How long the other side takes to answer a PINGREQ; undefined where it does not in time. */
export const pingMs = async (
  line: Line,
  clock: Clock,
  withinMs: number = ANSWER_MS,
): Promise<number | undefined> => {
  const begun = clock.mono();
  line.send(PINGREQ);
  for (;;) {
    const passedMs = Number(clock.mono() - begun) / 1e6;
    const answer = await line.next(Math.max(1, withinMs - passedMs));
    if (answer === undefined) return undefined;
    if (answer.type === TYPE.pingresp) return Number(clock.mono() - begun) / 1e6;
  }
};

/** How long somebody who comes now waits for an answer, by whatever code; undefined where none comes. */
export const newcomerMs = async (context: AttackContext): Promise<number | undefined> => {
  const begun = context.clock.mono();
  const { line, code } = await enter(context, STRANGER);
  line[Symbol.dispose]();
  return code === undefined ? undefined : Number(context.clock.mono() - begun) / 1e6;
};

export const answersNewcomers = async (context: AttackContext): Promise<boolean> =>
  (await newcomerMs(context)) !== undefined;
