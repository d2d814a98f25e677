import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { checkGnssOptions, type GnssOptions } from '../../gnss/options.ts';
import { type GpsdCommand, gpsdCodec } from './codec.ts';
import type { GpsdEvent } from './event.ts';
import { gpsdSession, type State } from './session.ts';

export { redecode } from './redecode.ts';

export const gpsdParts: AdapterParts<GnssOptions, State, GpsdCommand, GpsdEvent> = {
  name: 'gpsd',
  bearsPosition: true,
  check: checkGnssOptions,
  codec: gpsdCodec,
  session: gpsdSession,
};

/** A satellite receiver behind gpsd, over TCP. */
export const adapter: Adapter = defineAdapter(gpsdParts);
