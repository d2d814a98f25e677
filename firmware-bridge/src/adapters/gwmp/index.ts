import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { gwmpCodec } from './codec.ts';
import type { GwmpCommand, GwmpEvent } from './event.ts';
import { checkOptions, type GwmpOptions } from './options.ts';
import { gwmpSession } from './session.ts';
import type { State } from './state.ts';

export { redecode } from './redecode.ts';

export const gwmpParts: AdapterParts<GwmpOptions, State, GwmpCommand, GwmpEvent> = {
  name: 'gwmp',
  // A statistic says where its gateway stands, and that is mostly where the box is.
  bearsPosition: true,
  lane: 'coverage',
  takes: ['downlink', 'beacon', 'approve', 'forbid'],
  check: checkOptions,
  codec: gwmpCodec,
  to: ({ to }) => to,
  session: gwmpSession,
};

/** LoRa gateways that speak the Semtech UDP protocol, over one socket. */
export const adapter: Adapter = defineAdapter(gwmpParts);
