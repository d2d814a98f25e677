import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { hasMosquitto, type Mosquitto, startMosquitto } from '@outpost/firmware-bridge/wires';
import { askControl, nodeDisk, openJournalReadOnly, originOfKind } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { snrFloorDb } from '@outpost/schemas/radio';
import { type DownlinkItem, type OrderOutcome, type ReceptionBody, toHex } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faceOf } from '../cli/lora-faces.ts';
import type { LoraOptions } from '../cli/lora-options.ts';
import { runLora } from '../cli/lora-world.ts';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { freeUdpPort } from '../devices/gwmp/udp-end.ts';
import type { HotspotFace } from '../radio/face.ts';
import { MIDDLE, plainWorld } from '../radio/testing.ts';
import { openScene, type Scene, untilStatus } from './box.ts';
import { type Program, until } from './programs.ts';

const ORDER_MS = 10_000;
const WORLD: Omit<LoraOptions, 'seed'> = {
  hotspots: '2',
  devices: '60',
  speed: '20',
  centre: '52.52,13.405',
  radius: '3',
  region: 'EU868',
  propagation: 'hata-suburban',
  interval: '30',
  liars: '1',
  seconds: '60',
  json: true,
};

interface Kept {
  readonly origin: string | undefined;
  readonly body: ReceptionBody;
}

/** What the journal holds of frames, by what heard them. */
const receptionsIn = async (data: string): Promise<ReadonlyMap<string, readonly Kept[]>> => {
  const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
  if (!view.ok) throw new Error(view.fault.words);
  const kept = new Map<string, Kept[]>();
  for await (const { kind, bytes } of view.value.read(view.value.start, view.value.end)) {
    const origin = originOfKind(kind);
    const leaf = origin === undefined ? undefined : decodeLeaf(bytes);
    if (leaf?.ok !== true || leaf.value.body.kind !== 'reception') continue;
    const { body } = leaf.value;
    const gateway = toHex(body.gateway ?? new Uint8Array());
    kept.set(gateway, [...(kept.get(gateway) ?? []), { origin, body }]);
  }
  return kept;
};

