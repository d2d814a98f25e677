import type { Body } from '@outpost/schemas/words';
import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { type Message, readMessage } from '../../message.ts';
import { checkSigningOptions, type SigningOptions } from '../../signing/options.ts';
import { platformVerify } from '../../signing/platform-verify.ts';
import type { State } from '../../signing/session.ts';
import { bodiesOf } from './bodies.ts';
import { type M3terMessage, m3terCodec, payloadIn } from './codec.ts';
import { m3terSession } from './session.ts';

export const m3terParts: AdapterParts<SigningOptions, State, Message, M3terMessage> = {
  name: 'm3ter',
  authenticates: 'signature',
  bearsPosition: true,
  check: (options) => checkSigningOptions('m3ter', options),
  codec: m3terCodec,
  session: (options) => m3terSession(options, platformVerify(options.key)),
};

/** Energy meters of the M3tering protocol, over MQTT. */
export const adapter: Adapter = defineAdapter(m3terParts);

/** What a message says; its signature is by a key that only some messages carry, so it is not judged here. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const message = readMessage(raw);
  const payload = message.ok ? payloadIn(message.value.payload) : message;
  if (!payload.ok || payload.value.nonce === 0) return [];
  const bodies = bodiesOf(payload.value);
  return bodies.ok ? bodies.value : [];
};
