import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../words/index.ts';
import {
  BEACON_EU868,
  type BeaconRegion,
  beaconPayload,
  beaconPhy,
  buildBeacon,
  sameBeacon,
} from './beacon.ts';
import { chacha12Words } from './chacha12.ts';

const bytes = (hex: string): Uint8Array => {
  const read = fromHex(hex);
  if (read === undefined) throw new Error(hex);
  return read;
};

// Made by a hotspot: helium/oracles-iot iot_verifier/src/poc.rs, test_verify_beacon_payload (Apache-2.0).
const LOCAL = bytes('e94619b0');
const REMOTE = {
  bytes: bytes('b6aa3f80d9355f139d998626b8d1ff1776cda36ae11a10006a8d516546276b09'),
  timestampS: 1_677_163_710,
  version: 0,
};
const PAYLOAD =
  '1c99124160e83b92867d630caf4c9ed21cfd923bbbcb7a9231f19c944af6441108d43006983add9eba65253b877e1248f441ae';

const built = (region = BEACON_EU868, gainDdbi = 81, local = LOCAL, remote = REMOTE) => {
  const result = buildBeacon(remote, local, region, gainDdbi);
  return result.ok ? result.value : result.fault.code;
};

describe('a beacon', () => {
  it('is byte for byte that of a hotspot', () => {
    const beacon = built();
    if (typeof beacon === 'string') throw new Error(beacon);
    expect(toHex(beacon.payload)).toBe(PAYLOAD);
    expect(beacon.frequencyHz).toBe(867_900_000);
    expect(beacon.rate).toEqual({ kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000 });
    // 16.1 dBm less 8.1 dBi.
    expect(beacon.conductedDbm).toBe(8);
    const phy = beaconPhy(beacon);
    expect(btoa(String.fromCharCode(...phy))).toBe(
      '4ByZEkFg6DuShn1jDK9MntIc/ZI7u8t6kjHxnJRK9kQRCNQwBpg63Z66ZSU7h34SSPRBrg==',
    );
    expect(toHex(beaconPayload(phy) ?? new Uint8Array())).toBe(PAYLOAD);
    expect(beaconPayload(phy.subarray(1))).toBeUndefined();
    expect(beaconPayload(phy.map((byte, i) => (i === 0 ? 0x40 : byte)))).toBeUndefined();
  });

  it('is another one for every bit of its entropy', () => {
    const beacon = built();
    if (typeof beacon === 'string') throw new Error(beacon);
    const others = [
      built(BEACON_EU868, 81, bytes('e94619b1')),
      built(BEACON_EU868, 81, LOCAL, { ...REMOTE, timestampS: REMOTE.timestampS + 1 }),
      built(BEACON_EU868, 81, LOCAL, { ...REMOTE, bytes: REMOTE.bytes.toReversed() }),
    ];
    expect(others.map((other) => typeof other !== 'string' && sameBeacon(beacon, other))).toEqual([
      false,
      false,
      false,
    ]);
    expect(sameBeacon(beacon, { ...beacon, frequencyHz: 868_100_000 })).toBe(false);
    expect(sameBeacon(beacon, { ...beacon, rate: { ...beacon.rate, spreadingFactor: 9 } })).toBe(false);
  });

  it('takes the first spreading factor with room and truncates its power', () => {
    const narrow: BeaconRegion = {
      ...BEACON_EU868,
      channels: BEACON_EU868.channels.map((channel) => ({
        ...channel,
        spreading: [
          { spreadingFactor: 12, maxPacketBytes: 50 },
          { spreadingFactor: 9, maxPacketBytes: 51 },
          { spreadingFactor: 8, maxPacketBytes: 238 },
        ],
      })),
    };
    expect(built(narrow, 20)).toMatchObject({ rate: { spreadingFactor: 9 }, conductedDbm: 14 });
    expect(built(BEACON_EU868, 161)).toMatchObject({ conductedDbm: 0 });
  });

  it('is none where something is missing', () => {
    expect(built(BEACON_EU868, 171)).toBe('helium.power');
    expect(built({ name: 'X', channels: [] })).toBe('helium.region');
    expect(built({ name: 'X', channels: BEACON_EU868.channels.map((c) => ({ ...c, spreading: [] })) })).toBe(
      'helium.spreading',
    );
    expect(built(BEACON_EU868, 81, LOCAL, { ...REMOTE, version: 2 })).toBe('helium.entropy-version');
  });
});

describe('ChaCha12', () => {
  it('gives the keystream of the published vectors for a key of zeros', () => {
    // draft-strombergson-chacha-test-vectors-01, TC1, 256-bit key, 12 rounds.
    const words = chacha12Words(new Uint8Array(32), 32);
    const stream = toHex(new Uint8Array(words.slice().buffer));
    expect(stream.slice(0, 64)).toBe('9bf49a6a0755f953811fce125f2683d50429c3bb49e074147e0089a52eae155f');
    // The second block counts one up; as @noble/ciphers 2 gives it.
    expect(stream.slice(128, 192)).toBe('0bd58841203e74fe86fc71338ce0173dc628ebb719bdcbcc151585214cc089b4');
  });
});