describe.skipIf(!hasMosquitto())(
  'hotspots that speak ChirpStack’s MQTT or Basics Station, before a gateway',
  () => {
    let broker: Mosquitto;
    let scene: Scene;
    let gateway: Program;
    let data: string;
    let lns: number;
    /** EUIs of the worlds with these seeds, the first of which is our own. */
    const worldEuis = plainWorld({ seed: 9, hotspots: 2 }).hotspots.map(({ eui }) => eui);

    const optionsFor = (face: string): Partial<LoraOptions> => {
      if (face === 'station') return { face: 'basics-station', server: `ws://127.0.0.1:${lns}` };
      const mqtt = face === 'json' ? '/v5?version=5' : '/v3';
      const dialect = face === 'json' ? { encoding: 'json', qos: '1' } : {};
      return { face: 'chirpstack', server: `${broker.url}${mqtt}`, ...dialect };
    };

    beforeAll(async () => {
      [broker, scene, lns] = [await startMosquitto(), await openScene(), await freeUdpPort()];
      data = scene.path('data');
      const region = 'EU868';
      const mqtt = (name: string, version: string) => ({
        name,
        adapter: 'chirpstack',
        port: `${broker.url}/${name}/gateway/%23?version=${version}`,
        options: { region },
      });
      const gateways = ['0016c0f000000003', ...worldEuis];
      const station = {
        name: 'stations',
        adapter: 'basics-station',
        port: `lns://127.0.0.1:${lns}`,
        options: { region, gateways },
      };
      const config = {
        dataDirectory: data,
        keyKind: 'demo',
        devices: [mqtt('v3', '3.1.1'), mqtt('v5', '5'), station],
        networks: [],
        store: null,
        journal: { commitEveryMs: 100 },
        clock: { trust: 'ntp' },
      };
      gateway = scene.gateway(await scene.write('outpost.json', config));
      await untilStatus(gateway, data, 'all ports are open', ({ devices }) =>
        devices.every(({ connected }) => connected),
      );
    }, 30_000);
    afterAll(async () => {
      await scene[Symbol.asyncDispose]();
      await broker[Symbol.asyncDispose]();
    }, 20_000);

    const downlink = async (device: string, eui: string): Promise<OrderOutcome> => {
      const modulation = { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 };
      const item = { phy: '60f17dbe4920020001f9d65d27', frequencyHz: 868_100_000, powerDbm: 14, modulation };
      const wish = { device, kind: 'downlink', gateway: eui, items: [item] };
      const answer = await askControl(data, '/order', ORDER_MS, JSON.stringify(wish));
      if (!answer.ok) throw new Error(answer.fault.words);
      return JSON.parse(answer.value) as OrderOutcome;
    };
    const observed = (device: string, count: number) =>
      untilStatus(gateway, data, `${device} has said ${count}`, ({ devices, record }) =>
        devices.some(({ name, tally }) => name === device && tally.observed >= count && record.waiting === 0),
      );

    it.each([
      ['protobuf over MQTT 3.1.1', 'v3', 'protobuf', '0016c0f000000001'],
      ['JSON over MQTT 5', 'v5', 'json', '0016c0f000000002'],
      ['Basics Station', 'stations', 'station', '0016c0f000000003'],
    ])(
      'bring evidence and get what they are to send: %s',
      async (_, device, face, eui) => {
        const chosen = await faceOf(
          { ...WORLD, seed: '1', ...optionsFor(face) },
          plainWorld().region,
          systemClock(),
        );
        if (!chosen.ok || chosen.value.open === undefined) throw new Error('there is such a face');
        const onAir: DownlinkItem[] = [];
        const parts = { eui, seed: 3, clock: systemClock(), counterUs: 4_294_000_000, place: () => MIDDLE };
        const hotspot: HotspotFace = await chosen.value.open({ ...parts, send: (item) => onAir.push(item) });
        try {
          const heard = Array.from({ length: 40 }, (__, n) => frameHeard(4_294_000_000 + n * 1_000));
          for (const frame of heard) hotspot.heard([frame]);
          await observed(device, 40);
          // The box's clock is synchronised, as its configuration says: a station that asks is told the time.
          if (face === 'station') expect(hotspot.tally()).toMatchObject({ timesyncs: 1, lost: 0, unfit: 0 });
          expect(await downlink(device, eui)).toMatchObject({ kind: 'done', item: 0 });
          await until('it is on the air', () => onAir[0]);
          expect(onAir[0]).toMatchObject({ frequencyHz: 868_100_000, invertPolarity: true });
          expect(toHex(onAir[0]?.phy ?? new Uint8Array())).toBe('60f17dbe4920020001f9d65d27');
          const kept = (await receptionsIn(data)).get(eui) ?? [];
          expect(kept.map(({ body }) => body.tmst)).toEqual(heard.map(({ tmst }) => (tmst ?? 0) % 2 ** 32));
          expect(new Set(kept.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
          expect(kept[0]?.body).toMatchObject({
            phy: heard[0]?.phy,
            crc: 'ok',
            frequencyHz: 868_100_000,
            rssiDeciDbm: -1_000,
            snrDeciDb: 20,
            modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 },
          });
        } finally {
          await hotspot[Symbol.asyncDispose]();
        }
      },
      30_000,
    );

    it.each([
      ['v3', 'protobuf', 'teleport'],
      ['v5', 'json', 'teleport'],
      ['stations', 'station', 'snr-impossible'],
    ])(
      'can lie there too: %s, %s, %s',
      async (device, face, cheat) => {
        const before = [...(await receptionsIn(data)).values()].flat().length;
        const out: string[] = [];
        const terminal = {
          out: (line: string) => out.push(line),
          err: (line: string) => out.push(line),
          signal: new AbortController().signal,
        };
        const code = await runLora(
          { ...WORLD, seed: '9', ...optionsFor(face), cheat },
          terminal,
          systemClock(),
        );
        expect([code, out]).toEqual([0, out]);
        const { lies, faces } = JSON.parse(out.at(-1) ?? '') as {
          lies: number;
          faces: { published: number; lost: number };
        };
        expect(lies).toBeGreaterThan(0);
        expect(faces.lost).toBe(0);
        expect(faces.published).toBeGreaterThan(20);
        await observed(device, 60);
        const after = await until('all of it is kept', async () => {
          const all = [...(await receptionsIn(data)).values()].flat();
          return all.length > before + 20 ? all : undefined;
        });
        expect(new Set(after.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
        const told = after.slice(before).map(({ body }) => body);
        const latitudes = told.flatMap(({ location }) => (location === undefined ? [] : [location.latitude]));
        const strange = told.filter(
          ({ snrDeciDb = 0, modulation }) =>
            modulation?.kind === 'lora' && snrDeciDb / 10 < snrFloorDb(modulation.spreadingFactor) - 3,
        );
        if (cheat === 'teleport')
          expect(Math.max(...latitudes) - Math.min(...latitudes)).toBeGreaterThan(100_000);
        else expect(strange.length).toBeGreaterThan(0);
      },
      30_000,
    );
  },
);
