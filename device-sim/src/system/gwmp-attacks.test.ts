import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { askControl, nodeDisk, openJournalReadOnly, originOfKind, type Status } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { elapsedMs, type OrderOutcome, toHex } from '@outpost/schemas/words';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_FORWARDER } from '../devices/gwmp/forwarder.ts';
import type { Planned } from '../devices/gwmp/jit-queue.ts';
import { serveForwarder } from '../devices/gwmp/serve-forwarder.ts';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { freeUdpPort, openUdpEnd } from '../devices/gwmp/udp-end.ts';
import { type Forger, type Forgery, openForger, strangerEui } from '../radio/forgeries.ts';
import { openScene, type Scene, untilStatus } from './box.ts';
import { type Program, until } from './programs.ts';

const OWN = 'b827ebfffe000001';
const SILENT = 'b827ebfffe000002';
const QUIET = 'b827ebfffe000003';
/** Linux has all of 127.0.0.0/8: each attack comes from a house of its own, so that each has its own alarm. */
const HOUSE = {
  own: '127.0.0.1',
  pull: '127.0.0.11',
  ack: '127.0.0.12',
  push: '127.0.0.13',
  stranger: '127.0.0.14',
};

const ORDERS = 24;
/** The control socket takes 16 connections, and somebody looks at the status. */
const AT_ONCE = 8;
const FORGED = 400;
const ALARM_MS = 5_000;
const ORDER_MS = 15_000;
const TOKENS = 65_536;
const clock = systemClock();

const tokenOf = (bytes: Uint8Array): number => ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);

const configOf = (data: string, port: number) => ({
  dataDirectory: data,
  keyKind: 'demo',
  devices: [
    {
      name: 'hotspots',
      adapter: 'gwmp',
      port: `udp://127.0.0.1:${port}`,
      options: { allow: [OWN, SILENT, QUIET], region: 'EU868' },
    },
  ],
  networks: [],
  store: null,
  attest: { everySeconds: 1 },
  journal: { commitEveryMs: 100 },
  clock: { trust: 'rtc' },
});

