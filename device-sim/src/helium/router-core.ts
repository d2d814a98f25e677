import { createHash, randomBytes } from 'node:crypto';
import {
  BYTES_PER_DC,
  decode,
  ENVELOPE_DOWN,
  ENVELOPE_UP,
  encode,
  encodeChoice,
  PACKET_ACK,
  PACKET_UP,
  REGISTER,
  readChoice,
  SESSION_INIT,
  SESSION_OFFER,
} from '@outpost/gateway/helium';
import { type Clock, toHex } from '@outpost/schemas/words';
import { type Downlink, encodeDownlink } from './downlink.ts';
import { createChecks } from './packet-checks.ts';
import { packetKind } from './packet-kind.ts';
import { newTally, type RouterTally, type StopReason, type TakenPacket } from './router-words.ts';
import { type IsSigned, signatureCheck } from './signed.ts';

/** How long a stream lives (hpr_packet_router_service.erl). */
export const STREAM_MS = 35 * 60_000;

/** One stream of a gateway, as the router holds it. */
export interface RouterStream {
  received(envelope: Uint8Array): void;
  finished(): void;
  closed(): void;
}

export interface StreamSink {
  send(envelope: Uint8Array): void;
  end(): void;
}

export interface RouterCore {
  open(sink: StreamSink): RouterStream;
  /** To the stream that the gateway registered last; false where there is none. */
  downlink(gateway: Uint8Array, down: Downlink): boolean;
  /** Binary keys, hex, that the router does not want; their streams go on. */
  readonly denied: Set<string>;
  readonly tally: RouterTally;
  /** Ends the stream of one gateway, its binary key in hex, as its timer would. */
  kill(gateway: string): void;
  /** Ends all streams, as the timer of each would. */
  killAll(): void;
  /** Offers a new session on every stream that has one, as older routers do every half hour. */
  offerAgain(): void;
  readonly streams: number;
}

export interface RouterParts {
  readonly clock: Clock;
  /** How long a stream lives; `STREAM_MS` on the real one. */
  readonly streamMs: number;
  taken(packet: TakenPacket): void;
}

interface Held {
  readonly sink: StreamSink;
  readonly over: AbortController;
  gateway: string | undefined;
  nonce: string | undefined;
  sessionKey: Uint8Array | undefined;
  lastHash: Uint8Array;
}

const NONE = new Uint8Array(0);
const UP: ReadonlySet<number> = new Set(Object.values(ENVELOPE_UP));

const sha256 = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from(createHash('sha256').update(bytes).digest());

const count = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

/** What `packet_router_packet_up_v1` is worth (helium/oracles-iot, iot_packet_verifier). */
const creditsOf = (kind: 'join' | 'uplink', payload: Uint8Array): number =>
  kind === 'join' ? 0 : Math.max(1, Math.ceil(payload.length / BYTES_PER_DC));

interface World {
  readonly parts: RouterParts;
  readonly tally: RouterTally;
  readonly owners: Map<string, Held>;
  readonly isSigned: IsSigned;
  readonly check: ReturnType<typeof createChecks>;
  stop(held: Held, reason: StopReason): void;
}

const acknowledge = async ({ parts: { clock }, tally }: World, held: Held, everyS: number): Promise<void> => {
  for (;;) {
    await clock.sleep(everyS * 1_000, held.over.signal);
    held.sink.send(encodeChoice(ENVELOPE_DOWN.packetAck, encode(PACKET_ACK, { payloadHash: held.lastHash })));
    held.lastHash = NONE;
    tally.acks += 1;
  }
};

const offer = (held: Held): void => {
  const nonce = Uint8Array.from(randomBytes(32));
  held.nonce = toHex(nonce);
  held.sink.send(encodeChoice(ENVELOPE_DOWN.sessionOffer, encode(SESSION_OFFER, { nonce })));
};

const register = (world: World, held: Held, bytes: Uint8Array): void => {
  const { tally, owners, stop, isSigned } = world;
  const read = decode(REGISTER, bytes);
  if (!read.ok || !isSigned(read.value.gateway, bytes, REGISTER.signature.number)) {
    stop(held, 'bad_register');
    return;
  }
  const gateway = toHex(read.value.gateway);
  const before = owners.get(gateway);
  // The newer stream has the gateway from now on, and the older one is told to go.
  if (before !== undefined && before !== held) stop(before, 'given_away');
  owners.set(gateway, held);
  held.gateway = gateway;
  tally.registered += 1;
  const { packetAckInterval, sessionCapable } = read.value;
  if (packetAckInterval > 0) acknowledge(world, held, packetAckInterval).catch(() => undefined);
  if (!sessionCapable) return;
  offer(held);
};

