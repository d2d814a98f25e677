import { sampleReception } from '../../evidence/sample.ts';
import type { Place } from '../../privacy/index.ts';
import { fromHex, type ReceptionBody, type StreamId, wallNs } from '../../words/index.ts';
import type { SignedPosition, SignedReception } from './signed-reception.ts';

/** What the tests of this folder have in common: receptions as they come out of evidence. */

export const START_MS = 1_767_225_600_000;

export const [HOTSPOT, CAR, OTHER]: readonly [string, string, string] = [
  'aa'.repeat(32),
  'bb'.repeat(32),
  'cc'.repeat(32),
];

const wallAfter = (ms: number) => wallNs(BigInt(START_MS + ms) * 1_000_000n);

/** Degrees × 10^7; 1 km north is 89,932. */
export const north = (km: number): Place => ({
  latitude: 520_000_000 + Math.round(km * 89_932),
  longitude: 130_000_000,
});

export const located = (km: number): ReceptionBody['location'] => ({
  ...north(km),
  altitudeCm: undefined,
  source: 'gnss',
});

const leafPlace = (deviceKey: string, stream: StreamId, sequence: number) => ({
  deviceKey,
  gatewayKey: `b0${deviceKey.slice(2)}`,
  stream,
  epoch: 'e0'.repeat(16),
  sequence,
  origin: 'live' as const,
});

export const signed = (
  deviceKey: string,
  ms: number,
  body: Partial<ReceptionBody> = {},
  over: Partial<SignedReception> = {},
): SignedReception => ({
  ...leafPlace(deviceKey, 'hotspot/coverage', ms),
  wall: wallAfter(ms + 40),
  trust: 'ntp',
  body: sampleReception({
    gateway: fromHex(deviceKey.slice(0, 16)),
    location: located(0),
    gatewayTime: wallAfter(ms),
    tmst: (ms * 1_000) % 2 ** 32,
    ...body,
  }),
  ...over,
});

/** A module on a serial line: bytes and signal, nothing else. */
export const MODULE: Partial<ReceptionBody> = {
  gateway: undefined,
  crc: 'unknown',
  frequencyHz: undefined,
  modulation: undefined,
  signalRssiDeciDbm: undefined,
  tmst: undefined,
  gatewayTime: undefined,
  fineNs: undefined,
  location: undefined,
};

export const position = (deviceKey: string, ms: number, km: number, radio?: string): SignedPosition => ({
  ...leafPlace(deviceKey, 'car/telemetry', ms),
  wall: wallAfter(ms),
  trust: 'ntp',
  radio,
  body: {
    kind: 'position',
    fix: '3d',
    ...north(km),
    altitudeCm: undefined,
    speedCmS: undefined,
    courseCdeg: undefined,
    hdopCenti: undefined,
    satellites: undefined,
    fixedAt: undefined,
  },
});
