import {
  type Clock,
  elapsedMs,
  type Fault,
  fail,
  fault,
  type MonoNs,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { type Channel, ENDED_IN_PEACE } from './channel.ts';
import { encodeSigned, encodeUp, PACKET_UP, REGISTER, SESSION_INIT } from './codec.ts';
import { type PacketDown, readDown } from './envelope.ts';
import { type HeliumSigner, newSessionSigner } from './gateway-keys.ts';
import type { Message } from './wire.ts';
import { within } from './within.ts';

export const ROUTE_PATH = '/helium.packet_router.packet/route';

/** How long the router may take to offer a session after the registration. */
export const OFFER_MS = 5_000;
/** A connection on which nothing was confirmed for so long is asked whether it is still there. */
export const KEEPALIVE_MS = 15_000;
/** How often it is looked whether it still is. */
const WATCH_MS = 2_500;
/** Acknowledgements that may fail to come, and what the next may be late by, before the router counts as gone. */
const ACKS_MISSED_MAX = 3;
const ACK_GRACE_MS = 5_000;

const NONE = new Uint8Array(0);

export interface RouteParts {
  readonly clock: Clock;
  /** The gateway's own key. */
  readonly signer: HeliumSigner;
  /** The router, for sentences. */
  readonly where: string;
  /** Seconds between acknowledgements of the router; 0 for none. */
  readonly ackEveryS: number;
  /** Whether PINGs confirm what was sent; else what the kernel has counts as there. */
  readonly confirms: boolean;
  received(packet: PacketDown): void;
}

/** A gateway's registered stream with a session, on a connection of its own. */
export interface Route {
  /**
   * Signs and writes at once. True when the machine behind the connection has it; false where the stream ended before
   * it said so. `isOver` must be false.
   */
  send(packet: Message<typeof PACKET_UP>): Promise<boolean>;
  /** Resolves when nothing is on its way. */
  drained(): Promise<void>;
  readonly isOver: boolean;
  readonly ended: Promise<Fault>;
  /** The other side will close the connection soon. */
  readonly leaving: Promise<void>;
  close(): void;
}

const registration = (signer: HeliumSigner, nowMs: bigint, packetAckInterval: number): Uint8Array => {
  const register = {
    timestamp: nowMs,
    gateway: signer.key,
    signature: NONE,
    sessionCapable: true,
    packetAckInterval,
  };
  return encodeUp('register', encodeSigned(REGISTER, register, signer.sign));
};

/** Answers an offer with a new session key. */
const initiation = (signer: HeliumSigner, nonce: Uint8Array, session: HeliumSigner): Uint8Array => {
  const init = { gateway: signer.key, nonce, sessionKey: session.key, signature: NONE };
  return encodeUp('sessionInit', encodeSigned(SESSION_INIT, init, signer.sign));
};

/** Which of what was written the other side has: everything that was the kernel's before a PING that it echoes. */
const createConfirmations = (
  channel: Channel,
  confirms: boolean,
  confirmed: () => void,
  finish: () => void,
) => {
  let open: ((isThere: boolean) => void)[] = [];
  let asked: ((isThere: boolean) => void)[] = [];
  let onTheirWay = 0;
  let isOver = false;
  let drained: (() => void)[] = [];

  const settle = (waiting: readonly ((isThere: boolean) => void)[], isThere: boolean): void => {
    for (const each of waiting) each(isThere);
    onTheirWay -= waiting.length;
    if (isThere) confirmed();
    if (onTheirWay > 0) return;
    for (const each of drained) each();
    drained = [];
  };

  const ask = async (): Promise<void> => {
    while (open.length > 0 && !isOver) {
      asked = open;
      open = [];
      const answer = confirms ? await channel.ping() : 'there';
      if (answer === 'leaving') {
        // A server that leaves in peace ends the stream after ours has ended, and so after all that was on it.
        finish();
        return;
      }
      // What was asked for is settled already where the stream ended meanwhile.
      const settled = asked;
      asked = [];
      settle(settled, answer === 'there');
    }
  };

  return {
    track: (written: Promise<boolean>): Promise<boolean> => {
      onTheirWay += 1;
      return new Promise((resolve) => {
        const place = (isWritten: boolean): void => {
          if (!isWritten || isOver) {
            settle([resolve], false);
            return;
          }
          open.push(resolve);
          if (asked.length === 0) void ask();
        };
        written.then(place, () => place(false));
      });
    },
    /** The stream has ended: what is on its way is there, or nothing more is known of it. */
    over: (isThere: boolean): void => {
      isOver = true;
      const waiting = [...asked, ...open];
      asked = [];
      open = [];
      settle(waiting, isThere);
    },
    drained: (): Promise<void> =>
      onTheirWay === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            drained.push(resolve);
          }),
  };
};