const initialize = ({ tally, stop, isSigned }: World, held: Held, bytes: Uint8Array): void => {
  const read = decode(SESSION_INIT, bytes);
  if (!read.ok || !isSigned(read.value.gateway, bytes, SESSION_INIT.signature.number)) {
    stop(held, 'bad_session_init');
    return;
  }
  if (toHex(read.value.nonce) !== held.nonce) {
    tally.nonceMismatches += 1;
    return;
  }
  held.sessionKey = read.value.sessionKey;
  tally.sessions += 1;
};

const takePacket = ({ tally, check, parts, stop }: World, held: Held, bytes: Uint8Array): void => {
  const read = decode(PACKET_UP, bytes);
  if (!read.ok) {
    stop(held, 'bad_envelope');
    return;
  }
  const packet = read.value;
  held.lastHash = sha256(packet.payload);
  const reason = check(held, bytes, packet);
  if (reason !== undefined) {
    count(tally.dropped, reason);
    return;
  }
  const kind = packetKind(packet.payload) ?? 'uplink';
  const credits = creditsOf(kind, packet.payload);
  tally.taken += 1;
  tally.joins += kind === 'join' ? 1 : 0;
  tally.credits += credits;
  parts.taken({ gateway: toHex(packet.gateway), packet, kind, credits });
};

const receive = (world: World, held: Held, envelope: Uint8Array): void => {
  const choice = readChoice(envelope, UP);
  if (choice === 'none' || choice === 'bent') world.stop(held, 'bad_envelope');
  else if (choice.number === ENVELOPE_UP.register) register(world, held, choice.bytes);
  else if (choice.number === ENVELOPE_UP.sessionInit) initialize(world, held, choice.bytes);
  else takePacket(world, held, choice.bytes);
};

/** The packet router's judgement of everything that a gateway says, with no socket. */
export const createRouterCore = (parts: RouterParts): RouterCore => {
  const { clock, streamMs } = parts;
  const owners = new Map<string, Held>();
  const streams = new Set<Held>();
  const denied = new Set<string>();
  const tally = newTally();

  const close = (held: Held): void => {
    held.over.abort(new Error('the stream is over'));
    streams.delete(held);
    if (held.gateway !== undefined && owners.get(held.gateway) === held) owners.delete(held.gateway);
  };
  const stop = (held: Held, reason: StopReason): void => {
    if (!streams.has(held)) return;
    count(tally.stopped, reason);
    close(held);
    // The router takes its leave with an empty message.
    if (reason === 'given_away' || reason === 'killed') held.sink.send(NONE);
    held.sink.end();
  };
  const isSigned = signatureCheck();
  const check = createChecks(clock, denied, isSigned);
  const world: World = { parts, tally, owners, isSigned, check, stop };

  return {
    open: (sink) => {
      const held: Held = {
        sink,
        over: new AbortController(),
        gateway: undefined,
        nonce: undefined,
        sessionKey: undefined,
        lastHash: NONE,
      };
      streams.add(held);
      clock.sleep(streamMs, held.over.signal).then(
        () => stop(held, 'killed'),
        () => undefined,
      );
      return {
        received: (envelope) => {
          if (streams.has(held)) receive(world, held, envelope);
        },
        finished: () => stop(held, 'eos'),
        closed: () => close(held),
      };
    },
    downlink: (gateway, down) => {
      const held = owners.get(toHex(gateway));
      held?.sink.send(encodeDownlink(down));
      tally.downlinks += held === undefined ? 0 : 1;
      return held !== undefined;
    },
    denied,
    tally,
    kill: (gateway) => {
      const held = owners.get(gateway);
      if (held !== undefined) stop(held, 'killed');
    },
    killAll: () => {
      for (const held of streams) stop(held, 'killed');
    },
    offerAgain: () => {
      for (const held of streams) if (held.sessionKey !== undefined) offer(held);
    },
    get streams() {
      return streams.size;
    },
  };
};
