import { concatBytes, elapsedMs, type Fault, fault, type MonoNs } from '@outpost/schemas/words';
import { readJ1939Id } from './j1939-id.ts';
import type { Carrier } from './question.ts';

/** One frame of a J1939 bus with what carried it. */
export interface J1939Frame {
  /** 29 bits. */
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly carrier: Carrier;
}

/** One whole message to everybody: a single frame, or what several packets were put together to. */
export interface J1939Message {
  readonly pgn: number;
  readonly source: number;
  readonly bytes: Uint8Array;
  readonly carriers: readonly Carrier[];
}

/** A message under way from one control unit. */
interface Open {
  readonly pgn: number;
  readonly length: number;
  readonly parts: readonly Uint8Array[];
  readonly carriers: readonly Carrier[];
  readonly since: MonoNs;
}

/** By source address. At most 256 messages of at most 1,785 bytes are under way. */
export type Transport = ReadonlyMap<number, Open>;

export const NO_TRANSPORT: Transport = new Map();

export interface Received {
  readonly transport: Transport;
  /** Undefined where the frame completes nothing. */
  readonly message: J1939Message | undefined;
  /** Carriers that no message will come of, and why. */
  readonly broken: { readonly carriers: readonly Carrier[]; readonly fault: Fault } | undefined;
}

/** Connection management and data transfer of the transport protocol (SAE J1939-21). */
const MANAGEMENT = 60_416;
const DATA = 60_160;

const ANNOUNCES_TO_ALL = 0x20;
const FRAME_BYTES = 8;
const PACKET_BYTES = 7;
const MESSAGE_MIN_BYTES = 9;
const MESSAGE_MAX_BYTES = 1_785;

/** Packets come within this time of each other (T1); later ones belong to something else. */
export const PACKET_TIMEOUT_MS = 750;

const broken = (code: string, words: string): Fault => fault('malformed', `j1939.${code}`, 'message', words);

const nothing = (transport: Transport): Received => ({ transport, message: undefined, broken: undefined });

const without = (transport: Transport, source: number): Transport => {
  const rest = new Map(transport);
  rest.delete(source);
  return rest;
};

const refused = (transport: Transport, carriers: readonly Carrier[], reason: Fault): Received => ({
  transport,
  message: undefined,
  broken: { carriers, fault: reason },
});

/** `20 length length packets FF pgn pgn pgn`, the lowest byte first. */
const begin = (
  transport: Transport,
  source: number,
  { bytes, carrier }: J1939Frame,
  now: MonoNs,
): Received => {
  const [control = 0, low = 0, high = 0, packets = 0, , pgn0 = 0, pgn1 = 0, pgn2 = 0] = bytes;
  // What is meant for one receiver, and asks it to answer, is no business of a listener.
  if (control !== ANNOUNCES_TO_ALL) return nothing(transport);
  const before = transport.get(source);
  const length = low | (high << 8);
  const isSound =
    bytes.length === FRAME_BYTES &&
    length >= MESSAGE_MIN_BYTES &&
    length <= MESSAGE_MAX_BYTES &&
    packets === Math.ceil(length / PACKET_BYTES);
  if (!isSound) {
    const carriers = [...(before?.carriers ?? []), carrier];
    const words = `${length} bytes in ${packets} packets are announced`;
    return refused(without(transport, source), carriers, broken('announcement', words));
  }
  const pgn = pgn0 | (pgn1 << 8) | (pgn2 << 16);
  const opened = new Map(transport).set(source, { pgn, length, parts: [], carriers: [carrier], since: now });
  if (before === undefined) return nothing(opened);
  return refused(opened, before.carriers, broken('unfinished', 'another message began before its end'));
};

