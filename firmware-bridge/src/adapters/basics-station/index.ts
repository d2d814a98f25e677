import type { Adapter, AdapterParts } from '../../adapter.ts';
import { defineAdapter } from '../../define-adapter.ts';
import { stationCodec } from './codec.ts';
import type { StationCommand, StationEvent } from './event.ts';
import { checkOptions, type StationOptions, withCredentials } from './options.ts';
import { stationSession } from './session.ts';
import type { State } from './state.ts';

export { redecode } from './redecode.ts';

export const stationParts: AdapterParts<StationOptions, State, StationCommand, StationEvent> = {
  name: 'basics-station',
  lane: 'coverage',
  // A station with a receiver tells of its fixes.
  bearsPosition: true,
  takes: ['downlink'],
  check: async (given) => {
    const checked = checkOptions(given);
    return checked.ok ? await withCredentials(checked.value) : checked;
  },
  codec: stationCodec,
  to: ({ to }) => to,
  asksTime: ({ kind }) => kind === 'timesync',
  session: stationSession,
};

/** LoRa gateways that run Basics Station and take this box for their network server. */
export const adapter: Adapter = defineAdapter(stationParts);
