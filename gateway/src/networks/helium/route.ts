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
import { type CallStream, ENDED_IN_PEACE } from './channel.ts';
import { encodeSigned, encodeUp, type PACKET_UP, REGISTER, SESSION_INIT } from './codec.ts';
import type { Written } from './confirmations.ts';
import { type PacketDown, readDown } from './envelope.ts';
import { type HeliumSigner, newSessionSigner } from './gateway-keys.ts';
import { framePacket } from './packet-frame.ts';
import { endOf, type Lease } from './trunk.ts';
import type { Message } from './wire.ts';
import { within } from './within.ts';

export const ROUTE_PATH = '/helium.packet_router.packet/route';

/** How long the router may take to offer a session after the registration. */
export const OFFER_MS = 5_000;
/** How often it is looked whether the router still acknowledges. */
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
  received(packet: PacketDown): void;
}

/** A gateway's registered stream with a session. */
export interface Route {
  /**
   * Signs and writes at once. Settled with true when the machine behind the connection has it, with false where the
   * stream ended before it said so. `isOver()` must be false.
   */
  send(packet: Message<typeof PACKET_UP>, settle: (isThere: boolean) => void): void;
  /** Resolves when nothing is on its way. */
  drained(): Promise<void>;
  isOver(): boolean;
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

/** Packets of one stream that were written and are not known to be there. */
interface OnTheirWay {
  /** One packet more; told once how it ended. */
  begin(settle: (isThere: boolean) => void): Written;
  /** The stream has ended: what is on its way is there, or nothing more is known of it. */
  over(isThere: boolean): void;
  drained(): Promise<void>;
}

const createOnTheirWay = (finish: () => void): OnTheirWay => {
  const open = new Set<Written>();
  let drained: (() => void)[] = [];

  return {
    begin: (settle) => {
      const packet: Written = {
        settle: (isThere) => {
          if (!open.delete(packet)) return;
          settle(isThere);
          if (open.size > 0) return;
          for (const each of drained) each();
          drained = [];
        },
        finish,
      };
      open.add(packet);
      return packet;
    },
    over: (isThere) => {
      for (const each of open) each.settle(isThere);
    },
    drained: () =>
      open.size === 0
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
  readonly clock: Clock;
  complaint(): string | undefined;
  drop(words: string): void;
}

/** Drops a stream whose router has stopped to acknowledge. */
const watch = async ({ clock, complaint, drop }: Watched, signal: AbortSignal): Promise<void> => {
  for (;;) {
    await clock.sleep(WATCH_MS, signal);
    const words = complaint();
    if (words !== undefined) drop(words);
  }
};

/** A stream on which the registration is written, and what comes back. */
interface Begun {
  readonly stream: CallStream;
  /** Whose key the router goes by for what is written now; undefined before the first offer. */
  session(): HeliumSigner | undefined;
  /** Resolves with the first session. */
  readonly opened: Promise<Opened>;
  /** A Bug in what was received. */
  readonly bug: Promise<never>;
  readonly why: Fault | undefined;
  drop(words: string): void;
  ackedAt(): MonoNs | undefined;
}

const begin = ({ channel }: Lease, { clock, signer, where, received }: RouteParts): Begun => {
  let ackedAt: MonoNs | undefined;
  let why: Fault | undefined;
  let session: HeliumSigner | undefined;
  let offered: (opened: Opened) => void = () => undefined;
  const opened = new Promise<Opened>((resolve) => {
    offered = resolve;
  });
  let failed: (error: unknown) => void = () => undefined;
  const bug = new Promise<never>((_, reject) => {
    failed = reject;
  });
  bug.catch(() => undefined);

  const drop = (words: string): void => {
    why ??= fault('unreachable', 'helium.router', where, words);
    stream.cancel();
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
  return {
    stream,
    session: () => session,
    opened,
    bug,
    get why() {
      return why;
    },
    drop,
    ackedAt: () => ackedAt,
  };
};

/** Registers on a new stream of the connection and agrees on a session; whatever happens gives the lease back. */
export const openRoute = async (
  lease: Lease,
  parts: RouteParts,
  signal: AbortSignal,
): Promise<Result<Route>> => {
  const { clock, signer, where, ackEveryS } = parts;
  const begun = begin(lease, parts);
  const { stream } = begun;
  let isFinished = false;
  const packets = createOnTheirWay(() => {
    isFinished = true;
    stream.end();
  });
  const over = new AbortController();
  const ended = endOf(stream.ended, lease).then((fault) => {
    over.abort(new Error('the stream has ended'));
    packets.over(isFinished && fault.code === ENDED_IN_PEACE);
    lease.release();
    return begun.why ?? fault;
  });
  const close = (): void => {
    stream.cancel();
    lease.release();
  };

  void stream.write(registration(signer, clock.wall() / 1_000_000n, ackEveryS));
  const first = await within(clock, OFFER_MS, Promise.race([begun.opened, ended, begun.bug]), signal).catch(
    (error: unknown) => {
      close();
      throw error;
    },
  );
  if (first === undefined || !('session' in first)) {
    close();
    return fail(refusalOf(first, where));
  }
  const complaint = (): string | undefined => ackComplaint(begun.ackedAt(), ackEveryS, clock.mono());
  watch({ clock, drop: begun.drop, complaint }, over.signal).catch(() => undefined);
  return ok({
    send: (packet, settle) => {
      const session = begun.session();
      if (session === undefined) throw new Error('A route without a session.');
      const framed = framePacket(packet, session.sign);
      const written = packets.begin(settle);
      stream.post(framed, (isWritten) => {
        if (isWritten) lease.confirmations.take(written);
        else written.settle(false);
      });
    },
    drained: packets.drained,
    isOver: () => stream.isOver,
    ended: Promise.race([ended, begun.bug]),
    leaving: lease.channel.leaving,
    close,
  });
};
