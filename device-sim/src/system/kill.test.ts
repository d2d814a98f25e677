import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawAt } from '../random/draw-at.ts';
import { configOf, exportAll, openScene, type Scene, stop, untilStatus, verify } from './box.ts';

const KILLS = 5;
/** More attestations of this run than a random draw asks for are never waited for. */
const ATTESTATIONS_MAX = 3;

describe('a gateway that is killed again and again', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene[Symbol.asyncDispose](), 60_000);

  it('signs one chain: no fork, no counter twice, nothing missing, and the network sees the same', async () => {
    const data = scene.path('data');
    const [network, port] = await Promise.all([scene.network('network', '--accept-simulated'), scene.car()]);
    const config = await scene.write('outpost.json', configOf({ data, port, network }));
    let acknowledged = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const gateway = scene.gateway(config);
      const wanted = 1 + Math.floor(drawAt(7, 0, kill) * ATTESTATIONS_MAX);
      const { networks } = await untilStatus(
        gateway,
        data,
        `run ${kill} has signed ${wanted}`,
        // What the run before left is signed too, so a reading of this run's own epoch is waited for.
        ({ attest, record }) => attest.attestations >= wanted && record.kept >= 2,
      );
      acknowledged += networks[0]?.settled ?? 0;
      gateway.send('SIGKILL');
      expect((await gateway.ended).code).toBe(null);
    }
    const last = scene.gateway(config);
    const { gatewayKey, journal } = await untilStatus(
      last,
      data,
      'everything is settled',
      ({ networks, attest }) =>
        attest.attestations >= 2 && networks[0]?.pending === 0 && networks[0].settled >= 2,
    );
    expect(journal.damaged).toBe(0);
    expect((await stop(last)).code).toBe(0);

    const file = await exportAll(data, scene.path('all.outpost'));
    const { code, report } = await verify(file, '--key', gatewayKey, '--network-key', network.key);
    expect(report.problems.filter(({ severity }) => severity === 'failure')).toEqual([]);
    expect([code, report.verdict]).toEqual([0, 'holds']);
    const codes = Object.keys(report.counts);
    expect(codes.filter((each) => /^(chain|tail|start)\./.test(each))).toEqual([]);
    const epochs = report.streams.flatMap((stream) => stream.epochs);
    expect(epochs).toHaveLength(KILLS + 1);
    expect(new Set(epochs.map(({ epoch }) => epoch)).size).toBe(KILLS + 1);
    expect(epochs.map(({ firstCounter }) => firstCounter)).toEqual(epochs.map(() => epochs[0]?.firstCounter));
    // A kill may tear the last record that nobody was told is safe; the gateway says so in the next epoch.
    expect(epochs.filter(({ reason }) => reason !== 'started' && reason !== 'tail-lost')).toEqual([]);
    expect(report.checked.receipts).toBeGreaterThanOrEqual(acknowledged);

    const seen = await network.status();
    expect(seen.refused).toEqual({});
    expect(seen.attestations).toBeGreaterThanOrEqual(acknowledged);
    expect(seen.streams.map(({ stream }) => stream)).toEqual(['car/telemetry']);
  }, 180_000);
});
