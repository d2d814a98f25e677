import { loadMapping, openPort, readMessage, systemClock, writeMessage } from '@outpost/firmware-bridge';
import {
  createRig,
  hasMosquitto,
  type Mosquitto,
  mappedParts,
  ovmsParts,
  redecodeOvms,
  redecodeWican,
  startMosquitto,
  wicanParts,
} from '@outpost/firmware-bridge/wires';
import type { Body } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Mishaps, mishapsOf, NO_MISHAPS } from './mishaps.ts';
import { OVMS_FLEET } from './ovms.ts';
import { type FleetParts, runFleet } from './run-fleet.ts';
import type { FleetKind, Said } from './said.ts';
import { SENSOR_FLEET, SENSOR_MAPPING } from './sensor.ts';
import { WICAN_FLEET } from './wican.ts';

const SEED = 7;
const NOW_MS = 1_795_507_200_000;
const { signal } = new AbortController();

const messagesOf = (kind: FleetKind, turns: number): readonly Said[] => {
  const device = kind.device(SEED, 3);
  const spoken = Array.from({ length: turns }, (_, turn) => device.speak(turn, NOW_MS + 1_000 * turn));
  return [...device.greet(), ...spoken.flat(), device.will];
};

const sensorMapping = async () => {
  const { checkMapping } = await loadMapping();
  const checked = checkMapping(JSON.stringify(SENSOR_MAPPING), 'sensor.json');
  if (!('mapping' in checked)) throw new Error(checked.faults[0].words);
  return checked.mapping;
};

const ends = (fates: readonly { readonly kind: string; readonly reason?: string }[]): ReadonlySet<string> =>
  new Set(fates.map(({ kind, reason }) => reason ?? kind));

