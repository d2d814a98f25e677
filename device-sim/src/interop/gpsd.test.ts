import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { loadAdapter, newTally, openPort, systemClock } from '@outpost/firmware-bridge';
import { distanceM } from '@outpost/schemas/privacy';
import type { DeviceName, Observation, PositionBody } from '@outpost/schemas/words';
import { afterAll, describe, expect, it } from 'vitest';
import { type CarModel, carAt, newCar } from '../car/car.ts';
import { endlessDrive } from '../car/plan.ts';
import { truthOf } from '../car/truth.ts';
import { vehicleOf } from '../car/vehicles/vehicles.ts';
import { cycleOf } from '../cycles/cycle.ts';
import { serveReceiver } from '../devices/gnss.ts';
import { tcpSocket } from '../devices/tcp-plug.ts';

const gpsdVersion = (): string | undefined => {
  try {
    return execFileSync('gpsd', ['-V'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
};

const version = gpsdVersion();

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const POSITIONS = 4;

/** The first positions that an adapter tells at an address; it is tried again until somebody listens there. */
const positionsAt = async (
  name: string,
  address: string,
  signal: AbortSignal,
): Promise<readonly Observation[]> => {
  const clock = systemClock();
  const adapter = (await loadAdapter(name))?.adapter;
  if (adapter === undefined) throw new Error(`There is no adapter ${name}.`);
  const readings: Observation[] = [];
  while (readings.length < POSITIONS) {
    const opened = await openPort(address, { clock, signal });
    if (!opened.ok) {
      await clock.sleep(200, signal);
      continue;
    }
    await using port = opened.value;
    const context = {
      device: 'gps' as DeviceName,
      clock,
      signal,
      tally: newTally(),
      report: () => undefined,
    };
    for await (const observed of adapter.read(port, {}, context)) {
      observed.kept();
      readings.push(...observed.readings);
      if (readings.length >= POSITIONS) break;
    }
  }
  return readings;
};

const bodyOf = ({ body }: Observation): PositionBody => {
  if (body.kind !== 'position') throw new Error(`a ${body.kind} is no position`);
  return body;
};

describe('the receiver of a simulated car', () => {
  const clock = systemClock();
  const model: CarModel = {
    parameters: vehicleOf('electric'),
    plan: endlessDrive(cycleOf('hwfet')),
    seed: 5,
    ambientC: 20,
    barometricKpa: 100,
  };
  const start = clock.mono();
  let car = newCar(model);
  const look = () => {
    car = carAt(model, car, 60_000 + Number((clock.mono() - start) / 1_000_000n));
    return car;
  };
  const stopping = new AbortController();
  let daemon: ChildProcess | undefined;
  afterAll(() => {
    stopping.abort();
    daemon?.kill();
  });

  const check = async (readings: readonly Observation[], name: string): Promise<void> => {
    const redecode = (await loadAdapter(name))?.redecode;
    for (const reading of readings) {
      const body = bodyOf(reading);
      expect(redecode?.(reading.raw)).toEqual([body]);
      expect(reading.origin).toBe('simulated');
      const { latitude, longitude } = truthOf(car).position;
      const truth = { latitude: Math.round(latitude * 1e7), longitude: Math.round(longitude * 1e7) };
      // It has driven on since, at most at 96 km/h for as long as the test takes.
      expect(distanceM(body, truth)).toBeLessThan(2_000);
    }
  };

  it('is read by the adapter nmea where the car truly is', async () => {
    const served = await serveReceiver({
      look,
      socket: tcpSocket('127.0.0.1', 0),
      clock,
      signal: stopping.signal,
    });
    if (!served.ok) throw new Error(served.fault.words);
    await using receiver = served.value;
    await check(await positionsAt('nmea', receiver.where, stopping.signal), 'nmea');
  }, 30_000);

  it.skipIf(version === undefined)(
    'is read through a real gpsd (Debian package) with the same positions as its own sentences say',
    async () => {
      const served = await serveReceiver({
        look,
        socket: tcpSocket('127.0.0.1', 0),
        clock,
        signal: stopping.signal,
      });
      if (!served.ok) throw new Error(served.fault.words);
      await using receiver = served.value;
      const port = await freePort();
      daemon = spawn('gpsd', ['-N', '-n', '-S', String(port), receiver.where], { stdio: 'ignore' });
      const readings = await positionsAt('gpsd', `tcp://127.0.0.1:${port}`, stopping.signal);
      for (const body of readings.map(bodyOf)) {
        expect(body.fixedAt).toBeDefined();
        expect(body.speedCmS).toBeGreaterThan(0);
      }
      await check(readings, 'gpsd');
    },
    60_000,
  );
});
