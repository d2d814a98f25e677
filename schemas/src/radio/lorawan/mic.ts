import { concatBytes, equalBytes, fail, fault, ok, type Result, toHex } from '../../words/index.ts';
import { aes128, BLOCK_BYTES } from './aes.ts';
import { aesCmac } from './cmac.ts';
import type { Hex } from './phy.ts';

const MIC_BYTES = 4;

const withoutMic = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - MIC_BYTES);
const micOf = (bytes: Uint8Array): Uint8Array => bytes.subarray(bytes.length - MIC_BYTES);

/** Down frames have an odd MType: 3 and 5. */
const isDown = (bytes: Uint8Array): boolean => ((bytes[0] ?? 0) >> 5) % 2 === 1;

const le = (value: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) % 256);

/** The block in front of a data frame under CMAC; `varying` is what LoRaWAN 1.1 put into its four zero bytes. */
const blockB = (bytes: Uint8Array, counter: number, varying: Uint8Array): Uint8Array =>
  concatBytes(
    Uint8Array.of(0x49),
    varying,
    Uint8Array.of(isDown(bytes) ? 1 : 0),
    bytes.subarray(1, 5),
    le(counter, 4),
    Uint8Array.of(0, bytes.length - MIC_BYTES),
  );

const dataCmac = (bytes: Uint8Array, key: Uint8Array, counter: number, varying: Uint8Array): Uint8Array =>
  aesCmac(key, concatBytes(blockB(bytes, counter, varying), withoutMic(bytes))).subarray(0, MIC_BYTES);

/** What LoRaWAN 1.1 binds into the MIC of an uplink besides its counter. */
export interface UplinkContext {
  /** Data rate index and channel index that it was sent with. */
  readonly dataRate: number;
  readonly channel: number;
  /** Low 16 bits of the counter of the confirmed downlink that it acknowledges; 0 where it acknowledges none. */
  readonly acknowledges: number;
}

/** The integrity keys of a session, 16 bytes each. */
export type SessionKeys =
  | { readonly version: '1.0'; readonly nwkSKey: Uint8Array }
  | { readonly version: '1.1'; readonly fNwkSIntKey: Uint8Array; readonly sNwkSIntKey: Uint8Array };

const NO_CONTEXT: UplinkContext = { dataRate: 0, channel: 0, acknowledges: 0 };

/**
 * The four bytes that a data frame must end in. `counter` is all 32 bits of it, of which the frame carries the low 16.
 * LoRaWAN 1.0.4 §4.4; 1.1 §4.4: uplinks have two bytes by each key. `bytes` is the whole PHYPayload.
 */
export const dataMic = (
  bytes: Uint8Array,
  keys: SessionKeys,
  counter: number,
  { dataRate, channel, acknowledges }: UplinkContext = NO_CONTEXT,
): Uint8Array => {
  const zeros = new Uint8Array(4);
  if (keys.version === '1.0') return dataCmac(bytes, keys.nwkSKey, counter, zeros);
  const confirmed = concatBytes(le(acknowledges, 2), Uint8Array.of(0, 0));
  if (isDown(bytes)) return dataCmac(bytes, keys.sNwkSIntKey, counter, confirmed);
  const sent = concatBytes(le(acknowledges, 2), Uint8Array.of(dataRate, channel));
  const byServing = dataCmac(bytes, keys.sNwkSIntKey, counter, sent);
  const byForwarding = dataCmac(bytes, keys.fNwkSIntKey, counter, zeros);
  return concatBytes(byServing.subarray(0, 2), byForwarding.subarray(0, 2));
};

export const dataMicHolds = (
  bytes: Uint8Array,
  keys: SessionKeys,
  counter: number,
  context?: UplinkContext,
): boolean => equalBytes(dataMic(bytes, keys, counter, context), micOf(bytes));

/**
 * Whether a join-request holds by AppKey (1.0) or NwkKey (1.1), or a rejoin-request by SNwkSIntKey (types 0 and 2) or
 * JSIntKey (type 1): all are CMACs over the frame itself (LoRaWAN 1.1 §6.2.2, §6.2.4).
 */
export const requestMicHolds = (bytes: Uint8Array, key: Uint8Array): boolean =>
  equalBytes(aesCmac(key, withoutMic(bytes)).subarray(0, MIC_BYTES), micOf(bytes));

/** A join-accept in the clear. */
export interface OpenJoinAccept {
  /** 6 digits; AppNonce before 1.1. */
  readonly joinNonce: Hex;
  readonly netId: Hex;
  readonly devAddr: Hex;
  /** The network speaks LoRaWAN 1.1. */
  readonly optNeg: boolean;
  readonly rx1DataRateOffset: number;
  readonly rx2DataRate: number;
  /** Seconds, 1 to 15. */
  readonly rxDelayS: number;
  /** 16 bytes, or none. */
  readonly channelList: Uint8Array;
}

/** What LoRaWAN 1.1 binds into the MIC of a join-accept: the request it answers and the key JSIntKey. */
export interface AnsweredRequest {
  readonly jsIntKey: Uint8Array;
  /** 0xFF for a join-request, 0 to 2 for a rejoin-request of that type. */
  readonly joinRequestType: number;
  /** 8 bytes as on the air, least significant first. */
  readonly joinEui: Uint8Array;
  readonly devNonce: number;
}

const reversedHex = (bytes: Uint8Array): Hex => toHex(bytes.toReversed());

/**
 * Reads a join-accept with AppKey (1.0), NwkKey (1.1) or JSEncKey (answer to a rejoin). Its sender decrypted where a
 * receiver encrypts. `untrusted` where its MIC does not hold, which is also what a wrong key looks like. A network that
 * speaks 1.1 (`optNeg`) binds the request into the MIC; without `answered` that is checked as 1.0 does.
 */
export const openJoinAccept = (
  bytes: Uint8Array,
  key: Uint8Array,
  answered?: AnsweredRequest,
): Result<OpenJoinAccept> => {
  const encrypt = aes128(key);
  const blocks: Uint8Array[] = [bytes.subarray(0, 1)];
  for (let at = 1; at < bytes.length; at += BLOCK_BYTES)
    blocks.push(encrypt(bytes.subarray(at, at + BLOCK_BYTES)));
  const clear = concatBytes(...blocks);
  const settings = clear[11] ?? 0;
  const optNeg = (settings & 0x80) !== 0;
  const front =
    optNeg && answered !== undefined
      ? concatBytes(Uint8Array.of(answered.joinRequestType), answered.joinEui, le(answered.devNonce, 2))
      : new Uint8Array();
  const micKey = optNeg && answered !== undefined ? answered.jsIntKey : key;
  const expected = aesCmac(micKey, concatBytes(front, withoutMic(clear))).subarray(0, MIC_BYTES);
  if (!equalBytes(expected, micOf(clear)))
    return fail(
      fault('untrusted', 'lorawan.join-accept-mic', 'LoRaWAN frame', 'The join-accept is not by this key.'),
    );
  return ok({
    joinNonce: reversedHex(clear.subarray(1, 4)),
    netId: reversedHex(clear.subarray(4, 7)),
    devAddr: reversedHex(clear.subarray(7, 11)),
    optNeg,
    rx1DataRateOffset: (settings >> 4) & 0x07,
    rx2DataRate: settings & 0x0f,
    rxDelayS: Math.max(1, (clear[12] ?? 0) & 0x0f),
    channelList: clear.slice(13, clear.length - MIC_BYTES),
  });
};
