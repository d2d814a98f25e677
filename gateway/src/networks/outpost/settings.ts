import { isIP } from 'node:net';
import { checkKey } from '@outpost/schemas/evidence';
import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { parseKeyText } from '../../keys/key-text.ts';
import type { NetworkSettings } from '../contract.ts';
import { DELIVERY_PATH } from './codec.ts';

export interface CheckedSettings {
  readonly name: string;
  /** Where deliveries are posted. */
  readonly url: URL;
  /** The network's public key, 32 bytes. */
  readonly key: Uint8Array;
}

const wrong = (settings: NetworkSettings, what: string, words: string): Fault =>
  fault('misconfigured', 'outpost.settings', `network ${settings.name}, ${what}`, words);

/** Addresses that packets do not leave the owner's own network for (RFC 1918, RFC 4193, loopback, link-local). */
const isNear = (host: string): boolean => {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) === 4)
    return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(address);
  if (isIP(address) === 6) return address === '::1' || /^f[cd]|^fe[89ab]/i.test(address);
  return host === 'localhost' || host.endsWith('.localhost');
};

const checkUrl = (settings: NetworkSettings): Result<URL> => {
  const bad = (words: string): Result<never> => fail(wrong(settings, 'url', words));
  if (!URL.canParse(settings.url)) return bad(`"${settings.url}" is no address; write https://host.`);
  const url = new URL(settings.url);
  if (url.username !== '' || url.password !== '')
    return bad('a user or password does not belong here; the network knows the box by its keys.');
  if (url.search !== '' || url.hash !== '') return bad('an address of a network has no ? and no #.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return bad(`${url.protocol} is not https: or http:.`);
  if (url.protocol === 'http:' && !isNear(url.hostname)) {
    return bad(
      'readings would cross the internet in the open; write https: (http: is for this machine and private addresses).',
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${DELIVERY_PATH}`;
  return ok(url);
};

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = (settings: NetworkSettings): Result<CheckedSettings> => {
  const url = checkUrl(settings);
  if (!url.ok) return url;
  const [option] = Object.keys(settings.options);
  if (option !== undefined)
    return fail(wrong(settings, `options.${option}`, 'this kind of network has no options.'));
  if (settings.key === undefined) {
    return fail(
      wrong(settings, 'key', 'the public key of the network is missing; its receipts are signed with it.'),
    );
  }
  const key = parseKeyText(settings.key, `network ${settings.name}, key`);
  if (!key.ok) return key;
  const sound = checkKey(key.value);
  if (!sound.ok)
    return fail(wrong(settings, 'key', `it can belong to nobody (${sound.fault.code}); copy it again.`));
  return ok({ name: settings.name, url: url.value, key: key.value });
};
