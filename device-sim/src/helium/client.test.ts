import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deliveryOf, openRig, passing, receptionOf } from './client-rig.ts';
import { until } from './raw-client.ts';
import { joinPhy, uplinkPhy } from './testing.ts';
import { openWay, type Way } from './way.ts';

const A = '0016c001ff10a235';
const B = '0016c001ff10a236';

describe('a Helium network', () => {
  it('signs what every gateway heard so that the router takes it, and counts what it is worth', async () => {
    await using rig = await openRig();
    const join = await rig.send(A, joinPhy());
    const outcomes = await Promise.all([
      rig.send(A, uplinkPhy(24)),
      rig.send(B, uplinkPhy(25)),
      rig.send(A, uplinkPhy(12)),
    ]);
    expect(join).toEqual({ kind: 'settled', reward: undefined });
    const credits = outcomes.map((each) => (each.kind === 'settled' ? each.reward?.mantissa : each.kind));
    expect(credits).toEqual([1, 2, 1]);
    await until('the router has them', () => rig.taken.length === 4);
    expect(rig.served.router.tally).toMatchObject({ credits: 4, joins: 1, registered: 2, sessions: 2 });
    expect(new Set(rig.taken.map(({ gateway }) => gateway)).size).toBe(2);
  });

  it('keeps one key for each gateway, for this user alone, over a new start', async () => {
    await using rig = await openRig();
    await rig.send(A);
    await rig.stop();
    await using again = await openRig({ directory: rig.directory });
    await again.send(A);
    expect(again.taken[0]?.gateway).toBe(rig.taken[0]?.gateway);
    const [file] = (await readdir(join(rig.directory, 'helium'))).filter((name) => name.endsWith('.bin'));
    expect(file).toBe(`${A}.gateway_key.bin`);
    expect((await stat(join(rig.directory, 'helium', file ?? ''))).mode & 0o777).toBe(0o600);
  });

  it('ends a repeated frame and more than 25 fresh ones in a second by itself, so that the router drops none', async () => {
    await using rig = await openRig();
    const phy = uplinkPhy();
    await rig.send(A, phy);
    expect(await rig.send(A, phy)).toMatchObject({ kind: 'refused', code: 'repeated' });
    const sent = await Promise.all(Array.from({ length: 30 }, () => rig.send(A)));
    const codes = sent.map((each) => (each.kind === 'refused' ? each.code : each.kind));
    expect(codes).toEqual([...Array(24).fill('settled'), ...Array(6).fill('too-many')]);
    expect(rig.served.router.tally.dropped.size).toBe(0);
  });

  it('lets what waited out an outage wait for its turn too', async () => {
    await using rig = await openRig();
    await rig.send(A);
    const sent = Array.from({ length: 60 }, () => rig.send(A, uplinkPhy(), 10_000));
    // 25 in each second: the first one and 24 of these, 25, and the rest.
    for (const there of [25, 50, 61]) {
      await until(`${there} are there`, () => rig.taken.length === there);
      await rig.clock.advance(1_050);
    }
    expect((await Promise.all(sent)).every(({ kind }) => kind === 'settled')).toBe(true);
    expect(rig.served.router.tally.dropped.size).toBe(0);
  });

  it('keeps packets while the router is away, lets them expire after a minute, and is back within 15 s', async () => {
    await using rig = await openRig();
    await rig.send(A);
    rig.served.faults.isAway = true;
    rig.served.server.cut();
    await until('the connection is gone', () => rig.served.server.connections === 0);
    let ended = 'unknown';
    while (ended === 'unknown') {
      ended = '';
      rig
        .send(A)
        .then(({ kind }) => {
          ended = kind;
        })
        .catch(() => undefined);
      await passing(rig.clock, 100, () => ended !== '');
    }
    expect(ended).toBe('kept');
    expect(await rig.send(A, uplinkPhy(), 60_001)).toEqual({ kind: 'expired' });
    await rig.clock.advance(200_000);
    rig.served.faults.isAway = false;
    const before = rig.served.router.tally.sessions;
    const ms = await passing(rig.clock, 250, () => rig.served.router.tally.sessions > before);
    expect(ms).toBeLessThanOrEqual(15_000);
    expect((await rig.send(A)).kind).toBe('settled');
  });

  it('says that it does not know where the way broke before the router’s machine answered', async () => {
    let way: Way | undefined;
    await using rig = await openRig({
      way: async (url) => {
        way = await openWay(url);
        return way.url;
      },
    });
    await rig.send(A);
    way?.freeze();
    const sending = rig.send(A);
    let ended: string | undefined;
    sending
      .then(({ kind }) => {
        ended = kind;
      })
      .catch(() => undefined);
    await passing(rig.clock, 500, () => ended !== undefined);
    expect(await sending).toMatchObject({ kind: 'unknown' });
    way?.heal();
    await passing(rig.clock, 500, () => rig.served.router.tally.sessions === 2);
    expect(rig.taken).toHaveLength(1);
    await way?.[Symbol.asyncDispose]();
  });

  it('lets no gateway that the router refuses hold up the others', async () => {
    await using rig = await openRig();
    await rig.send(B);
    rig.served.faults.refuses = true;
    let ended: unknown;
    rig
      .send(A)
      .then((outcome) => {
        ended = outcome;
      })
      .catch(() => undefined);
    await passing(rig.clock, 500, () => ended !== undefined);
    expect(ended).toMatchObject({ kind: 'refused', code: 'no-session' });
    expect((await rig.send(B)).kind).toBe('settled');
    expect(rig.alarms).toContainEqual(expect.objectContaining({ code: 'helium.registration' }));
  });

  it('shows how each gateway stands with the router, why it does not, and what it heard last', async () => {
    await using rig = await openRig();
    await rig.send(B);
    rig.served.faults.refuses = true;
    const ending = rig.send(A);
    await passing(rig.clock, 500, () => rig.network.links?.[1]?.state === 'refused');
    expect(rig.network.links).toMatchObject([
      { name: B, state: 'registered', words: '', sent: 1 },
      { name: A, state: 'refused', sent: 0, lastHeardAt: undefined },
    ]);
    expect(rig.network.links?.[1]?.words).toMatch(/does not take the gateway’s key or signature\.$/);
    expect(Date.parse(rig.network.links?.[0]?.lastHeardAt ?? '')).not.toBeNaN();
    rig.served.faults.refuses = false;
    rig.served.faults.isAway = true;
    rig.served.server.cut();
    await passing(rig.clock, 500, () => rig.network.links?.[0]?.state === 'away');
    rig.served.faults.isAway = false;
    await passing(
      rig.clock,
      500,
      () => rig.network.links?.every(({ state }) => state === 'registered') === true,
    );
    await ending;
  });

  it('takes only as many gateways as it is told', async () => {
    await using rig = await openRig({ options: { gatewaysMax: 1 } });
    expect((await rig.send(A)).kind).toBe('settled');
    expect(await rig.send(B)).toMatchObject({ kind: 'refused', code: 'too-many-gateways' });
  });

  it('wants frames that the router takes, and no others', async () => {
    await using rig = await openRig();
    const wants = (phy: Uint8Array, crc: 'ok' | 'bad' = 'ok'): boolean =>
      rig.network.wants(deliveryOf(receptionOf(A, phy, { crc }), rig.clock.wall()));
    const wanted = [
      wants(uplinkPhy()),
      wants(joinPhy()),
      wants(Uint8Array.of(0xe0, 1)),
      wants(uplinkPhy(), 'bad'),
    ];
    expect(wanted).toEqual([true, true, false, false]);
  });
});
