import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { NetworkSettings } from '../contract.ts';
import { checkWebAddress } from '../web-address.ts';

export interface WebhookSettings {
  readonly name: string;
  readonly url: URL;
  /** Attestations in one request; above 1 they go as a batch. */
  readonly batch: number;
  readonly leaves: boolean;
  readonly tokenFile: string | undefined;
  readonly secretFile: string | undefined;
  /** PEM, besides what the machine trusts. */
  readonly caFile: string | undefined;
}

const BATCH = { min: 1, max: 64, usual: 1 } as const;

/** Everything that can be said of the settings without touching anything; faults are `misconfigured`. */
export const checkSettings = ({ name, url, key, options }: NetworkSettings): Result<WebhookSettings> => {
  const wrong = (what: string, words: string): Result<never> =>
    fail(fault('misconfigured', 'webhook.settings', `network ${name}, ${what}`, words));
  const { batch = BATCH.usual, leaves = true, tokenFile, secretFile, caFile, ...others } = options;
  if (key !== undefined) return wrong('key', 'a webhook signs no receipts, so it has no key here.');
  const address = checkWebAddress(url);
  if (!address.ok) return wrong('url', address.fault.words);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) {
    const known = 'there are batch, leaves, tokenFile, secretFile and caFile.';
    return wrong(`options.${unknown}`, `is no option; ${known}`);
  }
  if (typeof batch !== 'number' || !Number.isInteger(batch) || batch < BATCH.min || batch > BATCH.max)
    return wrong('options.batch', `must be a whole number from ${BATCH.min} to ${BATCH.max}.`);
  if (typeof leaves !== 'boolean') return wrong('options.leaves', 'must be true or false.');
  const files = { tokenFile, secretFile, caFile };
  for (const [option, value] of Object.entries(files)) {
    if (value === undefined) continue;
    if (typeof value !== 'string' || !value.startsWith('/'))
      return wrong(`options.${option}`, 'must be the path of a file, from / on.');
  }
  const path = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return ok({
    name,
    url: address.value,
    batch,
    leaves,
    tokenFile: path(tokenFile),
    secretFile: path(secretFile),
    caFile: path(caFile),
  });
};
