import { asciiBytes, concatBytes } from '@outpost/schemas/words';
import type { Random } from '../../random/sfc32.ts';
import type { AirFrame, Channel } from './module.ts';

/** MType “unconfirmed data up”, LoRaWAN R1. */
const UNCONFIRMED_UP = 0x40;
const PORT = 1;
const BROADCAST = 0xffff_ffff;
/** As they come from a node itself: three hops left of three. */
const THREE_OF_THREE = 0x63;

const uint32 = (value: number): Uint8Array =>
  Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);

/** An uplink whose check nobody has the key for. */
const uplink = (random: Random): Uint8Array =>
  concatBytes(
    Uint8Array.of(UNCONFIRMED_UP),
    random.bytes(4),
    Uint8Array.of(0),
    random.bytes(2),
    Uint8Array.of(PORT),
    random.bytes(4 + random.whole(47)),
    random.bytes(4),
  );

const meshPacket = (random: Random): Uint8Array =>
  concatBytes(
    uint32(BROADCAST),
    random.bytes(8),
    Uint8Array.of(THREE_OF_THREE, random.whole(256), 0, random.whole(256)),
    random.bytes(1 + random.whole(230)),
  );

/** Text as people send it with these modules, commas and line ends included. */
const text = (random: Random): Uint8Array => {
  const words = ['23.5', 'door open', ',', '\r\n', '+OK', '-99', 'ok', '\n'];
  const length = 1 + random.whole(8);
  return asciiBytes(Array.from({ length }, () => words[random.whole(words.length)]).join(','));
};

/** What somebody else's device puts on the air in this channel. */
export const airFrame = (random: Random, family: string, channel: Channel): AirFrame => {
  const make = family === 'meshtastic' ? meshPacket : family === 'rylr' ? text : uplink;
  const phy = make(random);
  return { ...channel, phy, rssiDbm: -random.whole(90) - 30, snrDb: random.whole(80) / 4 - 10 };
};
