import { createCipheriv } from 'node:crypto';
import {
  dataMicHolds,
  frequenciesOf,
  JOIN_ACCEPT_DELAY1_S,
  type LoraRate,
  openJoinAccept,
  parsePhy,
  type RegionPlan,
  uplinkChannelAt,
} from '@outpost/schemas/radio';
import { concatBytes, fromHex } from '@outpost/schemas/words';
import { type DeviceState, type EndDevice, type LastUplink, type Session, sessionOf } from './device.ts';

/** What comes from a gateway. */
export interface Downlink {
  readonly phy: Uint8Array;
  readonly frequencyHz: number;
  readonly rate: LoraRate;
  readonly startUs: number;
}

const US_PER_S = 1_000_000;
/** A device finds a preamble that begins so many symbols beside its window. */
const LATE_SYMBOLS = 3;

const symbolUs = ({ spreadingFactor, bandwidthHz }: LoraRate): number =>
  (2 ** spreadingFactor / bandwidthHz) * US_PER_S;

/** Where the first window listens: where the uplink was, or on the answer channel of its number (RP002-1.0.4 §2). */
const answerHz = (region: RegionPlan, upHz: number): number => {
  const answers = frequenciesOf(region.downlinkChannels);
  const channel = uplinkChannelAt(region, upHz) ?? 0;
  return answers.length === 0 ? upHz : (answers[channel % answers.length] ?? upHz);
};

const isRate = (rate: LoraRate, other: unknown): boolean => {
  const { spreadingFactor, bandwidthHz } = rate;
  const { spreadingFactor: sf, bandwidthHz: width } = other as Partial<LoraRate>;
  return sf === spreadingFactor && width === bandwidthHz;
};

/** The latest moment at which a window of an uplink can still open, and what a transmission may last in it. */
export const LISTENS_US: number = 20 * US_PER_S;

/** Whether a device of class A listens when and where this begins (LoRaWAN 1.0.4 §3.3). */
const listens = (
  region: RegionPlan,
  { endUs, isJoin, rxDelayS, frequencyHz, rate }: LastUplink,
  down: Downlink,
) => {
  const delayS = isJoin ? JOIN_ACCEPT_DELAY1_S : rxDelayS;
  const isAt = (delay: number): boolean =>
    Math.abs(down.startUs - endUs - delay * US_PER_S) <= LATE_SYMBOLS * symbolUs(down.rate);
  const isNear = (hz: number): boolean => Math.abs(hz - down.frequencyHz) <= 100;
  const second = region.downlink.find(({ index }) => index === region.rx2.dataRate)?.rate;
  // Where answers have channels of their own, they have rates of their own too.
  const isFirstRate = region.downlinkChannels.length > 0 || isRate(down.rate, rate);
  if (isAt(delayS)) return isNear(answerHz(region, frequencyHz)) && isFirstRate;
  return isAt(delayS + 1) && isNear(region.rx2.frequencyHz) && isRate(down.rate, second);
};

/** AES of one block by the platform: keys of a session under AppKey (LoRaWAN 1.0.4 §6.2.6). */
const sessionKey = (appKey: Uint8Array, kind: number, nonce: string, netId: string, devNonce: number) => {
  const reversed = (hex: string): Uint8Array => (fromHex(hex) ?? new Uint8Array()).toReversed();
  const number = Uint8Array.of(devNonce & 0xff, devNonce >> 8);
  const block = concatBytes(Uint8Array.of(kind), reversed(nonce), reversed(netId), number, new Uint8Array(7));
  const cipher = createCipheriv('aes-128-ecb', appKey, null).setAutoPadding(false);
  return new Uint8Array(cipher.update(block));
};

const joined = (
  device: EndDevice,
  last: LastUplink,
  phy: Uint8Array,
  message: number,
): Session | undefined => {
  const { appKey } = device.identity;
  const opened = openJoinAccept(phy, appKey);
  // Devices speak LoRaWAN 1.0: a network that speaks 1.1 answers them as one of 1.0 does.
  if (!opened.ok || opened.value.optNeg) return undefined;
  const { devAddr, joinNonce, netId, rxDelayS } = opened.value;
  const key = (kind: number): Uint8Array => sessionKey(appKey, kind, joinNonce, netId, last.devNonce);
  const identity = { ...device.identity, devAddr, nwkSKey: key(1), appSKey: key(2) };
  return { identity, firstMessage: message, rxDelayS };
};

/** What a device is after a transmission that is strong enough; undefined where it does not listen, or it is another’s. */
export const hearDownlink = (
  device: EndDevice,
  state: DeviceState,
  region: RegionPlan,
  down: Downlink,
): DeviceState | undefined => {
  const { last } = state;
  if (last === undefined || !listens(region, last, down)) return undefined;
  const parsed = parsePhy(down.phy);
  if (!parsed.ok) return undefined;
  const frame = parsed.value;
  if (frame.kind === 'join-accept' && last.isJoin) {
    const session = joined(device, last, down.phy, state.message);
    return session === undefined ? undefined : { ...state, session, isAnswered: true };
  }
  const { identity } = sessionOf(device, state);
  if (frame.kind !== 'data' || frame.direction !== 'down' || frame.devAddr !== identity.devAddr)
    return undefined;
  const keys = { version: '1.0', nwkSKey: identity.nwkSKey } as const;
  return dataMicHolds(down.phy, keys, frame.counter) ? { ...state, isAnswered: true } : undefined;
};
