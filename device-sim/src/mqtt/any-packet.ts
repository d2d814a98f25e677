import { concatBytes } from '@outpost/schemas/words';
import type { Random } from '../random/sfc32.ts';

/** Packets of MQTT 3.1.1 and 5 as chance wants them: right, nearly right, and hostile in what they say. */

/** 3 is MQTT 3.1, 4 is 3.1.1, 5 is 5.0. */
export type Level = 3 | 4 | 5;

export interface PacketContext {
  readonly chance: Random;
  /** Whose topics are its own: below `devices/NAME/`. */
  readonly device: string;
  readonly password: string;
  readonly level: Level;
  /** False: only what a careless client would send too, so that a session gets far. */
  readonly isWild: boolean;
}

export const HOSTILE: readonly string[] = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '$SYS/a',
  '$share/g/a',
  '',
  'a\u0000b',
  '+',
  '#',
  '/',
  '\ufeff',
  'é'.repeat(60),
];

const TOPIC_LEVELS = 120;
const PAYLOAD_MAX_BYTES = 300;
/** So few that the packets of one exchange meet. */
const IDENTIFIERS = 6;
/** One wild introduction in so many is by somebody else. */
const STRANGER_IN = 8;

const NOTHING = new Uint8Array(0);

export const pick = <T>(chance: Random, among: readonly T[]): T => among[chance.whole(among.length)] as T;

const oneIn = (chance: Random, count: number): boolean => chance.whole(count) === 0;

const field = (bytes: Uint8Array): Uint8Array =>
  concatBytes(Uint8Array.of((bytes.length >> 8) & 0xff, bytes.length & 0xff), bytes);

const text = (value: string): Uint8Array => field(new TextEncoder().encode(value));

const packet = (first: number, ...body: readonly Uint8Array[]): Uint8Array => {
  const rest = concatBytes(...body);
  const length: number[] = [];
  for (let left = rest.length; ; left >>= 7) {
    length.push(left < 128 ? left : (left & 0x7f) | 0x80);
    if (left < 128) return concatBytes(Uint8Array.of(first, ...length), rest);
  }
};

const identifier = (chance: Random): Uint8Array =>
  oneIn(chance, 20)
    ? Uint8Array.of(chance.whole(256), chance.whole(256))
    : Uint8Array.of(0, 1 + chance.whole(IDENTIFIERS));

const topicOf = ({ chance, device, isWild }: PacketContext): string => {
  if (!isWild) return `devices/${device}/${chance.whole(8)}`;
  switch (chance.whole(8)) {
    case 0:
      return pick(chance, HOSTILE);
    case 1:
      return `devices/${device}/${'x/'.repeat(chance.whole(TOPIC_LEVELS))}`;
    case 2:
      return `devices/${device}/${pick(chance, HOSTILE)}`;
    default:
      return `devices/${device}/${chance.whole(8)}`;
  }
};

const filterOf = (context: PacketContext): string => {
  const { chance, device, isWild } = context;
  const own = [topicOf(context), `devices/${device}/#`, `devices/${device}/+`];
  return pick(chance, isWild ? [...own, '#', 'devices/#'] : own);
};

/** A property of MQTT 5 §2.2.2.2 with a value of its kind, or of another. */
const property = (chance: Random): Uint8Array => {
  switch (chance.whole(6)) {
    case 0:
      // Session expiry, maximum packet size, message expiry: four bytes.
      return Uint8Array.of(pick(chance, [0x11, 0x27, 0x02]), ...chance.bytes(4));
    case 1:
      // Receive maximum, topic alias, its maximum: two bytes.
      return Uint8Array.of(pick(chance, [0x21, 0x23, 0x22]), ...chance.bytes(2));
    case 2:
      return concatBytes(Uint8Array.of(0x26), text(pick(chance, HOSTILE)), text('v'));
    case 3:
      return concatBytes(Uint8Array.of(pick(chance, [0x08, 0x15, 0x03])), text(pick(chance, HOSTILE)));
    case 4:
      return concatBytes(Uint8Array.of(0x09), field(chance.bytes(chance.whole(40))));
    default:
      return chance.bytes(chance.whole(8));
  }
};

const properties = ({ chance, level }: PacketContext): Uint8Array => {
  if (level < 5) return NOTHING;
  const all = concatBytes(...Array.from({ length: chance.whole(4) }, () => property(chance)));
  return concatBytes(Uint8Array.of(oneIn(chance, 12) ? chance.whole(128) : all.length & 0x7f), all);
};

