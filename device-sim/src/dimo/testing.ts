import { sha256 } from '@outpost/schemas/evidence';
import { toHex } from '@outpost/schemas/words';
import { RIG_START_NS } from './rig.ts';

export const NOW = Number(RIG_START_NS / 1_000_000n);
export const moment = (offsetS = 0): string => new Date(NOW + offsetS * 1_000).toISOString();
export const VEHICLE = 'did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:33';
export const FLAT = VEHICLE.toLowerCase();
export const DEVICE = 'did:erc721:137:0x9c94C395cBcBDe662235E0A9d3bB87Ad708561BA:7';
export const speed = (value: unknown = 39, timestamp = moment(), name = 'speed') => ({
  name,
  timestamp,
  value,
});
export const place = (value: unknown) => ({ name: 'currentLocationCoordinates', timestamp: moment(), value });
export const happening = (over: object = {}) => ({
  name: 'behavior.harshBraking',
  timestamp: moment(),
  ...over,
});

/** Each of its own id, which follows from what is in it. */
export const event = (data: unknown, over: Readonly<Record<string, unknown>> = {}): string => {
  const id = `case-${toHex(sha256(new TextEncoder().encode(JSON.stringify([data, over]) ?? ''))).slice(0, 16)}`;
  const header = { id, source: '0x0', subject: VEHICLE, producer: DEVICE, time: moment() };
  const all = {
    specversion: '1.0',
    type: 'dimo.status',
    dataversion: 'default/v1.0',
    ...header,
    ...over,
    data,
  };
  return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
};
export const signals = (...list: readonly unknown[]) => ({ signals: list });

export const named = <Row extends readonly [string, ...unknown[]]>(rows: readonly Row[]) =>
  rows.map((row) => ({ what: row[0], row }));
