import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { fromHex, type Order } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type ClientRig, openRig, passing } from './client-rig.ts';
import type { DownWindow } from './downlink.ts';
import { until } from './raw-client.ts';
import { uplinkPhy } from './testing.ts';

const A = '0016c001ff10a235';
const B = '0016c001ff10a236';
const real = systemClock();
const NEVER = new AbortController().signal;

const sessions = ({ served }: ClientRig): number => served.router.tally.sessions;

/** Sends while something goes on, and gives back how each ended. */
const sendingWhile = async (rig: ClientRig, act: () => Promise<void>): Promise<readonly string[]> => {
  let isOver = false;
  const ended: string[] = [];
  const send = async (): Promise<void> => {
    while (!isOver) {
      ended.push((await rig.send(A)).kind);
      await real.sleep(1, NEVER);
    }
  };
  const sender = send();
  await act();
  isOver = true;
  await sender;
  return ended;
};

describe('a session of a Helium network', () => {
  it('is renewed before the router cuts it, and no packet is lost or in doubt', async () => {
    await using rig = await openRig({ options: { rotateAfterMinutes: 1 } });
    await rig.send(A);
    const ended = await sendingWhile(rig, async () => {
      await passing(rig.clock, 250, () => sessions(rig) === 3);
    });
    expect(new Set(ended)).toEqual(new Set(['settled']));
    await until('all are there', () => rig.taken.length === ended.length + 1);
    const { stopped, dropped } = rig.served.router.tally;
    expect(stopped.get('killed')).toBeUndefined();
    expect(dropped.size).toBe(0);
  });

  it('is renewed at once where the server says that it will go', async () => {
    await using rig = await openRig();
    await rig.send(A);
    const ended = await sendingWhile(rig, async () => {
      rig.served.server.leave('in-peace');
      await passing(rig.clock, 50, () => sessions(rig) === 2);
    });
    expect(new Set(ended)).toEqual(new Set(['settled']));
  });

  it('takes a new offer on its stream, as older routers make one every half hour', async () => {
    await using rig = await openRig();
    await rig.send(A);
    rig.served.router.offerAgain();
    await until('the offer is taken', () => sessions(rig) === 2);
    expect((await rig.send(A)).kind).toBe('settled');
    await until('it is there', () => rig.taken.length === 2);
    expect(rig.served.router.tally.registered).toBe(1);
  });

  it('comes back from a server that hangs, refuses or ends all streams', async () => {
    await using rig = await openRig();
    await rig.send(A);
    for (const mishap of ['hangs', 'refuses'] as const) {
      const before = sessions(rig);
      rig.served.faults[mishap] = true;
      rig.served.server.cut();
      await passing(rig.clock, 500, () => rig.served.server.connections > 0);
      rig.served.faults[mishap] = false;
      await passing(rig.clock, 500, () => sessions(rig) > before);
    }
    const before = sessions(rig);
    rig.served.router.killAll();
    await passing(rig.clock, 250, () => sessions(rig) > before);
    expect((await rig.send(A)).kind).toBe('settled');
  });

  it('does without PINGs where the server complains about them', async () => {
    await using rig = await openRig();
    await rig.send(A);
    rig.served.server.leave('calm-down');
    await passing(rig.clock, 250, () => sessions(rig) === 2);
    expect((await rig.send(A)).kind).toBe('settled');
  });

  it('is ended where the router stops to acknowledge', async () => {
    await using rig = await openRig({ options: { ackEverySeconds: 10 } });
    await rig.send(A);
    await passing(rig.clock, 1_000, () => rig.served.router.tally.acks > 1);
    rig.served.faults.delayMs = 1_000_000;
    await passing(rig.clock, 1_000, () => rig.served.server.connections === 0);
    rig.served.faults.delayMs = 0;
    await passing(rig.clock, 500, () => sessions(rig) > 1);
  });
});

const window = (change: Partial<DownWindow> = {}): DownWindow => ({
  timestamp: 5_000_000n,
  frequencyHz: 868_100_000,
  dataRate: 5,
  immediate: false,
  ...change,
});

