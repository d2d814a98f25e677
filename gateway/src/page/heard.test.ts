import { sampleReception } from '@outpost/schemas/testing';
import { monoNs, type ReceptionBody } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createHeard } from './heard.ts';

const HOUR_MS = 3_600_000;

const observed = (changes: Partial<ReceptionBody>) => ({
  body: sampleReception(changes),
  raw: new Uint8Array(0),
  mono: monoNs(0n),
  origin: 'live' as const,
});

const eui = (last: number): Uint8Array => Uint8Array.of(0xaa, 0x55, 0x5a, 0, 0, 0, 0, last);
const dataUp = (address: number): Uint8Array =>
  Uint8Array.of(0x40, address & 255, address >> 8, 0, 0, 0, 0, 0, 1, 0, 0, 0);
const join = (device: number): Uint8Array => {
  const phy = new Uint8Array(23);
  phy[9] = device;
  return phy;
};
const BEACON = Uint8Array.of(0xe0, 1, 2, 3);

describe('what hotspots hear', () => {
  it('is counted for each of them: devices by address or join, each once, and beacons', () => {
    const heard = createHeard();
    heard.take('roof', [observed({ gateway: eui(1), phy: dataUp(1) })], 1_000);
    heard.take('roof', [observed({ gateway: eui(1), phy: dataUp(1) })], 2_000);
    heard.take('roof', [observed({ gateway: eui(1), phy: join(7) })], 3_000);
    heard.take('roof', [observed({ gateway: eui(1), phy: dataUp(2), crc: 'bad' })], 4_000);
    heard.take('roof', [observed({ gateway: eui(1), phy: BEACON, direction: 'sent' })], 5_000);
    heard.take('roof', [observed({ gateway: eui(2), phy: dataUp(1) })], 6_000);
    heard.take('cellar', [observed({ gateway: undefined, phy: dataUp(9) })], 7_000);
    expect(heard.of('roof', 8_000)).toEqual([
      { gateway: 'aa555a0000000001', frames: 4, devices: 2, lastFrameMs: 4_000, lastBeaconMs: 5_000 },
      { gateway: 'aa555a0000000002', frames: 1, devices: 1, lastFrameMs: 6_000, lastBeaconMs: 0 },
    ]);
    expect(heard.of('cellar', 8_000)).toMatchObject([{ gateway: '', devices: 1 }]);
    expect(heard.of('nobody', 8_000)).toEqual([]);
  });

  it('forgets devices that were not heard for an hour', () => {
    const heard = createHeard();
    heard.take('roof', [observed({ phy: dataUp(1) })], 0);
    heard.take('roof', [observed({ phy: dataUp(2) })], HOUR_MS / 2);
    expect(heard.of('roof', HOUR_MS)[0]?.devices).toBe(2);
    expect(heard.of('roof', HOUR_MS + 1)[0]?.devices).toBe(1);
  });

  it('is bounded, however many speak', () => {
    const heard = createHeard();
    for (let at = 0; at < 1_000; at += 1) {
      heard.take('roof', [observed({ gateway: eui(1), phy: dataUp(at) })], at);
      heard.take('field', [observed({ gateway: Uint8Array.of(at >> 8, at & 255), phy: dataUp(1) })], at);
    }
    expect(heard.of('roof', 1_000)[0]?.devices).toBe(256);
    expect(heard.of('field', 1_000).length).toBe(255);
  });
});
