import { strictVerifier } from '@outpost/schemas/evidence';
import type { Body } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { type Message, readMessage } from '../../message.ts';
import { checkSigningOptions, type SigningOptions } from '../../signing/options.ts';
import { platformVerify } from '../../signing/platform-verify.ts';
import type { State } from '../../signing/session.ts';
import { bodiesOf } from './bodies.ts';
import { type SignedMessage, signedCodec } from './codec.ts';
import { readSigned } from './form.ts';
import { signedSession } from './session.ts';

export const signedParts: AdapterParts<SigningOptions, State, Message, SignedMessage> = {
  name: 'signed',
  authenticates: 'signature',
  check: (options) => checkSigningOptions('signed', options),
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