const PHY = Uint8Array.of(0x60, 1, 2, 3, 4);

/** The key under which a gateway sends. */
const keyOf = async (rig: ClientRig, eui: string): Promise<Uint8Array> => {
  const before = rig.taken.length;
  await rig.send(eui, uplinkPhy(), 0, `roof-${eui.slice(-1)}`);
  await until('it is there', () => rig.taken.length > before);
  return fromHex(rig.taken.at(-1)?.gateway ?? '') ?? new Uint8Array(0);
};

const itemsOf = (order: Order | undefined) => (order?.kind === 'downlink' ? order.items : []);

describe('a downlink of a Helium network', () => {
  it('goes to the device behind the right gateway, both windows in order, with the power of the region', async () => {
    await using rig = await openRig();
    const [a, b] = [await keyOf(rig, A), await keyOf(rig, B)];
    await until('both know their power', () => rig.served.config.answered === 2);
    const rx2 = window({ timestamp: 2n ** 32n + 6_000_000n, frequencyHz: 869_525_000, dataRate: 0 });
    rig.served.router.downlink(b, { payload: PHY, rx1: window(), rx2 });
    rig.served.router.downlink(a, { payload: PHY, rx1: window({ immediate: true }), rx2: undefined });
    await until('both came', () => rig.orders.length === 2);
    const [first, second] = rig.orders;
    expect(first).toMatchObject({ device: 'roof-6', order: { kind: 'downlink', gateway: B } });
    expect(second).toMatchObject({ device: 'roof-5', order: { kind: 'downlink', gateway: A } });
    expect(itemsOf(first?.order)).toEqual([
      expect.objectContaining({
        at: { kind: 'count', tmst: 5_000_000 },
        frequencyHz: 868_100_000,
        powerDbm: 16,
      }),
      expect.objectContaining({
        at: { kind: 'count', tmst: 6_000_000 },
        frequencyHz: 869_525_000,
        powerDbm: 16,
      }),
    ]);
    expect(itemsOf(second?.order)).toEqual([
      expect.objectContaining({ at: { kind: 'immediately' }, phy: PHY }),
    ]);
  });

  it('is not sent where the power is not known, and with the last known one where the service is gone', async () => {
    await using rig = await openRig({ options: { config: 'http://127.0.0.1:9' } });
    const a = await keyOf(rig, A);
    rig.served.router.downlink(a, { payload: PHY, rx1: window(), rx2: undefined });
    await until('it is said', () => rig.alarms.some(({ code }) => code === 'helium.downlink-power'));
    expect(rig.orders).toEqual([]);
  });

  it('has no power from a service whose signature is not the pinned one', async () => {
    const stranger = '137oJzq1qZpSbzHawaysTGGsRCYTXG1MiTMQNxYSsQJp4YMDdN8';
    await using rig = await openRig({ options: { configKey: stranger } });
    const a = await keyOf(rig, A);
    await until('it is said', () => rig.alarms.some(({ kind }) => kind === 'untrusted'));
    rig.served.router.downlink(a, { payload: PHY, rx1: window(), rx2: undefined });
    await until('it is not sent', () => rig.alarms.some(({ code }) => code === 'helium.downlink-power'));
    expect(rig.orders).toEqual([]);
  });

  it('remembers the power over a start without the service', async () => {
    await using rig = await openRig();
    await keyOf(rig, A);
    await until('it is kept', () => existsSync(join(rig.directory, 'helium', `${A}.region_params`)));
    await rig.stop();
    const kept = { directory: rig.directory, options: { config: 'http://127.0.0.1:9' } };
    const { addressOf } = await import('@outpost/gateway/helium');
    const configKey = addressOf(rig.served.config.key);
    await using again = await openRig({ ...kept, options: { ...kept.options, configKey } });
    const a = await keyOf(again, A);
    again.served.router.downlink(a, { payload: PHY, rx1: window(), rx2: undefined });
    await until('it is sent', () => again.orders.length === 1);
    expect(itemsOf(again.orders[0]?.order)[0]?.powerDbm).toBe(16);
  });
});