/** Why a router that acknowledged and then stopped is not waited for any more. */
const ackComplaint = (ackedAt: MonoNs | undefined, everyS: number, now: MonoNs): string | undefined =>
  ackedAt !== undefined && elapsedMs(ackedAt, now) > ACKS_MISSED_MAX * everyS * 1_000 + ACK_GRACE_MS
    ? 'has stopped to acknowledge.'
    : undefined;

interface Opened {
  readonly session: HeliumSigner;
}

/** Why there is no session: what ended the stream before the offer, or nothing did and none came. */
const refusalOf = (ended: Fault | undefined, where: string): Fault => {
  if (ended === undefined) return fault('unreachable', 'helium.offer', where, 'offers no session.');
  // A router that ends the stream in peace before it offers anything does not want this gateway.
  const words = 'ended the stream at the registration: it does not take the gateway’s key or signature.';
  return ended.code === ENDED_IN_PEACE ? fault('refused', 'helium.registration', where, words) : ended;
};

interface Watched {
  readonly channel: Channel;
  readonly clock: Clock;
  complaint(): string | undefined;
  drop(words: string): void;
}

/** Asks a silent connection whether it is still there, and drops one that is not, or whose router is not. */
const watch = async (
  { channel, clock, complaint, drop }: Watched,
  confirmedAt: () => MonoNs,
  signal: AbortSignal,
): Promise<void> => {
  for (let askedAt = clock.mono(); ; ) {
    await clock.sleep(WATCH_MS, signal);
    channel.check();
    const words = complaint();
    const now = clock.mono();
    if (words !== undefined) drop(words);
    const isSilent = elapsedMs(confirmedAt(), now) >= KEEPALIVE_MS && elapsedMs(askedAt, now) >= KEEPALIVE_MS;
    if (!isSilent) continue;
    askedAt = now;
    void channel.ping();
  }
};

/** Registers on a new stream of the connection and agrees on a session; a fault closes the connection. */
export const openRoute = async (
  channel: Channel,
  parts: RouteParts,
  signal: AbortSignal,
): Promise<Result<Route>> => {
  const { clock, signer, where, ackEveryS, received } = parts;
  let ackedAt: MonoNs | undefined;
  let confirmedAt = clock.mono();
  let why: Fault | undefined;
  let session: HeliumSigner | undefined;
  let offered: (opened: Opened) => void = () => undefined;
  const opened = new Promise<Opened>((resolve) => {
    offered = resolve;
  });

  const drop = (words: string): void => {
    why ??= fault('unreachable', 'helium.router', where, words);
    channel.close();
  };
  const accept = async (nonce: Uint8Array): Promise<void> => {
    const next = await newSessionSigner();
    // From here on the router goes by the new key, and so does everything that is written behind this.
    const written = stream.write(initiation(signer, nonce, next));
    session = next;
    if (await written) offered({ session: next });
  };
  const stream = channel.open(ROUTE_PATH, (message) => {
    const down = readDown(message);
    if (!down.ok) drop(`said something that cannot be read: ${down.fault.words}`);
    else if (down.value.kind === 'packet') received(down.value.packet);
    else if (down.value.kind === 'ack') ackedAt = clock.mono();
    else if (down.value.kind === 'offer') accept(down.value.nonce).catch(failed);
  });
  let failed: (error: unknown) => void = () => undefined;
  const bug = new Promise<never>((_, reject) => {
    failed = reject;
  });
  bug.catch(() => undefined);

  let isFinished = false;
  const confirmations = createConfirmations(
    channel,
    parts.confirms,
    () => {
      confirmedAt = clock.mono();
    },
    () => {
      isFinished = true;
      stream.end();
    },
  );
  const over = new AbortController();
  const ended = Promise.race([stream.ended, channel.closed]).then((fault) => {
    over.abort(new Error('the stream has ended'));
    confirmations.over(isFinished && fault.code === ENDED_IN_PEACE);
    channel.close();
    return why ?? fault;
  });

  const nowMs = clock.wall() / 1_000_000n;
  await stream.write(registration(signer, nowMs, ackEveryS));
  const first = await within(clock, OFFER_MS, Promise.race([opened, ended, bug]), signal).catch(
    (error: unknown) => {
      channel.close();
      throw error;
    },
  );
  if (first === undefined || !('session' in first)) {
    channel.close();
    return fail(refusalOf(first, where));
  }
  const watched = { channel, clock, drop, complaint: () => ackComplaint(ackedAt, ackEveryS, clock.mono()) };
  watch(watched, () => confirmedAt, over.signal).catch(() => undefined);
  return ok({
    send: (packet) => {
      if (session === undefined) throw new Error('A route without a session.');
      const { sign } = session;
      return confirmations.track(stream.write(encodeUp('packet', encodeSigned(PACKET_UP, packet, sign))));
    },
    drained: confirmations.drained,
    get isOver() {
      return stream.isOver;
    },
    ended: Promise.race([ended, bug]),
    leaving: channel.leaving,
    close: () => {
      stream.end();
      channel.close();
    },
  });
};