describe('devices of a fleet', () => {
  it('that are WiCANs say what the adapter reads, all of it marked as simulated', async () => {
    const options = await wicanParts.check(undefined);
    if (!options.ok) throw new Error(options.fault.words);
    const rig = createRig(wicanParts.codec, wicanParts.session(options.value), () => []);
    for (const said of messagesOf(WICAN_FLEET, 64)) rig.receive(writeMessage(said));
    expect(ends(rig.fates)).toEqual(new Set(['observed', 'control']));
    expect(rig.said.length).toBeGreaterThan(100);
    expect(new Set(rig.said.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
    for (const { body, raw } of rig.said) expect(redecodeWican(raw)).toEqual([body]);
    expect(rig.said.some(({ body }) => body.kind === 'identity')).toBe(true);
  });

  it('that are OVMS modules do too', async () => {
    const options = await ovmsParts.check({ records: true });
    if (!options.ok) throw new Error(options.fault.words);
    const rig = createRig(ovmsParts.codec, ovmsParts.session(options.value), () => []);
    for (const said of messagesOf(OVMS_FLEET, 64)) rig.receive(writeMessage(said));
    expect(ends(rig.fates)).toEqual(new Set(['observed', 'control', 'said-by-event']));
    expect(new Set(rig.said.map(({ origin }) => origin))).toEqual(new Set(['simulated']));
    expect(new Set(rig.said.map(({ body }) => body.kind))).toEqual(
      new Set(['number', 'text', 'identity', 'position']),
    );
    for (const { body, raw } of rig.said) expect(redecodeOvms(raw)).toContainEqual(body);
  });

  it('that are sensors do too, by the mapping that the simulator prints', async () => {
    const mapping = await sensorMapping();
    const rig = createRig(
      mappedParts.codec,
      mappedParts.session({ mapping, silentAfterMs: 60_000 }),
      () => [],
    );
    for (const said of messagesOf(SENSOR_FLEET, 64)) rig.receive(writeMessage(said));
    expect(ends(rig.fates)).toEqual(new Set(['observed']));
    expect(rig.said).toHaveLength(64 * 4 + 2);
  });

  it('have topics of their own, and the same things to say for the same seed', () => {
    for (const kind of [WICAN_FLEET, OVMS_FLEET, SENSOR_FLEET]) {
      expect(messagesOf(kind, 8)).toEqual(messagesOf(kind, 8));
      const filters = [0, 1, 2].map((index) => kind.device(SEED, index).filter);
      expect(new Set(filters).size).toBe(3);
      for (const { topic } of messagesOf(kind, 8))
        expect(topic.startsWith(kind.device(SEED, 3).filter.slice(0, -1))).toBe(true);
    }
  });

  it('go wrong as often as they are told', () => {
    const shares: Mishaps = { churn: 0.1, duplicates: 0.2, badPayloads: 0.3, wrongClocks: 0.5 };
    const draws = mishapsOf(shares, SEED, 1);
    const counted = (is: (at: number) => boolean): number =>
      Array.from({ length: 2_000 }, (_, at) => is(at)).filter(Boolean).length;
    expect(Math.abs(counted(draws.isChurn) - 200)).toBeLessThan(60);
    expect(Math.abs(counted(draws.isTwice) - 400)).toBeLessThan(80);
    expect(Math.abs(counted(draws.isBad) - 600)).toBeLessThan(90);
    const wrong = Array.from({ length: 400 }, (_, index) =>
      mishapsOf(shares, SEED, index).clockMs(NOW_MS),
    ).filter((ms) => ms !== NOW_MS);
    expect(Math.abs(wrong.length - 200)).toBeLessThan(50);
  });
});

describe.skipIf(!hasMosquitto())('a fleet at Eclipse Mosquitto', () => {
  let broker: Mosquitto;
  beforeAll(async () => {
    broker = await startMosquitto();
  });
  afterAll(() => broker[Symbol.asyncDispose]());

  const partsFor = (more: Partial<FleetParts> = {}): FleetParts => ({
    kind: SENSOR_FLEET,
    url: broker.url,
    count: 4,
    ratePerSecond: 200,
    seed: SEED,
    mishaps: NO_MISHAPS,
    turns: 25,
    reconnectMs: 10,
    clock: systemClock(),
    signal,
    ...more,
  });

  it('loses nothing that the broker acknowledged on its way through the port', async () => {
    const opened = await openPort(`${broker.url}/outpost-simulator/+/values`, {
      clock: systemClock(),
      signal,
    });
    if (!opened.ok) throw new Error(opened.fault.words);
    await using port = opened.value;
    const good: string[] = [];
    const published = (said: Said, isGood: boolean): void => {
      if (isGood && said.topic.endsWith('/values'))
        good.push(`${said.topic} ${new TextDecoder().decode(said.payload)}`);
    };
    const mishaps = { churn: 0.02, duplicates: 0.1, badPayloads: 0.1, wrongClocks: 0.5 };
    const { tally, ended } = runFleet(partsFor({ mishaps, published }));
    await ended;
    expect(tally).toMatchObject({ failed: 0, connections: 4 + tally.churned });
    expect(tally.damaged).toBeGreaterThan(0);
    expect(tally.twice).toBeGreaterThan(0);
    const heard: string[] = [];
    // Behind everything: what comes after it was sent after it.
    await port.write(
      writeMessage({ topic: 'outpost-simulator/end/values', payload: new Uint8Array(1) }),
      signal,
    );
    for await (const { bytes, settle } of port.arrivals) {
      settle?.('kept');
      const message = readMessage(bytes);
      if (!message.ok) throw new Error(message.fault.words);
      if (message.value.topic.includes('/end/')) break;
      heard.push(`${message.value.topic} ${new TextDecoder().decode(message.value.payload)}`);
    }
    expect(heard.filter((each) => good.includes(each)).toSorted()).toEqual(good.toSorted());
    expect(heard).toHaveLength(tally.published - tally.connections);
  });

  it('is heard of when it goes without a word', async () => {
    const opened = await openPort(`${broker.url}/outpost-simulator/+/status`, {
      clock: systemClock(),
      signal,
    });
    if (!opened.ok) throw new Error(opened.fault.words);
    await using port = opened.value;
    const { tally, ended } = runFleet(partsFor({ count: 1, turns: 2, mishaps: { ...NO_MISHAPS, churn: 1 } }));
    const words: string[] = [];
    for await (const { bytes, retained, settle } of port.arrivals) {
      settle?.('kept');
      const message = readMessage(bytes);
      if (message.ok && retained !== true) words.push(new TextDecoder().decode(message.value.payload));
      if (words.length === 4) break;
    }
    await ended;
    expect(words).toEqual(['online', 'offline', 'online', 'offline']);
    expect(tally.churned).toBe(2);
  });

  it('ends with its signal', async () => {
    const stop = new AbortController();
    const { tally, ended } = runFleet(
      partsFor({ signal: stop.signal, turns: 1_000_000, published: () => stop.abort(new Error('enough')) }),
    );
    await ended;
    expect(tally.published).toBeGreaterThan(0);
  });
});

describe('a body', () => {
  it('of a sensor is a number', async () => {
    const mapping = await sensorMapping();
    const { applyMapping } = await loadMapping();
    const [said] = SENSOR_FLEET.device(SEED, 0).speak(5, NOW_MS);
    const bodies: readonly Body[] = applyMapping(mapping, said ?? expect.fail('nothing')).values.map(
      ({ body }) => body,
    );
    expect(bodies.map(({ kind }) => kind)).toEqual(['number', 'number', 'number', 'number']);
  });
});
