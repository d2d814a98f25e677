import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BOOK_FILE } from '@outpost/gateway/helium-coverage';
import { BEACON_EU868, beaconPayload, buildBeacon, readEntropyLine } from '@outpost/schemas/radio';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { beaconHeard, beaconSent, type CoverageRig, openCoverageRig } from './coverage-rig.ts';
import type { EntropyMode } from './entropy-core.ts';
import { IMPATIENCE } from './hopping-clock.ts';
import { until } from './raw-client.ts';
import type { ServiceFaults } from './serve-coverage.ts';

const A = '0016c001ff10a235';
const B = '0016c001ff10a236';
const HOUR_S = 3_600;
const INTERVAL_S = 6 * HOUR_S;

/** Some minutes before the end of a six-hour interval, in which a beacon is still due. */
const START_S = 78_703 * INTERVAL_S - 240;

const openSending = (options: Readonly<Record<string, unknown>> = {}): Promise<CoverageRig> =>
  openCoverageRig({ startS: START_S, options: { beacons: [{ gateway: A, device: 'roof' }], ...options } });

/** What the ingest service hears is of no matter, and its sessions would keep time from passing quickly. */
const withoutIngest = ({ served }: CoverageRig): void => {
  served.ingest.faults.isAway = true;
  served.ingest.server.cut();
};

const bookOf = async ({ directory }: CoverageRig): Promise<readonly string[]> =>
  (await readFile(join(directory, 'coverage', BOOK_FILE), 'utf8')).split('\n').filter((line) => line !== '');