describe('attacks on a running gateway that has downlinks under way', () => {
  let scene: Scene;
  let gateway: Program;
  let data: string;
  let port: number;
  const forgers: Forger[] = [];

  const forgerAt = async (from: string): Promise<Forger> => {
    const forger = await openForger({ address: '127.0.0.1', port }, from);
    forgers.push(forger);
    return forger;
  };
  const forge = (forger: Forger, kind: Forgery['kind'], eui: string, token: number): void =>
    forger.forge({ kind, eui, token, atUs: 0 });
  const downlink = async (eui: string, n: number): Promise<OrderOutcome> => {
    const modulation = { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000 };
    const phy = `60f17dbe4920${n.toString(16).padStart(2, '0')}0001f9d65d27`;
    const item = { phy, frequencyHz: 869_525_000, powerDbm: 14, modulation };
    const wish = JSON.stringify({ kind: 'downlink', gateway: eui, items: [item] });
    const answer = await askControl(data, '/order', ORDER_MS, wish);
    if (!answer.ok) throw new Error(answer.fault.words);
    return JSON.parse(answer.value) as OrderOutcome;
  };
  /** Milliseconds from now until the owner can read of it. */
  const alarm = async (from: string, eui: string): Promise<number> => {
    const begun = clock.mono();
    const isTold = ({ devices }: Status): boolean =>
      devices.some(({ happenings }) =>
        (happenings ?? []).some(({ words }) => words.includes(from) && words.includes(eui)),
      );
    await untilStatus(gateway, data, `the alarm about ${from}`, isTold);
    return elapsedMs(begun, clock.mono());
  };

  beforeAll(async () => {
    scene = await openScene();
    data = scene.path('data');
    port = await freeUdpPort();
    gateway = scene.gateway(await scene.write('outpost.json', configOf(data, port)));
    await untilStatus(gateway, data, 'the socket is open', ({ devices }) => devices[0]?.connected === true);
  }, 30_000);
  afterAll(async () => {
    for (const forger of forgers) await forger[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  }, 20_000);

  it('forged PULL_DATA never diverts one', async () => {
    const onAir: Planned[] = [];
    await using hotspot = await serveForwarder({
      forwarder: { ...DEFAULT_FORWARDER, eui: OWN, seed: 5, keepaliveMs: 1_000 },
      server: { address: '127.0.0.1', port },
      from: HOUSE.own,
      clock,
      onAir: (planned) => onAir.push(planned),
    });
    hotspot.hear([frameHeard(1)]);
    await until('it may send', () => (hotspot.totals.pullAcked > 0 ? true : undefined));
    const forger = await forgerAt(HOUSE.pull);
    const told = alarm(HOUSE.pull, OWN);
    let attacking = true;
    const attack = async (): Promise<void> => {
      for (let n = 0; n < FORGED && attacking; n += 1) {
        forge(forger, 'pull-data', OWN, n);
        await clock.sleep(5, new AbortController().signal);
      }
    };
    const attacked = attack();
    const done: OrderOutcome[] = [];
    for (let n = 0; n < ORDERS; n += AT_ONCE)
      done.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => downlink(OWN, n + i)))));
    attacking = false;
    await attacked;
    expect(new Set(done.map(({ kind }) => kind))).toEqual(new Set(['done']));
    await until('all are on the air', () => (onAir.length === ORDERS ? true : undefined));
    expect(forger.sent).toBeGreaterThan(ORDERS / AT_ONCE);
    expect(forger.diverted).toBe(0);
    expect(await told).toBeLessThan(ALARM_MS);
  }, 30_000);

  it('forged TX_ACK never settles one, not even with the right token', async () => {
    await using silent = await openUdpEnd(HOUSE.own);
    silent.send(gwmpWire.gatewayDatagram({ version: 2, token: 1, eui: SILENT }, gwmpWire.ID.pullData), port);
    await until('it may send', () => silent.received[0]);
    const outcomes = Array.from({ length: AT_ONCE }, (_, n) => downlink(SILENT, n));
    const asked = await until('it is asked', () => {
      const all = silent.received.filter((bytes) => bytes[3] === gwmpWire.ID.pullResp);
      return all.length === outcomes.length ? all : undefined;
    });
    const forger = await forgerAt(HOUSE.ack);
    const told = alarm(HOUSE.ack, SILENT);
    for (const bytes of asked) forge(forger, 'tx-ack', SILENT, tokenOf(bytes));
    for (let token = 0; token < TOKENS; token += 97) forge(forger, 'tx-ack', SILENT, token);
    expect(await told).toBeLessThan(ALARM_MS);
    const ended = await Promise.all(outcomes);
    for (const outcome of ended) expect(outcome).toMatchObject({ kind: 'refused', code: 'time-out' });
    expect(forger.diverted).toBe(0);
  }, 30_000);

  it('what nobody approved is told of, and never kept or attested', async () => {
    await using quiet = await openUdpEnd(HOUSE.own);
    const pushes = (n: number) =>
      gwmpWire.writePush({
        from: { version: 2, token: n, eui: QUIET },
        frames: [{ bodies: [frameHeard(n)] }],
      });
    quiet.send(pushes(5_000), port);
    await until('it is acknowledged', () => quiet.received[0]);
    const [forger, stranger] = [await forgerAt(HOUSE.push), await forgerAt(HOUSE.stranger)];
    const told = [alarm(HOUSE.push, QUIET), alarm(HOUSE.stranger, strangerEui(QUIET))];
    for (let n = 0; n < FORGED; n += 1) {
      forge(forger, 'push-data', QUIET, n);
      forge(stranger, 'stranger', QUIET, n);
    }
    for (const each of await Promise.all(told)) expect(each).toBeLessThan(ALARM_MS);
    quiet.send(pushes(5_001), port);
    await until('its own are still taken', () => quiet.received[1]);
    await untilStatus(gateway, data, 'all is kept', ({ record }) => record.waiting === 0);
    gateway.send('SIGKILL');
    await gateway.ended;
    const view = await openJournalReadOnly({ directory: join(data, 'journal'), disk: nodeDisk() });
    if (!view.ok) throw new Error(view.fault.words);
    const heard = new Map<string, number[]>();
    for await (const { kind, bytes } of view.value.read(view.value.start, view.value.end)) {
      const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
      if (leaf?.ok !== true || leaf.value.body.kind !== 'reception') continue;
      const eui = toHex(leaf.value.body.gateway ?? new Uint8Array());
      heard.set(eui, [...(heard.get(eui) ?? []), leaf.value.body.tmst ?? -1]);
    }
    expect(heard.get(QUIET)).toEqual([5_000, 5_001]);
    expect([...heard.keys()].toSorted()).toEqual([OWN, QUIET]);
  }, 30_000);
});
