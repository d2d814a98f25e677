import type { Clock } from '@outpost/schemas/words';
import { serveStation } from '../devices/basics-station/serve-station.ts';
import type { StationSecrets } from '../devices/basics-station/web-socket.ts';
import type { OpenFace } from './face.ts';

export interface StationServer {
  /** `ws://box:3001`, what stations have in `tc.uri`. */
  readonly uri: string;
  readonly secrets: StationSecrets;
  readonly realClock: Clock;
}

const SESSIONS = 255;

/** Hotspots that run Basics Station. `powerDbm` is what their region lets them send with. */
export const stationFace =
  (
    { uri, secrets, realClock }: StationServer,
    { txHz, powerDbm }: { readonly txHz: readonly [number, number]; readonly powerDbm: number },
  ): OpenFace =>
  async ({ eui, seed, clock, counterUs, place, send }) => {
    const served = await serveStation({
      eui,
      session: (Math.abs(seed) % SESSIONS) + 1,
      server: uri,
      secrets,
      txHz,
      powerDbm,
      hasPulse: () => place() !== undefined,
      clock,
      realClock,
      counterUs,
      onAir: ({ item, startUs }) => send(item, startUs),
    });
    return {
      heard: (frames) => served.hear(frames),
      tally: () => ({ ...served.tally }),
      [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
    };
  };
