import { DEFAULT_FORWARDER, type Forwarder } from '../devices/gwmp/forwarder.ts';
import { serveForwarder } from '../devices/gwmp/serve-forwarder.ts';
import { gnssPlace, type OpenFace } from './face.ts';

/** Hotspots behind Semtech’s packet forwarder. `txHz` is where their amplifiers can send. */
export const gwmpFace =
  (server: { readonly address: string; readonly port: number }, txHz: readonly [number, number]): OpenFace =>
  async ({ eui, seed, clock, counterUs, place, send }) => {
    const forwarder: Forwarder = {
      ...DEFAULT_FORWARDER,
      eui,
      seed,
      txHz,
      // Asked anew for each status, because some hotspots drive and some lie.
      get place() {
        return gnssPlace(place());
      },
    };
    const onAir = ({
      item,
      startUs,
    }: Parameters<NonNullable<Parameters<typeof serveForwarder>[0]['onAir']>>[0]) => send(item, startUs);
    const served = await serveForwarder({ forwarder, server, clock, counterUs, onAir });
    return {
      heard: (frames) => served.hear(frames),
      tally: () => ({ ...served.totals }),
      [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
    };
  };
