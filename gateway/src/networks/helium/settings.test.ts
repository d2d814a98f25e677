import { describe, expect, it } from 'vitest';
import { checkSettings } from './settings.ts';

const settings = (options: Readonly<Record<string, unknown>> = { region: 'EU868' }, more: object = {}) => ({
  name: 'helium',
  url: 'http://mainnet-router.helium.io:8080',
  options,
  ...more,
});

describe('the settings of Helium', () => {
  it('need a region, and know mainnet', () => {
    const checked = checkSettings(settings());
    expect(checked).toMatchObject({
      ok: true,
      value: { region: 1, expiresAfterMs: 60_000, gatewaysMax: 64, rotateAfterMs: 27 * 60_000 },
    });
    expect(checked.ok && checked.value.config.host).toBe('mainnet-config.helium.io:6080');
  });

  it.each([
    ['options.region', settings({})],
    ['options.region', settings({ region: 'EU' })],
    ['options.beacons', settings({ region: 'EU868', beacons: true })],
    ['url', settings(undefined, { url: 'mqtt://router' })],
    ['url', settings(undefined, { url: 'http://a:1/path' })],
    ['key', settings(undefined, { key: 'ed25519:abc' })],
    ['options.config', settings({ region: 'EU868', config: 'nowhere' })],
    ['options.configKey', settings({ region: 'EU868', configKey: '137oJzq' })],
    ['options.expiresAfterSeconds', settings({ region: 'EU868', expiresAfterSeconds: 0 })],
    ['options.rotateAfterMinutes', settings({ region: 'EU868', rotateAfterMinutes: 31 })],
    ['options.caFile', settings({ region: 'EU868', caFile: 'ca.pem' })],
    ['options.gatewaysMax', settings({ region: 'EU868', gatewaysMax: 1_000 })],
  ])('say in a sentence that %s is wrong', (what, wrong) => {
    const checked = checkSettings(wrong);
    expect(checked).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', where: `network helium, ${what}` },
    });
    expect(checked.ok ? '' : checked.fault.words).toMatch(/\.$/);
  });
});
