import { type BeaconEntropy, beaconPayload } from '@outpost/schemas/radio';
import {
  type Body,
  fail,
  fault,
  ok,
  type ReceptionBody,
  type Result,
  toHex,
  type WallNs,
} from '@outpost/schemas/words';
import type { BEACON_REPORT, WITNESS_REPORT } from '../helium/codec.ts';
import { isEui } from '../helium/gateway-keys.ts';
import { dataRateOf } from '../helium/regions.ts';
import type { Message } from '../helium/wire.ts';

/** A beacon that a gateway of this box heard or sent. */
export interface SeenBeacon {
  readonly role: 'witness' | 'beaconer';
  /** EUI of the gateway, 16 digits. */
  readonly eui: string;
  /** The 51 bytes behind the MHDR. */
  readonly payload: Uint8Array;
  readonly body: ReceptionBody;
}

/**
 * A frame that may be a beacon: proprietary, of 52 bytes, whole, and by a gateway with a name. Undefined for all else.
 */
export const seenBeacon = (body: Body): SeenBeacon | undefined => {
  if (body.kind !== 'reception' || body.gateway === undefined) return undefined;
  const payload = beaconPayload(body.phy);
  const isWhole = body.direction === 'sent' || body.crc === 'ok' || body.crc === 'unknown';
  const eui = toHex(body.gateway);
  if (payload === undefined || !isWhole || !isEui(eui)) return undefined;
  return { role: body.direction === 'sent' ? 'beaconer' : 'witness', eui, payload, body };
};

const NONE = new Uint8Array(0);

const no = (words: string): Result<never> => fail(fault('refused', 'incomplete', 'report', words));

interface Channel {
  readonly frequency: bigint;
  readonly datarate: number;
}

const channelOf = ({ frequencyHz, modulation }: ReceptionBody): Channel | undefined => {
  const datarate = modulation === undefined ? undefined : dataRateOf(modulation);
  return frequencyHz === undefined || datarate === undefined
    ? undefined
    : { frequency: BigInt(frequencyHz), datarate };
};

/** What a report says of itself: by whom, and when its reading was, nanoseconds since 1970. */
export interface ReportOf {
  /** The gateway's public key, binary form. */
  readonly gateway: Uint8Array;
  readonly wall: WallNs;
}

/**
 * `lora_witness_report_req_v1` without its signature. The signal is that of the frame alone where the gateway tells it
 * apart, as gateway-rs has it; both numbers go in tenths.
 */
export const witnessReport = (
  { body, payload }: SeenBeacon,
  { gateway, wall }: ReportOf,
): Result<Message<typeof WITNESS_REPORT>> => {
  const channel = channelOf(body);
  const signal = body.signalRssiDeciDbm ?? body.rssiDeciDbm;
  if (channel === undefined || signal === undefined)
    return no('the gateway tells no signal strength, frequency or LoRa rate that Helium has a number for.');
  return ok({
    gateway,
    payload,
    timestamp: wall,
    tmst: body.tmst ?? 0,
    signal,
    snr: body.snrDeciDb ?? 0,
    ...channel,
    signature: NONE,
  });
};

/** What else has to be known of a beacon that was sent. */
export interface SentBeacon extends ReportOf {
  readonly entropy: BeaconEntropy;
  /** dBi that the forwarder itself takes off the power that it is told. */
  readonly forwarderGainDbi: number;
}

/** `lora_beacon_report_req_v1` without its signature, with the power that the gateway says it sent with. */
export const beaconReport = (
  { body, payload }: SeenBeacon,
  { gateway, wall, entropy, forwarderGainDbi }: SentBeacon,
): Result<Message<typeof BEACON_REPORT>> => {
  const channel = channelOf(body);
  if (channel === undefined || body.powerDeciDbm === undefined)
    return no('the gateway does not say with which frequency, LoRa rate and power it sent.');
  return ok({
    gateway,
    localEntropy: entropy.localEntropy,
    remoteEntropy: entropy.remoteEntropy.bytes,
    payload,
    frequency: channel.frequency,
    channel: 0,
    datarate: channel.datarate,
    txPower: Math.trunc(body.powerDeciDbm / 10 - forwarderGainDbi),
    timestamp: wall,
    signature: NONE,
    tmst: body.tmst ?? 0,
  });
};
