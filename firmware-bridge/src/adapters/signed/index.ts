import { createPublicKey, verify } from 'node:crypto';
import { strictVerifier } from '@outpost/schemas/evidence';
import { type Body, concatBytes } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { type Message, readMessage } from '../../message.ts';
import { bodiesOf } from './bodies.ts';
import { type SignedMessage, signedCodec } from './codec.ts';
import { readSigned } from './form.ts';
import { checkOptions, type SignedOptions } from './options.ts';
import { type State, signedSession, type Verify } from './session.ts';

/** What stands before the 32 bytes in a SubjectPublicKeyInfo (RFC 8410 §4). */
const SPKI = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00);

/** The platform's verification of one key, made ready once: with the parsing of the key it would take twice as long. */
const platformVerify = (key: Uint8Array): Verify => {
  const der = concatBytes(SPKI, key);
  const ready = createPublicKey({ key: der as never, format: 'der', type: 'spki' });
  return strictVerifier((_, message, signature) => verify(null, message, ready, signature));
};

export const signedParts: AdapterParts<SignedOptions, State, Message, SignedMessage> = {
  name: 'signed',
  authenticates: 'signature',
  check: checkOptions,
  codec: signedCodec,
  session: (options) => signedSession(options, platformVerify(options.key)),
};

/** Devices that sign what they say, over MQTT or whatever brings whole messages. */
export const adapter: Adapter = defineAdapter(signedParts);

/** What a message says if the signature in it holds; nothing if it does not. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const message = readMessage(raw);
  const reading = message.ok ? readSigned(message.value.payload) : message;
  if (!reading.ok) return [];
  const { key, signed, signature } = reading.value;
  if (!strictVerifier()(key, signed, signature)) return [];
  const bodies = bodiesOf(reading.value);
  return bodies.ok ? bodies.value : [];
};
