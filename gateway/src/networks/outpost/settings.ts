import { checkKey } from '@outpost/schemas/evidence';
import { type Fault, fail, fault, ok, type Result } from '@outpost/schemas/words';
import { parseKeyText } from '../../keys/key-text.ts';
import type { NetworkSettings } from '../contract.ts';
import { checkWebAddress } from '../web-address.ts';
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

const checkUrl = (settings: NetworkSettings): Result<URL> => {
  const url = checkWebAddress(settings.url);
  if (!url.ok) return fail(wrong(settings, 'url', url.fault.words));
  url.value.pathname = `${url.value.pathname.replace(/\/+$/, '')}${DELIVERY_PATH}`;
  return url;
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
