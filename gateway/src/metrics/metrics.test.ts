import { newTally } from '@outpost/firmware-bridge';
import { monoNs, type WallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { newRecordTally } from '../record/tally.ts';
import { pointProblem } from '../store/point.ts';
import { newStoreTally } from '../store/tally.ts';
import { DEVICE_METRICS, type DeviceNow } from './device-metrics.ts';
import { GATEWAY_METRICS, type GatewayNow } from './gateway-metrics.ts';
import { measureLoopDelay } from './loop-delay.ts';
import { NETWORK_METRICS, type NetworkNow } from './network-metrics.ts';
import { selfPoints } from './points.ts';

const S = 1_000_000_000n;
const wall = (1_800_000_000n * S) as WallNs;

const network: NetworkNow['view'] = {
  name: 'net',
  settled: 3,
  refused: 1,
  expired: 0,
  unknown: 0,
  withheld: 2,
  pending: 4,
  unsent: { car: 4 },
  waitingSince: monoNs(5n * S),
};

const device: DeviceNow['view'] = {
  name: 'car',
  connected: true,
  lastReadingAt: new Date(Number(wall / 1_000_000n) - 2_500).toISOString(),
  tally: { ...newTally(), items: 9, observed: 5, control: 1, dropped: new Map([['unsolicited', 2]]) },
};

const box = (): GatewayNow => ({
  startedAt: monoNs(0n),
  now: monoNs(60n * S),
  rssBytes: 64 * 1024 * 1024,
  loopDelay: { p99Ms: () => 1.5, stop: () => undefined },
  trust: 'ntp',
  record: { ...newRecordTally(), made: 10, kept: 7, refused: new Map([['full', 2]]), waiting: 1 },
  journal: {
    bytes: 100,
    archiveBytes: 0,
    segments: 1,
    pendingBytes: 0,
    records: 7,
    recordBytes: 90,
    commits: 2,
    syncs: 3,
    writtenBytes: 8_192,
    refusedFull: 0,
    refusedDiskFull: 0,
    refusedBusy: 0,
    abandonedSegments: 0,
    deletedSegments: 0,
    damages: 0,
    readers: [
      { name: 'a', position: 0n as never, behindBytes: 10, oldestUnread: undefined },
      { name: 'b', position: 0n as never, behindBytes: 40, oldestUnread: undefined },
    ],
  },
  room: { diskBytes: undefined, capBytes: 1_000 },
  attest: { attestations: 10, readings: 7, unreadable: 0, keyless: 0 },
  trips: { recorded: 1, unrecorded: 0 } as GatewayNow['trips'],
  store: { ...newStoreTally(), read: 12, stored: 9, deadLettered: 1, pending: 1, waiting: 1 },
  networks: [network, network],
});

describe('the numbers of a gateway', () => {
  it('have names of the vocabulary, each once', () => {
    for (const metrics of [GATEWAY_METRICS, DEVICE_METRICS, NETWORK_METRICS]) {
      const names = metrics.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const name of names) expect(name).toMatch(/^[a-z]+(_[a-z0-9]+)*$/);
      for (const { help } of metrics) expect(help).toMatch(/\.$/);
    }
  });

  it('are points that InfluxDB takes, one for each part', () => {
    const points = selfPoints(wall, {
      gateway: box(),
      devices: [{ view: device, nowMs: Number(wall / 1_000_000n), unsent: 3 }],
      networks: [{ view: network, now: monoNs(65n * S) }],
    });
    for (const point of points) expect(pointProblem(point)).toBeUndefined();
    expect(points.map(({ measurement, tags }) => [measurement, tags])).toEqual([
      ['outpost', {}],
      ['outpost_device', { device: 'car' }],
      ['outpost_network', { network: 'net' }],
    ]);
    const [self, ofDevice, ofNetwork] = points.map(({ floats }) => floats ?? {});
    expect(self).toMatchObject({
      up_s: 60,
      rss_mebibytes: 64,
      journal_unread_bytes: 40,
      journal_room_bytes: 1_000,
      attestations_settled: 6,
      points_pending: 2,
    });
    const { readings_made, readings_kept, readings_refused, readings_waiting } = self ?? {};
    expect(readings_made).toBe(Number(readings_kept) + Number(readings_refused) + Number(readings_waiting));
    expect(ofDevice).toMatchObject({
      connected: 1,
      last_reading_age_s: 2.5,
      items_dropped: 2,
      items_undecided: 1,
    });
    expect(ofNetwork).toMatchObject({ settled: 3, withheld: 2, waiting_s: 60 });
  });

  it('leave out the age of a reading that never came', () => {
    const [, ofDevice] = selfPoints(wall, {
      gateway: box(),
      devices: [{ view: { ...device, lastReadingAt: undefined }, nowMs: 0, unsent: 0 }],
      networks: [],
    });
    expect(ofDevice?.floats).not.toHaveProperty('last_reading_age_s');
  });

  it('say how late the event loop was, and 0 before anything was measured', () => {
    const delay = measureLoopDelay(() => monoNs(0n));
    expect(delay.p99Ms()).toBeGreaterThanOrEqual(0);
    delay.stop();
  });
});
