import { sampleEndorsement, sampleEpoch, sampleKey } from '@outpost/schemas/testing';
import type { Body, PositionBody, WallNs } from '@outpost/schemas/words';
import { wallNs } from '@outpost/schemas/words';
import type { Delivery } from '../contract.ts';
import { tokenDid } from './codec.ts';
import { dimoKeyOf, sealBinding } from './identity.ts';

/** Fixed keys and parties, byte for byte the same at every run. */
export const SAMPLE_DIMO_KEY = dimoKeyOf(new Uint8Array(32).fill(7));
export const SAMPLE_DEVICE = sampleKey(1);
export const SAMPLE_GATEWAY = sampleKey(2);
export const SAMPLE_RECORDS = [sampleEndorsement(SAMPLE_GATEWAY, SAMPLE_DEVICE)];
export const SAMPLE_BINDING = sealBinding(SAMPLE_DIMO_KEY, SAMPLE_GATEWAY);
const VEHICLE = tokenDid(137, '0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF', 33);
/** Without a token of a device the vehicle itself is named as the producer. */
export const SAMPLE_PARTIES = { source: SAMPLE_DIMO_KEY.address, subject: VEHICLE, producer: VEHICLE };

export const at = (text: string): WallNs => wallNs(BigInt(Date.parse(text)) * 1_000_000n);

/** Batches of one epoch, 100 ms between readings, the first at `start`. */
export const sampleDeliveries = (
  batches: readonly (readonly Body[])[],
  start?: WallNs,
): readonly Delivery[] => {
  const mono = 86_400_000_000_000n as never;
  const epoch = sampleEpoch({
    device: SAMPLE_DEVICE,
    gateway: SAMPLE_GATEWAY,
    ...(start === undefined ? {} : { anchor: { wall: start, mono, trust: 'ntp' as const } }),
  });
  return batches.map((bodies) => {
    const { attestation, leaves, statement, head } = epoch.next(bodies);
    const { stream, deviceKey, origin, keyKind } = statement;
    return { hash: head.hash, attestation, leaves, stream, deviceKey, origin, keyKind };
  });
};

export const sampleDelivery = (bodies: readonly Body[], start?: WallNs): Delivery => {
  const [only] = sampleDeliveries([bodies], start);
  if (only === undefined) throw new Error('one batch gives one delivery');
  return only;
};

export const number = (signal: number, mantissa: number, ecu = 0x7e8): Body => ({
  kind: 'number',
  signal,
  mantissa,
  ecu,
});

export const position = (latitude: number, longitude: number, hdopCenti?: number): PositionBody => ({
  kind: 'position',
  fix: '3d',
  latitude,
  longitude,
  altitudeCm: undefined,
  speedCmS: undefined,
  courseCdeg: undefined,
  hdopCenti,
  satellites: undefined,
  fixedAt: undefined,
});

export const codes = (list: readonly string[], ecu = 0x7e8): Body => ({
  kind: 'codes',
  status: 'stored',
  codes: list,
  ecu,
});

export const vin = (text: string): Body => ({ kind: 'identity', of: 'vin', text, ecu: 0x7e8 });

/**
 * DIMO's full AutoPi sample of 21 signals, in its order: those 17 of them that have a name in the default module, of
 * which three are one position. The other four (a flag of its own, satellites, two of the Wi-Fi) are none of ours.
 */
export const FULL_SAMPLE: readonly Body[] = [
  number(12, 2_500),
  number(5, 107),
  number(7, 47_579),
  number(4, 1_255),
  number(8, 2_353),
  number(11, 1_250),
  number(8, 2_353),
  number(7, 47_579),
  number(4, 1_255),
  number(8, 2_353),
  number(11, 1_250),
  position(562_701_400, -565_015_183, 140),
  number(1, 39),
  number(2, 200_000),
  number(14, 5_000),
];

export const FULL_SAMPLE_SIGNALS = 21;
export const FULL_SAMPLE_NAMED = 17;
