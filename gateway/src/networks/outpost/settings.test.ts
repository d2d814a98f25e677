import { manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import type { NetworkContext, NetworkSettings } from '../contract.ts';
import { NETWORK_KINDS, openNetwork } from '../index.ts';
import { checkSettings } from './settings.ts';

/** The public key of RFC 8032 §7.1, test 1. */
const KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

const settings = (over: Partial<NetworkSettings> = {}): NetworkSettings => ({
  name: 'main',
  url: 'https://network.example',
  key: `outpost-ed25519:${KEY}`,
  options: {},
  ...over,
});

const urlOf = (url: string): string => {
  const checked = checkSettings(settings({ url }));
  if (!checked.ok) throw new Error(checked.fault.words);
  return checked.value.url.href;
};

const wordsOf = (over: Partial<NetworkSettings>): string => {
  const checked = checkSettings(settings(over));
  if (checked.ok) throw new Error('expected a fault');
  expect(checked.fault.kind).toBe('misconfigured');
  return `${checked.fault.where}: ${checked.fault.words}`;
};

describe('the settings of a network', () => {
  it('give the address that is posted to, below whatever path is given', () => {
    expect(urlOf('https://network.example')).toBe('https://network.example/v1/attestations');
    expect(urlOf('https://network.example/')).toBe('https://network.example/v1/attestations');
    expect(urlOf('https://network.example:8443/eu//')).toBe(
      'https://network.example:8443/eu/v1/attestations',
    );
  });

  it.each([
    'http://127.0.0.1:35100',
    'http://localhost:1',
    'http://[::1]:35100',
    'http://10.1.2.3',
    'http://192.168.1.2',
    'http://172.31.0.1',
    'http://[fd00::1]',
  ])('may name %s without TLS', (url) => {
    expect(urlOf(url)).toContain('/v1/attestations');
  });

  it.each([
    'http://network.example',
    'http://8.8.8.8',
    'http://172.32.0.1',
    'http://[2001:db8::1]',
    'http://127.example',
  ])('may not name %s, because readings would be open to everybody on the way', (url) => {
    expect(wordsOf({ url })).toMatch(/^network main, url: .*https:/);
  });

  it.each([
    ['nowhere', 'is no address'],
    ['ftp://network.example', 'is not https: or http:'],
    ['https://me:secret@network.example', 'does not belong here'],
    ['https://network.example/?a=1', 'no ? and no #'],
  ])('may not be %s', (url, words) => {
    expect(wordsOf({ url })).toContain(words);
    expect(wordsOf({ url })).not.toContain('secret');
  });

  it('need a key that can be one', () => {
    expect(wordsOf({ key: 'none' })).toMatch(/^network main, key: .*64 hex digits/);
    expect(wordsOf({ key: undefined })).toMatch(/^network main, key: the public key .* is missing/);
    expect(wordsOf({ options: { fast: true } })).toContain('options.fast');
    expect(wordsOf({ key: `01${'00'.repeat(31)}` })).toContain('key.small-order');
  });

  it('of an unknown kind name the known ones', async () => {
    const context: NetworkContext = {
      directory: '/nowhere',
      clock: manualClock(),
      keyRecords: () => [],
      signed: () => Promise.resolve(undefined),
      order: () => Promise.reject(new Error('nobody gives orders here')),
      alarm: () => undefined,
    };
    expect(await openNetwork('nowhere', settings(), context)).toMatchObject({
      ok: false,
      fault: {
        kind: 'misconfigured',
        code: 'network.unknown',
        words: `"nowhere" is no kind of network; known are: ${NETWORK_KINDS.join(', ')}.`,
      },
    });
    expect((await openNetwork('outpost', settings({ url: 'x' }), context)).ok).toBe(false);
  });
});
