import { createHmac } from 'node:crypto';
import { fail, fault, fromBase64, ok, type Result } from '@outpost/schemas/words';

/** "Standard Webhooks" 1.0.0, symmetric signatures: the secret is `whsec_` and 24 to 64 bytes in base64. */
const PREFIX = 'whsec_';
const KEY_BYTES = { min: 24, max: 64 } as const;

/** A fault is `misconfigured`; it has nothing of the secret in it. */
export const parseSecret = (text: string, where: string): Result<Uint8Array> => {
  const key = text.startsWith(PREFIX) ? fromBase64(text.slice(PREFIX.length)) : undefined;
  if (key !== undefined && key.length >= KEY_BYTES.min && key.length <= KEY_BYTES.max) return ok(key);
  const words = `must hold ${PREFIX} and ${KEY_BYTES.min} to ${KEY_BYTES.max} bytes in base64 behind it.`;
  return fail(fault('misconfigured', 'webhook.secret', where, words));
};

/** What stands in `webhook-signature` for a body. */
export const signatureOf = (key: Uint8Array, id: string, seconds: bigint, body: Uint8Array): string =>
  `v1,${createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64')}`;
