import type { Clock } from '@outpost/schemas/words';
import type { BridgeDialect } from '../devices/chirpstack/bridge.ts';
import { type BridgeBroker, serveBridge } from '../devices/chirpstack/serve-bridge.ts';
import { DEFAULT_FORWARDER } from '../devices/gwmp/forwarder.ts';
import { gnssPlace, type OpenFace } from './face.ts';

export interface ChirpstackServer {
  readonly broker: BridgeBroker;
  readonly dialect: BridgeDialect;
  readonly realClock: Clock;
}

/** Hotspots behind a broker, as chirpstack-gateway-bridge and chirpstack-mqtt-forwarder put them there. */
export const chirpstackFace =
  ({ broker, dialect, realClock }: ChirpstackServer, txHz: readonly [number, number]): OpenFace =>
  async ({ eui, clock, counterUs, place, send }) => {
    const { powersDbm, gpsAtZeroMs } = DEFAULT_FORWARDER;
    const served = await serveBridge({
      name: { ...dialect, eui },
      radio: { txHz, powersDbm, gpsAtZeroMs },
      broker,
      clock,
      realClock,
      counterUs,
      place: () => gnssPlace(place()),
      onAir: ({ item, startUs }) => send(item, startUs),
    });
    return {
      heard: (frames) => served.hear(frames),
      tally: () => ({ ...served.tally }),
      [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
    };
  };
