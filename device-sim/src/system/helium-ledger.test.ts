import { randomBytes } from 'node:crypto';
import { systemClock } from '@outpost/firmware-bridge';
import { addressOf } from '@outpost/gateway/helium';
import { describe, expect, it } from 'vitest';
import { freeUdpPort } from '../devices/gwmp/udp-end.ts';
import { type ServedCoverage, serveCoverage } from '../helium/serve-coverage.ts';
import { type ServedHelium, serveHelium } from '../helium/serve-router.ts';
import { joinPhy, uplinkPhy } from '../helium/testing.ts';
import { type ConcentratorEnd, openConcentrator } from '../soak/concentrator-end.ts';
import { openScene, type Scene, untilStatus } from './box.ts';
import { outpost, type Program } from './programs.ts';

const EUIS = ['b827ebfffe000001', 'b827ebfffe000002'] as const;
const ANY_PORT = new URL('http://127.0.0.1:0');
/** What each gateway hears: bytes of uplinks, and the data credits that the published rule gives for them. */
const UPLINKS: readonly (readonly [bytes: number, credits: number])[] = [
  [12, 1],
  [24, 1],
  [25, 2],
  [48, 2],
  [49, 3],
  [120, 5],
];
const JOINS = 3;

/** 52 bytes as of a beacon, whose first two choose that channel of EU868; concentrators here hear on channel 5. */
const beaconPhy = (channel = 5): Uint8Array => {
  const phy = Uint8Array.from(randomBytes(52));
  phy.set([0xe0, channel, 0]);
  return phy;
};

const configOf = (scene: Scene, port: number, { helium, coverage }: Served) => {
  const common = { region: 'EU868', config: helium.url, configKey: addressOf(helium.config.key) };
  const reports = { profile: 'helium-iot-2026-05', entropy: coverage.entropy.url };
  const [device, acceptSimulated] = [{ name: 'hotspots', adapter: 'gwmp' }, true];
  return {
    dataDirectory: scene.path('data'),
    keyKind: 'demo',
    devices: [{ ...device, port: `udp://127.0.0.1:${port}`, options: { allow: EUIS, region: 'EU868' } }],
    networks: [
      { name: 'helium', network: 'helium', url: helium.url, options: common, acceptSimulated },
      {
        ...{ name: 'coverage', network: 'helium-coverage', url: coverage.ingest.url, acceptSimulated },
        options: { ...common, ...reports },
      },
    ],
    store: null,
    clock: { trust: 'rtc' },
  };
};

interface Served {
  readonly helium: ServedHelium;
  readonly coverage: ServedCoverage;
}

interface Row {
  readonly line: string;
  readonly network?: string;
  readonly fate?: string;
  readonly code?: string;
  readonly reward?: { readonly unit: string; readonly amount: string; readonly basis: string } | null;
  readonly predicted?: { readonly expect: string; readonly reward?: { readonly amount: string } | null };
  readonly rewards?: readonly { readonly unit: string; readonly amount: string; readonly basis: string }[];
  readonly days?: readonly { readonly network: string; readonly rewards: Row['rewards'] }[];
  readonly predictions?: readonly {
    readonly network: string;
    readonly wrong: number;
    readonly right: number;
  }[];
}

const ledgerOf = async (config: string): Promise<readonly Row[]> => {
  const told = await outpost(['ledger', '--config', config, '--readings', '--predict', '--json']);
  expect(told).toMatchObject({ code: 0, err: '' });
  return told.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
};

const hearAll = async (ends: readonly ConcentratorEnd[], phys: readonly Uint8Array[]): Promise<void> => {
  for (const phy of phys)
    for (const end of ends) {
      end.hear(phy);
      await systemClock().sleep(2, new AbortController().signal);
    }
};

const hears = async (ends: readonly ConcentratorEnd[]): Promise<void> => {
  await hearAll(
    ends,
    UPLINKS.map(([bytes]) => uplinkPhy(bytes)),
  );
  await hearAll(ends, Array.from({ length: JOINS }, joinPhy));
  const twice = beaconPhy();
  await hearAll(ends, [beaconPhy(), twice, beaconPhy(0)]);
  await hearAll(ends.slice(0, 1), [twice]);
};

