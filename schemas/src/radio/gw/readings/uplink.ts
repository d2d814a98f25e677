import {
  fail,
  fault,
  fromHex,
  ok,
  type ReceptionBody,
  type Result,
  toHex,
  wallNs,
} from '../../../words/index.ts';
import type { Given, ValueOf } from '../field.ts';
import type { UPLINK_FRAME } from '../uplink.ts';
import { modulationOf, writeModulation } from './modulation.ts';
import { placeOf, writePlace } from './place.ts';

export type UplinkFrame = ValueOf<typeof UPLINK_FRAME>;

/** What a leaf can carry; LoRa itself ends at 255. */
const PHY_MAX_BYTES = 1_024;
/** dBm, dB and numbers of parts that a leaf can carry. */
const RSSI = { min: -300, max: 100 } as const;
const SNR = { min: -100, max: 100 } as const;
const NUMBER_MAX = 65_535;
/** 2010: earlier moments are receivers that have not found the year. */
const EARLIEST_NS = 1_262_304_000_000_000_000n;
const LATEST_NS = 2n ** 63n - 1n;
const NS_PER_S = 1_000_000_000n;
/** A gateway behind UDP, and the concentratord, give the counter of the concentrator; others what they like. */
const COUNTER_BYTES = 4;

const bad = (words: string): Result<never> => fail(fault('malformed', 'gw.uplink', 'message', words));

const CRC: ReadonlyMap<unknown, ReceptionBody['crc']> = new Map<unknown, ReceptionBody['crc']>([
  ['NO_CRC', 'none'],
  ['BAD_CRC', 'bad'],
  ['CRC_OK', 'ok'],
]);

const numberOf = (value: number): number | undefined => (value <= NUMBER_MAX ? value : undefined);

/** The counter that a context is; undefined where it is something else. */
export const counterOf = (context: Uint8Array): number | undefined =>
  context.length === COUNTER_BYTES
    ? new DataView(context.buffer, context.byteOffset).getUint32(0)
    : undefined;

export const contextOf = (tmst: number): Uint8Array => {
  const context = new Uint8Array(COUNTER_BYTES);
  new DataView(context.buffer).setUint32(0, tmst);
  return context;
};

const momentOf = (ns: bigint | undefined): ReceptionBody['gatewayTime'] =>
  ns !== undefined && ns >= EARLIEST_NS && ns <= LATEST_NS ? wallNs(ns) : undefined;

const fineOf = (ns: bigint | undefined): number | undefined =>
  ns === undefined || ns < 0n ? undefined : Number(ns % NS_PER_S);

/**
 * What an uplink says. What a frame is heard for must hold: its bytes, rate and strengths. What is said besides is
 * left out where it makes no sense. A field of ChirpStack's that is 0 says 0: protobuf knows no difference.
 */
export const receptionOf = ({ phyPayload, txInfo, rxInfo }: UplinkFrame): Result<ReceptionBody> => {
  if (rxInfo === undefined || txInfo === undefined) return bad('an uplink does not say how it was heard.');
  if (phyPayload.length === 0) return bad('an uplink has no bytes.');
  if (phyPayload.length > PHY_MAX_BYTES) return bad(`a frame is longer than ${PHY_MAX_BYTES} bytes.`);
  const modulation = modulationOf(txInfo.modulation);
  if (modulation === false) return bad('a frame was sent at no rate that radios have.');
  const { rssi, snr } = rxInfo;
  if (!(rssi >= RSSI.min && rssi <= RSSI.max && snr >= SNR.min && snr <= SNR.max)) {
    return bad('a frame has strengths that no radio measures.');
  }
  return ok({
    kind: 'reception',
    direction: 'heard',
    gateway: fromHex(rxInfo.gatewayId),
    phy: phyPayload,
    crc: CRC.get(rxInfo.crcStatus) ?? 'unknown',
    frequencyHz: txInfo.frequency === 0 ? undefined : txInfo.frequency,
    modulation,
    rssiDeciDbm: rssi * 10,
    signalRssiDeciDbm: undefined,
    snrDeciDb: modulation === undefined || modulation.kind === 'lora' ? Math.round(snr * 10) + 0 : undefined,
    powerDeciDbm: undefined,
    tmst: counterOf(rxInfo.context),
    gatewayTime: momentOf(rxInfo.gwTime),
    fineNs: fineOf(rxInfo.fineTimeSinceGpsEpoch),
    frequencyOffsetHz: undefined,
    channel: numberOf(rxInfo.channel),
    rfChain: numberOf(rxInfo.rfChain),
    antenna: numberOf(rxInfo.antenna),
    location: placeOf(rxInfo.location),
  });
};

const STATUS = { none: 'NO_CRC', bad: 'BAD_CRC', ok: 'CRC_OK', unknown: 'NO_CRC' } as const;

export interface UplinkExtra {
  readonly uplinkId: number;
  readonly metadata: ReadonlyMap<string, string>;
  /** Where the gateway gives another one than its counter. */
  readonly context?: Uint8Array;
}

/** A reception as ChirpStack wants to hear of it. */
export const writeUplink = (body: ReceptionBody, extra: UplinkExtra): Given<UplinkFrame> => {
  const { gateway, modulation, tmst, location } = body;
  return {
    phyPayload: body.phy,
    txInfo: {
      frequency: body.frequencyHz,
      modulation: modulation === undefined ? undefined : writeModulation(modulation),
    },
    rxInfo: {
      gatewayId: gateway === undefined ? '' : toHex(gateway),
      uplinkId: extra.uplinkId,
      gwTime: body.gatewayTime,
      rssi: Math.round((body.rssiDeciDbm ?? 0) / 10) + 0,
      snr: Math.fround((body.snrDeciDb ?? 0) / 10),
      channel: body.channel,
      rfChain: body.rfChain,
      antenna: body.antenna,
      location: location === undefined ? undefined : writePlace(location),
      context: extra.context ?? (tmst === undefined ? undefined : contextOf(tmst)),
      metadata: extra.metadata,
      crcStatus: STATUS[body.crc],
    },
  };
};