const goOn = (
  transport: Transport,
  source: number,
  { bytes, carrier }: J1939Frame,
  now: MonoNs,
): Received => {
  const open = transport.get(source);
  if (open === undefined) {
    return refused(transport, [carrier], broken('no-announcement', 'a packet that nothing announced'));
  }
  const carriers = [...open.carriers, carrier];
  const number = open.parts.length + 1;
  const give = (reason: Fault): Received => refused(without(transport, source), carriers, reason);
  if (elapsedMs(open.since, now) > PACKET_TIMEOUT_MS) {
    return give(
      broken('late', `packet ${number} came more than ${PACKET_TIMEOUT_MS} ms after the one before`),
    );
  }
  if (bytes.length !== FRAME_BYTES || bytes[0] !== number) {
    return give(broken('sequence', `packet ${bytes[0] ?? 0} came where ${number} was due`));
  }
  const parts = [...open.parts, bytes.subarray(1)];
  if (parts.length * PACKET_BYTES < open.length) {
    return nothing(new Map(transport).set(source, { ...open, parts, carriers, since: now }));
  }
  const message = { pgn: open.pgn, source, bytes: concatBytes(...parts).subarray(0, open.length), carriers };
  return { transport: without(transport, source), message, broken: undefined };
};

/**
 * Takes one frame: a message by itself, or a packet of one that is announced to everybody (BAM). Packets count only in
 * order and in time. Faults are `malformed`: `j1939.announcement`, `j1939.unfinished`, `j1939.no-announcement`,
 * `j1939.late`, `j1939.sequence`.
 */
export const receiveJ1939 = (transport: Transport, frame: J1939Frame, now: MonoNs): Received => {
  const { pgn, source, destination } = readJ1939Id(frame.id);
  if (destination !== undefined) return nothing(transport);
  if (pgn === MANAGEMENT) return begin(transport, source, frame, now);
  if (pgn === DATA) return goOn(transport, source, frame, now);
  const message = { pgn, source, bytes: frame.bytes, carriers: [frame.carrier] };
  return { transport, message, broken: undefined };
};

export interface Expired {
  readonly transport: Transport;
  readonly expired: readonly NonNullable<Received['broken']>[];
}

/** Gives up messages whose next packet has not come in time. */
export const expireJ1939 = (transport: Transport, now: MonoNs): Expired => {
  const late = [...transport].filter(([, { since }]) => elapsedMs(since, now) > PACKET_TIMEOUT_MS);
  if (late.length === 0) return { transport, expired: [] };
  const kept = new Map(transport);
  for (const [source] of late) kept.delete(source);
  const reason = broken('unfinished', `no packet came for more than ${PACKET_TIMEOUT_MS} ms`);
  return { transport: kept, expired: late.map(([, { carriers }]) => ({ carriers, fault: reason })) };
};

/** The frames' bytes of a message to everybody: one by itself, or the announcement and its packets, for simulators. */
export const segmentJ1939 = (
  pgn: number,
  bytes: Uint8Array,
): readonly { readonly pgn: number; readonly bytes: Uint8Array }[] => {
  if (bytes.length < MESSAGE_MIN_BYTES) return [{ pgn, bytes }];
  if (bytes.length > MESSAGE_MAX_BYTES)
    throw new RangeError(`${bytes.length} bytes are more than one message has`);
  const packets = Math.ceil(bytes.length / PACKET_BYTES);
  const announcement = Uint8Array.of(
    ANNOUNCES_TO_ALL,
    bytes.length & 0xff,
    bytes.length >> 8,
    packets,
    0xff,
    pgn & 0xff,
    (pgn >> 8) & 0xff,
    pgn >> 16,
  );
  const data = Array.from({ length: packets }, (_, index) => {
    const packet = new Uint8Array(FRAME_BYTES).fill(0xff);
    packet[0] = index + 1;
    packet.set(bytes.subarray(index * PACKET_BYTES, (index + 1) * PACKET_BYTES), 1);
    return { pgn: DATA, bytes: packet };
  });
  return [{ pgn: MANAGEMENT, bytes: announcement }, ...data];
};
