import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { checkGnssOptions, type GnssOptions } from '../../gnss/options.ts';
import { nmeaCodec } from './codec.ts';
import type { NmeaEvent } from './event.ts';
import { nmeaSession, type State } from './session.ts';

export { redecode } from './redecode.ts';

export const nmeaParts: AdapterParts<GnssOptions, State, never, NmeaEvent> = {
  name: 'nmea',
  bearsPosition: true,
  check: checkGnssOptions,
  codec: nmeaCodec,
  session: nmeaSession,
};

/** A satellite receiver that speaks NMEA 0183 on a serial line, or over TCP. */
export const adapter: Adapter = defineAdapter(nmeaParts);