const whileGone = async (
  gateway: Program,
  data: string,
  { coverage }: Served,
  ends: readonly ConcentratorEnd[],
): Promise<void> => {
  const said = gateway.said();
  coverage.ingest.faults.isAway = true;
  coverage.ingest.server.cut();
  await hearAll(ends, [beaconPhy()]);
  const status = await untilStatus(
    gateway,
    data,
    'the service is said to be gone',
    ({ networks: [, reports] }) => (reports?.note ?? '') !== '' && (reports?.pending ?? 0) > 0,
  );
  expect(status.networks[1]?.note).toMatch(
    /^the ingest service at 127\.0\.0\.1:\d+ is not there since 20\d\d-/,
  );
  expect(gateway.said()).toBe(said);
};

describe('the ledger of a box with both of Helium’s networks', () => {
  it('has each packet with what the rule gives for it, together what the router counts, and each report with its end', async () => {
    await using scene = await openScene();
    const clock = systemClock();
    const router = await serveHelium({ listen: ANY_PORT, clock });
    const services = await serveCoverage({ clock, ingest: ANY_PORT, entropy: ANY_PORT });
    if (!router.ok || !services.ok) throw new Error('no servers');
    await using helium = router.value;
    await using coverage = services.value;
    const served = { helium, coverage };
    const port = await freeUdpPort();
    const config = await scene.write('outpost.json', configOf(scene, port, served));
    const data = scene.path('data');
    const gateway = scene.gateway(config);
    await untilStatus(
      gateway,
      data,
      'the socket is open',
      ({ devices: [first] }) => first?.connected === true,
    );
    const ends = await Promise.all(EUIS.map((eui) => openConcentrator(eui, port, () => undefined)));
    const packets = EUIS.length * (UPLINKS.length + JOINS);
    try {
      await hears(ends);
      await untilStatus(
        gateway,
        data,
        'all of it has ended',
        ({ networks: [packet, report] }) =>
          packet?.settled === packets && report?.settled === 4 && report.refused === 3,
      );
      await whileGone(gateway, data, served, ends);
    } finally {
      for (const end of ends) await end[Symbol.asyncDispose]();
    }
    gateway.send('SIGTERM');
    await gateway.ended;

    const rows = await ledgerOf(config);
    const of = (network: string) => rows.filter((row) => row.line === 'reading' && row.network === network);
    const credits = EUIS.length * UPLINKS.reduce((sum, [, each]) => sum + each, 0);
    const rewards = of('helium').map(({ reward }) => Number(reward?.amount ?? 0));
    const expected = EUIS.flatMap(() => [
      ...UPLINKS.map(([, each]) => each),
      ...Array<number>(JOINS).fill(0),
    ]);
    expect(rewards.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
    expect(of('helium').every(({ reward, predicted }) => reward?.amount === predicted?.reward?.amount)).toBe(
      true,
    );
    expect(helium.router.tally).toMatchObject({ taken: packets, credits, joins: EUIS.length * JOINS });
    const totals = rows.find(({ line }) => line === 'totals');
    const day = totals?.days?.find(({ network }) => network === 'helium');
    expect(day?.rewards).toEqual([{ unit: 'DC', amount: String(credits), basis: 'rule' }]);

    const ended = of('coverage').map(({ fate, code }) => `${fate} ${code}`);
    const pending = ended.filter((each) => each.startsWith('pending'));
    expect(ended.filter((each) => !pending.includes(each)).toSorted()).toEqual([
      ...['refused invalid-frequency', 'refused invalid-frequency', 'refused repeated'],
      ...Array<string>(4).fill('settled '),
    ]);
    expect(pending).toHaveLength(2);
    const foretold = of('coverage').filter(({ code }) => code === 'invalid-frequency');
    expect(foretold.map(({ predicted }) => predicted?.expect)).toEqual(['refused', 'refused']);
    expect(coverage.ingest.core.tally).toMatchObject({ sessions: 2, witnesses: 4, beacons: 0 });
  }, 120_000);
});
