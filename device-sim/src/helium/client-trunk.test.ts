import { describe, expect, it } from 'vitest';
import { type ClientRig, openRig, passing } from './client-rig.ts';
import { until } from './raw-client.ts';
import { uplinkPhy } from './testing.ts';

const EUIS = Array.from({ length: 5 }, (_, at) => `0016c001ff10a23${at}`);

/** Connections of the router alone: nobody has to ask for parameters in these tests. */
const openLonely = (streamsMax?: number): Promise<ClientRig> =>
  openRig({
    options: { config: 'http://127.0.0.1:9' },
    ...(streamsMax === undefined ? {} : { streamsMax }),
  });

const sendFromAll = async (rig: ClientRig): Promise<readonly string[]> => {
  const outcomes = await Promise.all(EUIS.map((eui) => rig.send(eui)));
  return outcomes.map(({ kind }) => kind);
};

const ALL_SETTLED = EUIS.map(() => 'settled');

describe('the gateways of a Helium network', () => {
  it('share one connection, each with a stream and a session of its own', async () => {
    await using rig = await openLonely();
    expect(await sendFromAll(rig)).toEqual(ALL_SETTLED);
    await until('the router has them', () => rig.taken.length === EUIS.length);
    const { server, router } = rig.served;
    expect([server.connections, router.streams, router.tally.sessions]).toEqual([1, 5, 5]);
    expect(new Set(rig.taken.map(({ gateway }) => gateway)).size).toBe(EUIS.length);
  });

  it('take more connections where the server lets fewer streams be open on one', async () => {
    await using rig = await openLonely(2);
    expect(await sendFromAll(rig)).toEqual(ALL_SETTLED);
    expect([rig.served.server.connections, rig.served.router.streams]).toEqual([3, 5]);
  });

  it('all come back after their connection was cut, and what one stream loses is not told of the others', async () => {
    await using rig = await openLonely();
    await sendFromAll(rig);
    rig.served.server.cut();
    await passing(rig.clock, 100, () => rig.served.router.tally.sessions === 2 * EUIS.length);
    expect(await sendFromAll(rig)).toEqual(ALL_SETTLED);
    expect(rig.served.server.connections).toBe(1);
  });

  it('lose no packet to a gateway whose stream the router ends beside theirs', async () => {
    await using rig = await openLonely();
    const [first = ''] = EUIS;
    await rig.send(first);
    await until('the router has it', () => rig.taken.length === 1);
    const key = rig.taken[0]?.gateway;
    await sendFromAll(rig);
    const before = rig.served.router.tally.sessions;
    const ending = Promise.all(EUIS.slice(1).map((eui) => rig.send(eui, uplinkPhy(30))));
    expect(key).toBeDefined();
    rig.served.router.kill(key ?? '');
    expect((await ending).map(({ kind }) => kind)).toEqual(EUIS.slice(1).map(() => 'settled'));
    await passing(rig.clock, 100, () => rig.served.router.tally.sessions === before + 1);
    expect((await rig.send(first)).kind).toBe('settled');
    expect(rig.served.server.connections).toBe(1);
  });
});
