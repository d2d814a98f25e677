import { parsePhy } from '@outpost/schemas/radio';
import { type Body, fail, fault, ok, type ReceptionBody, type Result, toHex } from '@outpost/schemas/words';
import type { LiveDelivery, Prediction, Reward } from '../contract.ts';
import type { PACKET_UP } from './codec.ts';
import { dataRateOf } from './regions.ts';
import type { Message } from './wire.ts';

/** What a frame is to the packet router. */
export type PacketKind = 'join' | 'uplink';

/** A reception that the router would look at. */
export interface RoutablePacket {
  readonly kind: PacketKind;
  /** EUI of the gateway, 16 digits. */
  readonly eui: string;
  readonly payload: Uint8Array;
  readonly tmst: number;
  readonly rssiDbm: number;
  readonly snrDb: number;
  readonly frequencyHz: number;
  readonly dataRate: number;
}

const no = (words: string): Result<never> => fail(fault('refused', 'helium.packet', 'packet', words));

/**
 * Joins of 23 bytes and data frames that go up, as `hpr_packet_up:type` of helium-packet-router tells them: a frame
 * with options and port 0 is none. Undefined for what the router drops without a word.
 */
const kindOf = (phy: Uint8Array): PacketKind | undefined => {
  const parsed = parsePhy(phy);
  if (!parsed.ok) return undefined;
  const frame = parsed.value;
  if (frame.kind === 'join-request') return 'join';
  const isUp = frame.kind === 'data' && frame.direction === 'up';
  return isUp && !(frame.port === 0 && frame.options.length > 0) ? 'uplink' : undefined;
};

const routableReception = (body: ReceptionBody): Result<RoutablePacket> => {
  const { phy, gateway, crc, frequencyHz, modulation, snrDeciDb } = body;
  if (body.direction !== 'heard') return no('was sent by this box, not heard.');
  if (gateway === undefined) return no('names no gateway that heard it.');
  if (crc !== 'ok' && crc !== 'unknown') return no('is damaged or has no checksum, so no router takes it.');
  const kind = kindOf(phy);
  if (kind === undefined) return no('is neither a join nor an uplink of LoRaWAN; the router drops all else.');
  const rssi = body.signalRssiDeciDbm ?? body.rssiDeciDbm;
  const dataRate = modulation === undefined ? undefined : dataRateOf(modulation);
  if (rssi === undefined || frequencyHz === undefined || dataRate === undefined)
    return no('has no signal strength, frequency or data rate that Helium has a number for.');
  return ok({
    kind,
    eui: toHex(gateway),
    payload: phy,
    tmst: body.tmst ?? 0,
    rssiDbm: Math.round(rssi / 10),
    snrDb: Math.fround((snrDeciDb ?? 0) / 10),
    frequencyHz,
    dataRate,
  });
};

/** What of a reading goes to the router; a fault, of kind `refused`, says why nothing does. Pure. */
export const routable = (body: Body): Result<RoutablePacket> =>
  body.kind === 'reception' ? routableReception(body) : no('is no radio frame.');

export interface Sender {
  /** The gateway's public key, binary form. */
  readonly gateway: Uint8Array;
  readonly region: number;
}

/** `packet_router_packet_up_v1` without its signature. */
export const packetUp = (
  packet: RoutablePacket,
  { gateway, region }: Sender,
  holdTimeMs: number,
): Message<typeof PACKET_UP> => ({
  payload: packet.payload,
  timestamp: BigInt(packet.tmst),
  rssi: packet.rssiDbm,
  frequency: packet.frequencyHz,
  datarate: packet.dataRate,
  snr: packet.snrDb,
  region,
  holdTime: BigInt(Math.max(0, Math.round(holdTimeMs))),
  gateway,
  signature: new Uint8Array(0),
});

/** helium/oracles-iot, iot_packet_verifier/src/verifier.rs. */
export const BYTES_PER_DC = 24;

/**
 * What the network pays for a packet by its published rule: one data credit for each 24 bytes begun of the whole
 * frame, joins nothing. It is paid only where the router finds somebody who buys it, which no gateway is told.
 */
export const rewardOf = ({ kind, payload }: Pick<RoutablePacket, 'kind' | 'payload'>): Reward | undefined =>
  kind === 'join'
    ? undefined
    : {
        unit: 'DC',
        mantissa: Math.max(1, Math.ceil(payload.length / BYTES_PER_DC)),
        decimals: 0,
        basis: 'rule',
      };

/** What the router would say, worked out offline; undefined for what is no radio frame. */
export const predictPacket = ({ body }: LiveDelivery): Prediction | undefined => {
  if (body.kind !== 'reception') return undefined;
  const packet = routable(body);
  if (!packet.ok) return { expect: 'refused', words: `It ${packet.fault.words}` };
  const reward = rewardOf(packet.value);
  if (reward === undefined) return { expect: 'accepted', words: 'Joins are routed, and pay nothing.' };
  const words = `The router takes it; ${reward.mantissa} data credits are paid where somebody buys from this device.`;
  return { expect: 'accepted', words, reward };
};
