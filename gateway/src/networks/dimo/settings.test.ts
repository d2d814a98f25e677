import { describe, expect, it } from 'vitest';
import { checkSettings } from './settings.ts';

const certificate = { file: '/a.pem', key: '/b.pem' };
const login = { url: 'https://auth.dimo.zone', clientId: 'c', domain: 'https://d' };
const check = (options: Readonly<Record<string, unknown>>, over: object = {}) =>
  checkSettings({
    name: 'dimo',
    url: 'https://din.dimo.zone:9443',
    options: { vehicles: { car: 33 }, certificate, ...options },
    ...over,
  });

describe('the settings of DIMO', () => {
  it('name vehicles by devices, and send positions and attest nothing unless told', () => {
    const settings = check({
      vehicles: { car: 33, van: { token: 34, device: 7 }, bus: { token: 35, synthetic: 8 } },
    });
    expect(settings).toMatchObject({
      ok: true,
      value: { node: 'din', positions: true, gzip: false, attest: undefined, chain: { id: 137 } },
    });
    expect(settings.ok && [...settings.value.vehicles]).toEqual([
      ['car', { token: 33, producer: undefined }],
      ['van', { token: 34, producer: { kind: 'device', token: 7 } }],
      ['bus', { token: 35, producer: { kind: 'synthetic', token: 8 } }],
    ]);
  });

  it('get certificates by login where no files are given, and attest all kinds', () => {
    const attest = { url: 'https://attest.dimo.zone' };
    const settings = check({
      certificate: undefined,
      login: { ...login, ca: 'https://ca.dimo.zone' },
      attest,
    });
    expect(settings).toMatchObject({ ok: true, value: { certificate: { by: 'login' } } });
    expect(settings.ok && settings.value.attest?.kinds.size).toBe(4);
  });

  it.each([
    [{}, { key: 'x' }, 'signs no receipts'],
    [{}, { url: 'http://127.0.0.1:1' }, 'must be https'],
    [{}, { url: 'din' }, 'is no address'],
    [{ vehicle: 3 }, {}, 'options.vehicle is no option'],
    [{ vehicles: {} }, {}, 'token of each vehicle'],
    [{ vehicles: { Car: 3 } }, {}, 'token of each vehicle'],
    [{ vehicles: { car: 'x' } }, {}, 'token of each vehicle'],
    [{ vehicles: { car: { token: 3, other: 1 } } }, {}, 'token of each vehicle'],
    [{ vehicles: { car: { token: 3, device: 1, synthetic: 2 } } }, {}, 'token of each vehicle'],
    [{ events: 'some' }, {}, 'true or false'],
    [{ node: 'dos' }, {}, 'din or dis'],
    [{ chain: 'ethereum' }, {}, 'polygon or amoy'],
    [{ positions: 'no' }, {}, 'true or false'],
    [{ gzip: 1 }, {}, 'true or false'],
    [{ authority: 1 }, {}, 'PEM file'],
    [{ certificate: undefined }, {}, 'is missing'],
    [{ certificate: undefined, login }, {}, 'is missing'],
    [{ certificate: { file: '/a.pem' } }, {}, 'file and key'],
    [{ login: { url: 'https://a' } }, {}, 'clientId'],
    [{ attest: { url: 'https://a' } }, {}, 'needs options.login'],
    [{ login, attest: { url: 'ftp://a' } }, {}, 'options.attest.url'],
    [{ login, attest: { url: 'https://a', kinds: ['weather'] } }, {}, 'odometer, trip, health, vin'],
  ])('%j with %j: %s', (options, over, words) => {
    const settings = check(options, over);
    expect(settings.ok).toBe(false);
    expect(
      settings.ok ? '' : `${settings.fault.where} ${settings.fault.words}`.replace('network dimo, ', ''),
    ).toContain(words);
  });
});
