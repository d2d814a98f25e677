import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, exportAll, openScene, type Scene, stop, untilStatus, verify } from './box.ts';
import { outpost } from './programs.ts';

const WORDS = 'We do not take the third one.';
const SCRIPT = [
  { what: 'refuse', item: 3, code: 'not-wanted', words: WORDS },
  { what: 'busy', request: 4, count: 2, retryAfterS: 1 },
];

describe('a network that does not take everything', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene[Symbol.asyncDispose](), 60_000);

  it('is asked once about what it refuses, and again about what it was too busy for', async () => {
    const faults = await scene.write('faults.json', SCRIPT);
    const data = scene.path('refused');
    const [network, port] = await Promise.all([
      scene.network('refusing', '--accept-simulated', '--faults', faults),
      scene.car(),
    ]);
    const config = await scene.write('refused.json', configOf({ data, port, network }));
    const first = scene.gateway(config);
    const before = await untilStatus(
      first,
      data,
      'others settle after the refusal and the busy time',
      ({ networks }) => networks[0]?.refused === 1 && networks[0].settled >= 6,
    );
    expect(before.networks[0]?.words).toContain(WORDS);
    expect((await network.status()).requests).toBeGreaterThanOrEqual(6);
    expect((await outpost(['status', '--data', data])).out).toContain(WORDS);
    expect((await stop(first)).code).toBe(0);

    const second = scene.gateway(config);
    const after = await untilStatus(
      second,
      data,
      'the next run settles its own',
      ({ networks, attest }) => attest.attestations >= 2 && (networks[0]?.settled ?? 0) >= 2,
    );
    expect(after.networks[0]?.refused).toBe(0);
    expect((await stop(second)).code).toBe(0);
    expect((await network.status()).refused).toEqual({ 'not-wanted': 1 });
    const file = await exportAll(data, scene.path('refused.outpost'));
    const { code, report } = await verify(file, '--key', before.gatewayKey, '--network-key', network.key);
    expect(report.problems.filter(({ severity }) => severity === 'failure')).toEqual([]);
    expect(code).toBe(0);
  }, 120_000);

  it('gets nothing simulated and nothing under demo keys where the configuration does not say so', async () => {
    const data = scene.path('withheld');
    const [network, port] = await Promise.all([scene.network('strict'), scene.car()]);
    const config = configOf({ data, port, network, acceptSimulated: false });
    const gateway = scene.gateway(await scene.write('withheld.json', config));
    const { networks, attest } = await untilStatus(
      gateway,
      data,
      'two attestations are withheld',
      (status) => (status.networks[0]?.withheld ?? 0) >= 2,
    );
    expect(networks[0]).toMatchObject({ settled: 0, refused: 0, pending: 0 });
    expect(networks[0]?.withheld).toBeLessThanOrEqual(attest.attestations);
    expect((await stop(gateway)).code).toBe(0);
    expect(await network.status()).toMatchObject({ requests: 0, settled: 0, attestations: 0 });
  }, 120_000);

  it('refuses by itself what is simulated, in words, when a gateway sends it all the same', async () => {
    const data = scene.path('sent');
    const [network, port] = await Promise.all([scene.network('real'), scene.car()]);
    const gateway = scene.gateway(await scene.write('sent.json', configOf({ data, port, network })));
    const { networks } = await untilStatus(
      gateway,
      data,
      'two attestations are refused',
      (status) => (status.networks[0]?.refused ?? 0) >= 2,
    );
    expect(networks[0]).toMatchObject({ settled: 0 });
    expect(networks[0]?.words).toMatch(/last refusal: .+, .+/);
    expect((await stop(gateway)).code).toBe(0);
    expect((await network.status()).settled).toBe(0);
  }, 120_000);
});
