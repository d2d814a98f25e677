import { describe, expect, it } from 'vitest';
import { checkSettings } from './settings.ts';

const ROOF = { gateway: '0016C001FF10A235', device: 'roof' };

const settings = (options: Readonly<Record<string, unknown>> = {}, more: object = {}) => ({
  name: 'coverage',
  url: 'http://mainnet-pociot.helium.io:9080',
  options: { region: 'EU868', ...options },
  ...more,
});

describe('the settings of coverage reports', () => {
  it('are off unless their rules are named, send no beacons, and know mainnet', () => {
    const checked = checkSettings(settings());
    expect(checked).toMatchObject({
      ok: true,
      value: { profile: undefined, beaconers: [], keysOf: 'helium', expiresAfterMs: 180_000, region: 1 },
    });
    expect(checked.ok && checked.value.entropy.host).toBe('entropy.iot.mainnet.helium.io:7080');
    const on = checkSettings(settings({ profile: 'helium-iot-2026-05', beacons: [ROOF] }));
    expect(on).toMatchObject({
      value: { profile: 'helium-iot-2026-05', beaconers: [{ gateway: '0016c001ff10a235', device: 'roof' }] },
    });
  });

  it.each([
    ['options.region', settings({ region: undefined })],
    ['options.profile', settings({ profile: 'on' })],
    ['options.beacons', settings({ beacons: true })],
    ['options.beacons', settings({ beacons: [{ gateway: 'roof', device: 'roof' }] })],
    ['options.beacons', settings({ beacons: [{ ...ROOF, power: 27 }] })],
    ['options.beacons', settings({ beacons: [ROOF, ROOF] })],
    ['options.power', settings({ power: 27 })],
    ['options.keysOf', settings({ keysOf: '../other' })],
    ['options.entropy', settings({ entropy: 'nowhere' })],
    ['options.config', settings({ config: 7 })],
    ['options.configKey', settings({ configKey: '137oJzq' })],
    ['options.expiresAfterSeconds', settings({ expiresAfterSeconds: 181 })],
    ['options.forwarderGainDbi', settings({ forwarderGainDbi: -1 })],
    ['options.gatewaysMax', settings({ gatewaysMax: 1_000 })],
    ['url', settings({}, { url: 'mqtt://ingest' })],
    ['key', settings({}, { key: 'ed25519:abc' })],
  ])('say in a sentence that %s is wrong', (what, wrong) => {
    const checked = checkSettings(wrong);
    expect(checked).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', where: `network coverage, ${what}` },
    });
    expect(checked.ok ? '' : checked.fault.words).toMatch(/\.$/);
  });
});
