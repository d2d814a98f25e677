import { nmeaCodec } from '@outpost/firmware-bridge/wires';
import { type Clock, concatBytes, ok, type Result, type WallNs } from '@outpost/schemas/words';
import type { CarState } from '../car/car.ts';
import { ATLANTIC, positionOn } from '../car/road.ts';
import type { Line, Plug, Socket } from './plug.ts';

const EVERY_MS = 1_000;
/** An open sky. */
const SATELLITES = 11;
const HDOP_CENTI = 80;

/** What a receiver in the car says of one moment: RMC and GGA, which name a simulator as the standard has it. */
export const sentencesOf = (car: CarState, at: WallNs): Uint8Array => {
  const place = positionOn(car.road, ATLANTIC, car.motion.speedMps);
  const time = new Date(Number(at / 1_000_000n)).toISOString().slice(11, 23).replaceAll(':', '');
  const where = { latitude: Math.round(place.latitude * 1e7), longitude: Math.round(place.longitude * 1e7) };
  const common = { talker: 'GN', time, mode: 'simulated', place: where } as const;
  return concatBytes(
    nmeaCodec.event.encode({
      kind: 'rmc',
      ...common,
      speedCmS: Math.round(place.speedMps * 100),
      courseCdeg: Math.round(place.headingDegrees * 100) % 36_000,
      at,
    }),
    nmeaCodec.event.encode({
      kind: 'gga',
      ...common,
      satellites: SATELLITES,
      hdopCenti: HDOP_CENTI,
      altitudeCm: Math.round(place.altitudeM * 100),
    }),
  );
};

export interface ServeReceiver {
  /** The car as it is now. */
  look(): CarState;
  readonly socket: Socket;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A satellite receiver on a real socket. Disposing ends it. */
export interface ServedReceiver extends AsyncDisposable {
  readonly where: string;
}

/** A satellite receiver in a simulated car: once a second it tells whoever listens where the car truly is. */
export const serveReceiver = async ({
  look,
  socket,
  clock,
  signal,
}: ServeReceiver): Promise<Result<ServedReceiver>> => {
  let line: Line | undefined;
  const plugged: Result<Plug> = await socket.plugIn(
    {
      connected: (connected) => {
        line = connected;
      },
      // It takes no commands.
      bytes: () => undefined,
      lineRate: () => undefined,
      gone: () => {
        line = undefined;
      },
    },
    signal,
  );
  if (!plugged.ok) return plugged;
  const plug = plugged.value;
  const stopping = new AbortController();
  const until = AbortSignal.any([signal, stopping.signal]);
  const telling = (async () => {
    while (!until.aborted) {
      line?.write(sentencesOf(look(), clock.wall()));
      await clock.sleep(EVERY_MS, until).catch(() => undefined);
    }
  })();
  return ok({
    where: plug.where,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await telling;
      await plug[Symbol.asyncDispose]();
    },
  });
};