describe('a gateway that sends beacons', () => {
  it('sends one with the channel and power of its region, and reports what it says that it sent', async () => {
    await using rig = await openSending();
    await rig.deliver(beaconHeard(A, new Uint8Array(51)));
    await until('it is there', () => rig.taken.length === 1);
    // The antenna is asserted with 8.1 dBi: 16.1 dBm less that are 8 dBm.
    const key = toHex(rig.taken[0]?.report.gateway ?? new Uint8Array());
    rig.helium.config.asserted.set(key, { region: 1, gainDdbi: 81 });
    await rig.passing(2 * HOUR_S, () => rig.helium.config.answered > 1);
    const item = await rig.nextBeacon();
    const [payload, entropy] = readEntropyLine((await bookOf(rig)).at(-1) ?? '') ?? [];
    if (entropy === undefined) throw new Error('no beacon');
    const again = buildBeacon(entropy.remoteEntropy, entropy.localEntropy, BEACON_EU868, 81);
    if (!again.ok) throw new Error(again.fault.words);
    const { frequencyHz } = again.value;
    expect(payload).toBe(toHex(again.value.payload));
    expect(beaconPayload(item.phy)).toEqual(again.value.payload);
    expect(item).toMatchObject({ frequencyHz, powerDbm: 8, invertPolarity: false, noCrc: false });
    expect(await rig.deliver(beaconSent(A, item))).toEqual({ kind: 'settled' });
    await until('it is there', () => rig.taken.length === 2);
    expect(rig.taken[1]).toMatchObject({
      kind: 'beacon',
      report: {
        ...{ payload: again.value.payload, txPower: 8, datarate: 0, channel: 0, tmst: 7_000_000 },
        ...{ frequency: BigInt(frequencyHz), remoteEntropy: entropy.remoteEntropy.bytes },
        localEntropy: entropy.localEntropy,
      },
    });
    // The gateway that hears its own beacon has nothing to report.
    const own = await rig.deliver(beaconHeard(A, again.value.payload));
    expect(own).toMatchObject({ kind: 'refused', code: 'self-witness' });
    expect(rig.alarms).toEqual([]);
  });

  it('sends one in each six hours and no more, over a new start too', async () => {
    await using rig = await openSending();
    withoutIngest(rig);
    await rig.passing(30 * HOUR_S, () => rig.orders.length >= 4);
    await rig.stop();
    const ending = new AbortController();
    const running = rig.network.run?.(ending.signal).catch(() => undefined);
    await rig.passing(12 * HOUR_S, () => rig.orders.length >= 5);
    ending.abort(new Error('the test is over'));
    await running;
    expect(rig.orders.map(({ device, order }) => `${device} ${order.kind}`)).toEqual(
      Array(5).fill('roof beacon'),
    );
    const times = (await bookOf(rig)).map((line) => (JSON.parse(line) as { readonly atS: number }).atS);
    expect(times).toHaveLength(5);
    const intervals = times.map((s) => Math.floor(s / INTERVAL_S));
    expect(intervals).toEqual(intervals.map((_, i) => (intervals[0] ?? 0) + i));
  });

  it('is told what the forwarder takes off for its antenna, and reports what is left', async () => {
    await using rig = await openSending({ forwarderGainDbi: 3 });
    const item = await rig.nextBeacon();
    expect(item.powerDbm).toBe(19);
    await rig.deliver(beaconSent(A, item));
    await until('it is there', () => rig.taken.length === 1);
    expect(rig.taken[0]).toMatchObject({ report: { txPower: 16 } });
  });

  const MODES: readonly EntropyMode[] = ['retired', 'garbage', 'version-2', 'stale', 'too-long'];
  it.each(MODES)(
    'sends none while the entropy is %s, says so in the status alone, and does once it is good',
    async (mode) => {
      await using rig = await openSending();
      withoutIngest(rig);
      rig.served.entropy.core.mode = mode;
      await rig.passing(7 * HOUR_S);
      expect(rig.orders).toEqual([]);
      expect(rig.alarms).toEqual([]);
      const notes = rig.notes.filter((note) => note.includes('entropy'));
      expect(notes).toHaveLength(1);
      expect(notes[0]).toMatch(/the entropy service at 127\.0\.0\.1:\d+ is not there since 20\d\d-/);
      expect(rig.served.entropy.tried).toBeLessThanOrEqual(7 * 6);
      rig.served.entropy.core.mode = 'good';
      await rig.passing(12 * HOUR_S, () => rig.orders.length > 0);
      expect(rig.orders).toHaveLength(1);
      expect(rig.notes.at(-1)).not.toContain('entropy');
    },
  );

  const GONE: readonly (readonly [string, Partial<ServiceFaults>])[] = [
    ['takes no connection', { isAway: true }],
    ['hangs', { hangs: true }],
    ['is a minute late', { delayMs: 60_000 }],
    ['does not know the method any more', { isForgotten: true }],
  ];
  it.each(GONE)(
    'sends none while the entropy service %s, and holds up no witness for it',
    async (_, faults) => {
      await using rig = await openSending();
      Object.assign(rig.served.entropy.faults, faults);
      await rig.passing(12 * HOUR_S, () => rig.notes.length > 0);
      expect((await rig.deliver(beaconHeard(B, new Uint8Array(51)))).kind).toBe('settled');
      withoutIngest(rig);
      rig.clock.patience = IMPATIENCE;
      await rig.passing(7 * HOUR_S);
      expect([rig.orders, rig.alarms]).toEqual([[], []]);
      expect(rig.notes[0]).toContain('the entropy service');
    },
  );

  it('sends none with parameters of the region that the pinned key did not sign', async () => {
    await using rig = await openSending();
    withoutIngest(rig);
    rig.helium.config.signsWrongly = true;
    await rig.passing(7 * HOUR_S);
    expect([rig.orders, rig.served.entropy.tried]).toEqual([[], 0]);
    const untrusted = expect.objectContaining({ kind: 'untrusted', code: 'helium.config-signature' });
    expect(rig.alarms).toEqual([untrusted]);
  });

  it('sends none where the configuration service is gone and never said a power, and alarms nobody', async () => {
    await using rig = await openSending({ config: 'http://127.0.0.1:9' });
    withoutIngest(rig);
    await rig.passing(7 * HOUR_S);
    expect([rig.orders, rig.alarms, rig.served.entropy.tried]).toEqual([[], [], 0]);
    expect(rig.notes.at(-1)).toContain('the configuration service at 127.0.0.1:9 is not there since');
  });

  it('tells a person once why the device sends none, and does not try again in the same six hours', async () => {
    await using rig = await openSending();
    withoutIngest(rig);
    rig.answer = ({ id }) => ({ id, kind: 'refused', code: 'no-region', words: 'no region is set.' });
    await rig.passing(30 * HOUR_S, () => rig.orders.length >= 3);
    expect(rig.orders).toHaveLength(3);
    expect(rig.alarms).toHaveLength(1);
    expect(rig.alarms[0]?.words).toBe('a beacon of gateway 0016c001ff10a235 was not sent: no region is set.');
  });

  it('has no report of a beacon that it did not make, that lies elsewhere, or that is too old', async () => {
    await using rig = await openSending();
    const item = await rig.nextBeacon();
    const other = { ...item, phy: item.phy.map((byte, i) => (i === 30 ? byte ^ 1 : byte)) };
    expect(await rig.deliver(beaconSent(A, other))).toMatchObject({ kind: 'refused', code: 'no-entropy' });
    const elsewhere = { ...item, frequencyHz: item.frequencyHz + 2_000_000 };
    const code = { kind: 'refused', code: 'invalid-packet' };
    expect(await rig.deliver(beaconSent(A, elsewhere))).toMatchObject(code);
    await rig.clock.advance(200_000);
    expect(await rig.deliver(beaconSent(A, item))).toEqual({ kind: 'expired' });
  });
});
