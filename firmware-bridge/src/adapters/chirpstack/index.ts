import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { chirpstackCodec } from './codec.ts';
import type { GwCommand, GwEvent } from './event.ts';
import { type ChirpstackOptions, checkOptions } from './options.ts';
import { chirpstackSession } from './session.ts';
import type { State } from './state.ts';

export { redecode } from './redecode.ts';

export const chirpstackParts: AdapterParts<ChirpstackOptions, State, GwCommand, GwEvent> = {
  name: 'chirpstack',
  lane: 'coverage',
  // Gateways say where they are with each frame and each statistic.
  bearsPosition: true,
  takes: ['downlink', 'beacon'],
  check: checkOptions,
  codec: chirpstackCodec,
  session: chirpstackSession,
};

/** LoRa gateways that speak ChirpStack's language over MQTT. */
export const adapter: Adapter = defineAdapter(chirpstackParts);
