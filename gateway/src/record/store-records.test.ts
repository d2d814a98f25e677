import { encodeLeaf, type Leaf } from '@outpost/schemas/evidence';
import { type Body, type Epoch, monoNs, type StreamId, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Entry, Kept, Offset } from '../journal/contract.ts';
import { pointOf } from '../store/points.ts';
import { newChains } from './chains.ts';
import { openedEntry, readingKind } from './entry.ts';
import { storeRecordsOf } from './store-records.ts';

const EUI = [0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1];
const TOPIC = new TextEncoder().encode('eu868/gateway/aa555a0000000002/event/stats');
const PUSH_DATA = Uint8Array.of(2, 7, 8, 0, ...EUI, 0x7b, 0x7d);
const MESSAGE = Uint8Array.of(0, TOPIC.length, ...TOPIC, 0x0a);

const kept = (entry: Entry, at: number): Kept => ({
  ...entry,
  offset: BigInt(at) as Offset,
  next: BigInt(at + 1) as Offset,
});

/** The tags of the point that a reading of this stream with these bytes becomes. */
const tagsOf = (stream: StreamId, body: Body, raw: Uint8Array) => {
  const chains = newChains(0n as Offset);
  const opened = openedEntry(3, {
    stream,
    epoch: new Uint8Array(16) as Epoch,
    reason: 'started',
    parent: undefined,
    gatewayKey: new Uint8Array(32),
    deviceKey: new Uint8Array(32),
    keyKind: 'demo',
    authenticated: 'none',
    software: 'x',
  });
  storeRecordsOf(chains, kept(opened, 0));
  const leaf: Leaf = { sequence: 0, mono: monoNs(1n), body, raw, salt: new Uint8Array(16) };
  const entry = { kind: readingKind('live'), stream: 3, bytes: encodeLeaf(leaf) };
  const [record] = storeRecordsOf(chains, kept(entry, 1));
  if (record === undefined) throw new Error('a reading becomes a record');
  const point = pointOf(record, wallNs(1_800_000_000_000_000_000n), 'ntp');
  if (!point.ok) throw new Error(point.fault.words);
  return point.value.tags;
};

const PLACE: Body = {
  kind: 'position',
  fix: 'estimated',
  latitude: 1,
  longitude: 2,
  altitudeCm: undefined,
  speedCmS: undefined,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
};
const COUNT: Body = { kind: 'number', signal: 700, mantissa: 5, ecu: 1 };

describe('what a LoRa gateway says of itself', () => {
  it.each([
    ['over UDP', PUSH_DATA, 'aa555a0000000001'],
    ['over MQTT', MESSAGE, 'aa555a0000000002'],
    ['without a frame, because that was taken out', new Uint8Array(), undefined],
  ])('bears its EUI as a tag: %s', (_, raw, gateway) => {
    for (const body of [PLACE, COUNT])
      expect(tagsOf('hotspots/coverage', body, raw)['gateway']).toBe(gateway);
  });

  it('is not looked for in what a car says', () => {
    expect(tagsOf('car/telemetry', PLACE, PUSH_DATA)['gateway']).toBeUndefined();
  });
});
