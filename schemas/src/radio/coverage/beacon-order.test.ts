import { expect, it } from 'vitest';
import { fromHex, monoNs, toHex } from '../../words/index.ts';
import { loraAirtimeUs, lorawanFrame } from '../airtime.ts';
import { EMPTY_LEDGER } from '../duty-ledger.ts';
import { BEACON_EU868, buildBeacon } from '../helium/index.ts';
import { regionNamed } from '../region/index.ts';
import { permit } from '../transmit.ts';
import { beaconItem } from './beacon-order.ts';

// The hotspot-made vector of oracles-iot iot_verifier/src/poc.rs (Apache-2.0).
const REMOTE = {
  bytes: fromHex('b6aa3f80d9355f139d998626b8d1ff1776cda36ae11a10006a8d516546276b09')!,
  timestampS: 1_677_163_710,
  version: 0,
};

const itemWith = (gainDbi: number) => {
  const made = buildBeacon(REMOTE, fromHex('e94619b0')!, BEACON_EU868, gainDbi * 10);
  if (!made.ok) throw new Error(made.fault.words);
  return beaconItem(made.value, gainDbi);
};

it('a beacon is sent byte for byte as hotspots send it, for gateways to hear', () => {
  const { phy, ...item } = itemWith(2.1);
  expect(toHex(phy)).toBe(
    'e01c99124160e83b92867d630caf4c9ed21cfd923bbbcb7a9231f19c944af6441108d43006983add9eba65253b877e1248f441ae',
  );
  expect(item).toEqual({
    at: { kind: 'immediately' },
    frequencyHz: 867_900_000,
    powerDbm: 16,
    modulation: { kind: 'lora', spreadingFactor: 12, bandwidthHz: 125_000, codingRate: '4/5' },
    invertPolarity: false,
    preambleSymbols: undefined,
    noCrc: false,
  });
});

it('whatever the antenna, a beacon is within what the region allows, and 24 of them in an hour are not', () => {
  const region = regionNamed('EU868');
  for (const gainDbi of [0, 1.2, 2.1, 5.8, 8, 12]) {
    const { phy, frequencyHz, modulation, powerDbm } = itemWith(gainDbi);
    if (modulation.kind !== 'lora') throw new Error('a beacon is LoRa');
    const airtimeUs = loraAirtimeUs(lorawanFrame(modulation, phy.length, 'up')) ?? 0;
    expect(airtimeUs).toBe(2_465_792);
    let ledger = EMPTY_LEDGER;
    let sent = 0;
    for (let i = 0; i < 24; i += 1) {
      const start = monoNs(BigInt(i) * 60_000_000_000n);
      const wish = { frequencyHz, rate: modulation, eirpDbm: powerDbm, airtimeUs, start };
      const permission = permit(region, wish, ledger, start);
      if (!permission.ok) break;
      ledger = permission.value.ledger;
      sent += 1;
    }
    expect([gainDbi, sent]).toEqual([gainDbi, 14]);
  }
});
