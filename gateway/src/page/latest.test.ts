import { sampleReception } from '@outpost/schemas/testing';
import { type Body, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createLatest } from './latest.ts';

const observed = (body: Body, raw: Uint8Array = new Uint8Array(0)) => ({
  body,
  raw,
  mono: monoNs(0n),
  origin: 'live' as const,
});

const pushed = (last: number): Uint8Array =>
  Uint8Array.of(2, 7, 8, 0, 0xaa, 0x55, 0x5a, 0, 0, 0, 0, last, 0x7b, 0x7d);

const PLACE: Body = {
  kind: 'position',
  fix: '3d',
  latitude: 475_012_345,
  longitude: -85_000_000,
  altitudeCm: undefined,
  speedCmS: 1_000,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
};

describe('the newest values', () => {
  it('are of each hotspot by itself where several share a device', () => {
    const latest = createLatest();
    const received = (mantissa: number, gateway: number) =>
      observed({ kind: 'number', signal: 700, mantissa, ecu: gateway }, pushed(gateway));
    latest.take('roof', [received(5, 1), received(7, 2), received(9, 1)], 1);
    latest.take('roof', [observed(sampleReception({ rssiDeciDbm: -815 }))], 2);
    expect(latest.since(0).values.map(({ name, gateway, value }) => [name, gateway, value])).toEqual([
      ['Radio.Gateway.Received', 'aa555a0000000001', 9],
      ['Radio.Gateway.Received', 'aa555a0000000002', 7],
      ['Signal of the last frame', 'aa555a0000000001', -81.5],
    ]);
  });

  it('are the place of a satellite receiver, and of no reading that was kept private', () => {
    const latest = createLatest();
    latest.take('gps', [observed(PLACE)], 1);
    const { version, values } = latest.since(0);
    expect(values).toEqual([
      { device: 'gps', name: 'Place', unit: '', value: '47.50123, -8.50000', atMs: 1 },
    ]);
    latest.take('gps', [observed({ kind: 'redacted', what: 'position', reason: 'zone' })], 2);
    expect(latest.since(version).values).toEqual([]);
  });
});
