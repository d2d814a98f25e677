import { isIP } from 'node:net';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Addresses that packets do not leave the owner's own network for (RFC 1918, RFC 4193, loopback, link-local). */
const isNear = (host: string): boolean => {
  const address = host.replace(/^\[|\]$/g, '');
  if (isIP(address) === 4)
    return /^(127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.)/.test(address);
  if (isIP(address) === 6) return address === '::1' || /^f[cd]|^fe[89ab]/i.test(address);
  return host === 'localhost' || host.endsWith('.localhost');
};

/**
 * An address that readings may be posted to: https, or http within the owner's own network; without user, password
 * and fragment, and without a query, which is where others put their secrets. A fault is `misconfigured`.
 */
export const checkWebAddress = (text: string): Result<URL> => {
  const bad = (words: string): Result<never> => fail(fault('misconfigured', 'network.url', 'url', words));
  if (!URL.canParse(text)) return bad(`"${text}" is no address; write https://host.`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return bad('a user or password does not belong here.');
  if (url.search !== '' || url.hash !== '') return bad('an address of a network has no ? and no #.');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return bad(`${url.protocol} is not https: or http:.`);
  if (url.protocol === 'http:' && !isNear(url.hostname)) {
    return bad(
      'readings would cross the internet in the open; write https: (http: is for this machine and private addresses).',
    );
  }
  return ok(url);
};
