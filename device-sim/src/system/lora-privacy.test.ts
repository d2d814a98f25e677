import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire, hasMosquitto, startMosquitto } from '@outpost/firmware-bridge/wires';
import type { Place } from '@outpost/schemas/privacy';
import { describe, expect, it } from 'vitest';
import { serveBridge } from '../devices/chirpstack/serve-bridge.ts';
import { DEFAULT_FORWARDER } from '../devices/gwmp/forwarder.ts';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { freeUdpPort, openUdpEnd } from '../devices/gwmp/udp-end.ts';
import { placeAt } from '../radio/earth.ts';
import { random } from '../random/sfc32.ts';
import { openScene, stop, untilStatus } from './box.ts';
import { until } from './programs.ts';

const HOME: Place = { latitude: 525_200_000, longitude: 134_050_000 };
const RADIUS_M = 500;
const EUI = 'b827ebfffe000001';
const POINTS = 40;

/** Half of them inside, none near the edge. */
const placesOf = (seed: number): readonly { readonly place: Place; readonly isInside: boolean }[] => {
  const chance = random(seed, 'places');
  return Array.from({ length: POINTS }, (_, i) => {
    const isInside = i % 2 === 0;
    const away = isInside ? RADIUS_M * Math.sqrt(chance.unit()) * 0.99 : chance.between(600, 5_000);
    const angle = 2 * Math.PI * chance.unit();
    const { latitude, longitude } = placeAt(HOME, {
      eastM: away * Math.sin(angle),
      northM: away * Math.cos(angle),
    });
    return { place: { latitude: Math.round(latitude), longitude: Math.round(longitude) }, isInside };
  });
};

/** Every file of the data directory, byte by byte. */
const filesOf = async (directory: string): Promise<string> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(
    files.map(({ parentPath, name }) => readFile(join(parentPath, name), 'latin1')),
  );
  return texts.join('\n');
};

const bytesText = (bytes: Uint8Array): string => String.fromCharCode(...bytes);

/** How a coordinate can stand on a disk: as text, as a double of protobuf, as an integer of a leaf. */
const formsOf = (e7: number): readonly string[] => {
  const integer = new Uint8Array(4);
  new DataView(integer.buffer).setUint32(0, e7);
  const double = new Uint8Array(new Float64Array([e7 / 1e7]).buffer);
  return [String(e7 / 1e7), bytesText(double), bytesText(integer)];
};

const shown = (disk: string, { latitude, longitude }: Place): boolean =>
  [latitude, longitude].some((e7) => formsOf(e7).some((form) => disk.includes(form)));

const configOf = (data: string, port: string, adapter: string, options: object) => ({
  dataDirectory: data,
  keyKind: 'demo',
  devices: [{ name: 'hotspots', adapter, port, options }],
  networks: [],
  store: null,
  privacy: {
    zones: [
      { name: 'home', latitude: HOME.latitude / 1e7, longitude: HOME.longitude / 1e7, radiusM: RADIUS_M },
    ],
  },
  attest: { everySeconds: 1 },
  journal: { commitEveryMs: 100 },
  clock: { trust: 'rtc' },
});

describe('a gateway with a privacy zone, and a hotspot that moves through it', () => {
  it('has no coordinate inside on its disk, of what came over UDP', async () => {
    await using scene = await openScene();
    const [data, port] = [scene.path('data'), await freeUdpPort()];
    const config = configOf(data, `udp://127.0.0.1:${port}`, 'gwmp', { allow: [EUI] });
    const gateway = scene.gateway(await scene.write('outpost.json', config));
    await untilStatus(gateway, data, 'the socket is open', ({ devices }) => devices[0]?.connected === true);
    await using hotspot = await openUdpEnd('127.0.0.1');
    const places = placesOf(1);
    const nothing = {
      received: 1,
      receivedOk: 1,
      forwarded: 1,
      ackDecipercent: 0,
      downlinks: 0,
      transmitted: 0,
    };
    for (const [n, { place }] of places.entries()) {
      const from = { version: 2, token: n, eui: EUI } as const;
      const stat = {
        ...nothing,
        temperatureDeciC: 300,
        place: { ...place, altitudeCm: undefined },
        simulated: true,
      };
      hotspot.send(gwmpWire.writePush({ from, frames: [{ bodies: [frameHeard(n)] }], stat }), port);
      await until(`${n} is kept`, () => (hotspot.received.length > n ? true : undefined));
    }
    await stop(gateway);
    const disk = await filesOf(data);
    expect(places.map(({ place }) => shown(disk, place))).toEqual(places.map(({ isInside }) => !isInside));
  }, 40_000);

  it.skipIf(!hasMosquitto())(
    'nor of what came over MQTT',
    async () => {
      await using broker = await startMosquitto();
      await using scene = await openScene();
      const data = scene.path('data');
      const config = configOf(data, `${broker.url}/gateway/%23`, 'chirpstack', {});
      const gateway = scene.gateway(await scene.write('outpost.json', config));
      await untilStatus(gateway, data, 'it is connected', ({ devices }) => devices[0]?.connected === true);
      const places = placesOf(2);
      let at = places[0]?.place ?? HOME;
      const { txHz, powersDbm, gpsAtZeroMs } = DEFAULT_FORWARDER;
      await using hotspot = await serveBridge({
        name: { eui: EUI, prefix: '', encoding: 'protobuf' },
        radio: { txHz, powersDbm, gpsAtZeroMs },
        broker: { address: broker.url, version: '3.1.1', qos: 1 },
        clock: systemClock(),
        realClock: systemClock(),
        counterUs: 0,
        place: () => ({ ...at, altitudeCm: undefined, source: 'gnss' }),
        onAir: () => undefined,
      });
      for (const [n, { place }] of places.entries()) {
        at = place;
        hotspot.hear([frameHeard(n)]);
      }
      await untilStatus(
        gateway,
        data,
        'all is kept',
        ({ devices, record }) => (devices[0]?.tally.observed ?? 0) >= POINTS && record.waiting === 0,
      );
      await stop(gateway);
      const disk = await filesOf(data);
      expect(places.map(({ place }) => shown(disk, place))).toEqual(places.map(({ isInside }) => !isInside));
    },
    40_000,
  );
});