/** CONNECT, mostly of who is known and with what it must say. */
export const anyConnect = (context: PacketContext): Uint8Array => {
  const { chance, device, password, level } = context;
  const isKnown = !(context.isWild && oneIn(chance, STRANGER_IN));
  const user = isKnown ? device : pick(chance, [undefined, device, ...HOSTILE]);
  const secret = isKnown ? password : pick(chance, [undefined, 'guess', '']);
  const id = isKnown ? `f${chance.whole(4)}` : pick(chance, HOSTILE);
  const hasWill = oneIn(chance, 4);
  const flags =
    (user === undefined ? 0 : 0x80) |
    (secret === undefined ? 0 : 0x40) |
    (hasWill ? 0x04 | (chance.whole(3) << 3) | (oneIn(chance, 3) ? 0x20 : 0) : 0) |
    (oneIn(chance, 5) ? 0 : 0x02);
  const will = hasWill
    ? [properties(context), text(topicOf(context)), field(chance.bytes(chance.whole(PAYLOAD_MAX_BYTES)))]
    : [];
  return packet(
    0x10,
    text(context.isWild && oneIn(chance, 60) ? pick(chance, HOSTILE) : level === 3 ? 'MQIsdp' : 'MQTT'),
    Uint8Array.of(level, flags, 0, oneIn(chance, 4) ? chance.whole(3) : 0),
    properties(context),
    text(id),
    ...will,
    ...[user, secret].filter((each) => each !== undefined).map(text),
  );
};

const anyPublish = (context: PacketContext): Uint8Array => {
  const { chance } = context;
  const qos = context.isWild && oneIn(chance, 20) ? 3 : chance.whole(3);
  const flags = (qos << 1) | (oneIn(chance, 8) ? 1 : 0) | (oneIn(chance, 8) ? 8 : 0);
  const payload = chance.bytes(chance.whole(PAYLOAD_MAX_BYTES));
  const id = qos === 0 ? NOTHING : identifier(chance);
  return packet(0x30 | flags, text(topicOf(context)), id, properties(context), payload);
};

const anySubscribe = (context: PacketContext): Uint8Array => {
  const { chance } = context;
  const isAway = oneIn(chance, 3);
  const filters = Array.from({ length: context.isWild ? chance.whole(6) : 1 + chance.whole(5) }, () =>
    concatBytes(
      text(filterOf(context)),
      isAway
        ? NOTHING
        : Uint8Array.of(context.isWild && oneIn(chance, 6) ? chance.whole(256) : chance.whole(2)),
    ),
  );
  return packet(isAway ? 0xa2 : 0x82, identifier(chance), properties(context), ...filters);
};

/** PUBACK, PUBREC, PUBREL, PUBCOMP: of something under way, or of nothing. */
const anyAnswer = (context: PacketContext): Uint8Array => {
  const { chance, level, isWild } = context;
  const reason = level === 5 ? Uint8Array.of(chance.whole(256)) : NOTHING;
  const kinds = isWild ? [0x40, 0x50, 0x62, 0x70, 0x60] : [0x40, 0x50, 0x62, 0x70];
  return packet(pick(chance, kinds), identifier(chance), reason);
};

export const anyPacket = (context: PacketContext): Uint8Array => {
  const { chance, isWild } = context;
  if (isWild && oneIn(chance, 16)) return chance.bytes(1 + chance.whole(64));
  if (isWild && oneIn(chance, 12)) return anyConnect(context);
  switch (chance.whole(10)) {
    case 0:
      return anySubscribe(context);
    case 1:
      return packet(isWild ? pick(chance, [0xc0, 0xd0, 0xe0, 0xf0, 0x00, 0x20, 0x90, 0xb0]) : 0xc0);
    case 2:
    case 3:
      return anyAnswer(context);
    default:
      return anyPublish(context);
  }
};

/** Flips, cuts, doubles, lengthens or announces more than there is; as often as one in `among` for each. */
export const mutate = (chance: Random, bytes: Uint8Array, among: number): Uint8Array => {
  switch (chance.whole(among)) {
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
    case 4:
      return concatBytes(bytes, chance.bytes(1 + chance.whole(8)));
    default:
      return bytes;
  }
};
