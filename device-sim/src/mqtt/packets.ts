import { concatBytes } from '@outpost/schemas/words';

/** Packets of MQTT 3.1.1 as bytes, for senders that must cost less than what they load. */

const NOTHING = new Uint8Array(0);

const text = (value: string): Uint8Array => {
  const bytes = new TextEncoder().encode(value);
  return concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 0xff), bytes);
};

const packet = (first: number, ...body: readonly Uint8Array[]): Uint8Array => {
  const rest = concatBytes(...body);
  const length: number[] = [];
  for (let left = rest.length; ; left >>= 7) {
    length.push(left < 128 ? left : (left & 0x7f) | 0x80);
    if (left < 128) return concatBytes(Uint8Array.of(first, ...length), rest);
  }
};

const identifier = (id: number): Uint8Array => Uint8Array.of(id >> 8, id & 0xff);

export interface Account {
  readonly clientId: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** CONNECT with a clean session and no keepalive (§3.1). */
export const connectPacket = ({ clientId, user, password }: Account): Uint8Array => {
  const flags = 0x02 | (user === undefined ? 0 : 0x80) | (password === undefined ? 0 : 0x40);
  const fields = [clientId, user, password].filter((field) => field !== undefined);
  return packet(0x10, text('MQTT'), Uint8Array.of(4, flags, 0, 0), ...fields.map(text));
};

/** PUBLISH (§3.3); an identifier makes it one with QoS 1. */
export const publishPacket = (topic: string, payload: Uint8Array, id?: number): Uint8Array =>
  packet(id === undefined ? 0x30 : 0x32, text(topic), id === undefined ? NOTHING : identifier(id), payload);

/** SUBSCRIBE to one filter (§3.8). */
export const subscribePacket = (filter: string, qos: 0 | 1): Uint8Array =>
  packet(0x82, identifier(1), text(filter), Uint8Array.of(qos));

export const pubackPacket = (id: number): Uint8Array => Uint8Array.of(0x40, 2, id >> 8, id & 0xff);

export const PINGREQ: Uint8Array = Uint8Array.of(0xc0, 0);

export const TYPE = { connack: 2, publish: 3, puback: 4, suback: 9, pingresp: 13 } as const;

export interface Seen {
  readonly type: number;
  /** The first byte: flags are its low half. */
  readonly first: number;
  /** The body, a view of what arrived where it came in one piece. */
  readonly body: Uint8Array;
}

/** Cuts a stream of bytes into packets, each handed to `see`. */
export const newCutter = (see: (packet: Seen) => void): ((chunk: Uint8Array) => void) => {
  let tail: Uint8Array = NOTHING;
  return (chunk) => {
    const bytes = tail.length === 0 ? chunk : concatBytes(tail, chunk);
    let at = 0;
    for (;;) {
      let length = 0;
      let digits = 1;
      let next = bytes[at + digits];
      for (; next !== undefined; digits += 1, next = bytes[at + digits]) {
        length += (next & 0x7f) * 128 ** (digits - 1);
        if (next < 128) break;
      }
      const start = at + digits + 1;
      if (next === undefined || start + length > bytes.length) break;
      const first = bytes[at] ?? 0;
      see({ type: first >> 4, first, body: bytes.subarray(start, start + length) });
      at = start + length;
    }
    tail = at === bytes.length ? NOTHING : bytes.slice(at);
  };
};

/** The packet identifier of a PUBACK, SUBACK or the like. */
export const identifierOf = (body: Uint8Array): number => ((body[0] ?? 0) << 8) | (body[1] ?? 0);
