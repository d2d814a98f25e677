import { connect, createServer, type Server, type Socket } from 'node:net';
import { loadAdapter, newTally, readDevice, systemClock } from '@outpost/firmware-bridge';
import { type DeviceName, elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { modelOfOptions } from '../cli/car.ts';
import { serveCar } from '../devices/serve-car.ts';
import { tcpSocket } from '../devices/tcp-plug.ts';
import type { Bench, BenchOptions } from './result.ts';
import { quantile } from './rounds.ts';

const PROMPT = 0x3e;
const clock = systemClock();

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
};

const listen = (accept: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer({ noDelay: true }, accept);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

/**
 * A wire between adapter and dongle that notes when a whole reply was handed on, and at the same moment sends as many
 * bytes over a bare connection beside it, whose other end notes when they are there.
 */
const openTap = async (dongle: { readonly host: string; readonly port: number }) => {
  const bareMs: number[] = [];
  let sentAt: MonoNs | undefined;
  let bareSentAt: MonoNs | undefined;
  const bare = await listen((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', () => {
      if (bareSentAt !== undefined) bareMs.push(elapsedMs(bareSentAt, clock.mono()));
      bareSentAt = undefined;
    });
  });
  const beside = connect(portOf(bare), '127.0.0.1').setNoDelay(true);
  const tap = await listen((socket) => {
    const far = connect(dongle.port, dongle.host).setNoDelay(true);
    socket.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => {
      socket.write(chunk);
      if (chunk.at(-1) !== PROMPT) return;
      sentAt = clock.mono();
      bareSentAt = sentAt;
      beside.write(chunk);
    });
    for (const end of [socket, far]) {
      end.on('error', () => end.destroy());
      end.on('close', () => {
        socket.destroy();
        far.destroy();
      });
    }
  });
  const close = (): void => {
    beside.destroy();
    for (const server of [tap, bare]) server.close();
  };
  return { port: portOf(tap), bareMs, sentAt: () => sentAt, close };
};

/** Exchanges of the whole adapter with the simulated car until there are `count` that brought readings. */
const measure = async (count: number, { signal, say }: BenchOptions) => {
  const adapter = (await loadAdapter('elm327'))?.adapter;
  const model = await modelOfOptions({
    seed: '1',
    cycle: 'wltc',
    profile: 'genuine',
    protocol: '6',
    speedUp: '1',
    park: '0',
    ambient: '20',
  });
  if (adapter === undefined || !model.ok) throw new Error('adapter and car are part of this program');
  const end = new AbortController();
  const both = AbortSignal.any([signal, end.signal]);
  const car = await serveCar({ model: model.value, socket: tcpSocket('127.0.0.1', 0), clock, signal: both });
  if (!car.ok) throw new Error(car.fault.words);
  await using served = car.value;
  const url = new URL(served.where);
  const tap = await openTap({ host: url.hostname, port: Number(url.port) });
  const driverMs: number[] = [];
  const events = readDevice({
    adapter,
    address: `tcp://127.0.0.1:${tap.port}`,
    options: { requestsPerSecondMax: 20 },
    device: 'car' as DeviceName,
    clock,
    signal: both,
    tally: newTally(),
    report: () => undefined,
  });
  try {
    for await (const event of events) {
      if (event.kind !== 'observed') continue;
      event.observed.kept();
      const sentAt = tap.sentAt();
      if (event.observed.readings.length === 0 || sentAt === undefined) continue;
      driverMs.push(elapsedMs(sentAt, clock.mono()));
      if (driverMs.length % 100 === 0) say(`${driverMs.length} of ${count} exchanges`);
      if (driverMs.length >= count) break;
    }
  } finally {
    end.abort(new Error('measured'));
    tap.close();
  }
  return { driverMs, bareMs: tap.bareMs };
};

/** From the last byte of a reply to its readings in the gateway's hands, beside bare bytes over loopback. */
export const run: Bench = async (options) => {
  const { driverMs, bareMs } = await measure(options.quick ? 60 : 600, options);
  const [driver, bare] = [quantile(driverMs, 0.99), quantile(bareMs, 0.99)];
  return {
    name: 'elm327',
    ratios: [
      {
        what: 'bare loopback delivery p50, to the whole driver',
        ratio: quantile(bareMs, 0.5) / quantile(driverMs, 0.5),
      },
    ],
    figures: [
      { what: 'driver, reply to readings, p50', value: quantile(driverMs, 0.5), unit: 'ms' },
      { what: 'driver, reply to readings, p99', value: driver, unit: 'ms' },
      { what: 'bare loopback delivery, p99', value: bare, unit: 'ms' },
      { what: 'overhead of the driver at p99', value: driver - bare, unit: 'ms', bar: '≤ 5' },
    ],
  };
};
