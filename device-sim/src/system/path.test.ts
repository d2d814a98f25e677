import { readFile, writeFile } from 'node:fs/promises';
import type { Status } from '@outpost/gateway';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  configOf,
  exportAll,
  type NetworkEnd,
  openScene,
  type Scene,
  statusOf,
  stop,
  untilStatus,
  verify,
} from './box.ts';
import { type Ended, outpost, untilSaid } from './programs.ts';

const sum = (counts: unknown): number =>
  Object.values(counts as Readonly<Record<string, number>>).reduce((total, each) => total + each, 0);

/** Frames of the dialogue under way, which have no fate yet: those of one request's answers. */
const UNDECIDED_MAX = 64;

/** A gateway that has had two attestations acknowledged, and the same again after a clean stop. */
const twoRuns = async (scene: Scene) => {
  const data = scene.path('data');
  const [network, port] = await Promise.all([scene.network('network', '--accept-simulated'), scene.car()]);
  const config = await scene.write('outpost.json', configOf({ data, port, network }));
  const settled = ({ networks, attest }: Status): boolean =>
    attest.readings > 30 && attest.attestations >= 2 && (networks[0]?.settled ?? 0) >= 2;
  const first = scene.gateway(config);
  const status = await untilStatus(first, data, 'two attestations are settled', settled);
  const shown = await outpost(['status', '--json', '--config', config]);
  const told = await outpost(['status', '--data', data]);
  const live = await exportAll(data, scene.path('live.outpost'));
  const ended = await stop(first);
  const away = await statusOf(data);
  const second = scene.gateway(config);
  await untilStatus(second, data, 'two more are settled', settled);
  const endedAgain = await stop(second);
  const file = await exportAll(data, scene.path('both.outpost'));
  return { data, network, status, shown, told, live, ended, away, endedAgain, file };
};

describe('the whole path from a simulated car to a network, as processes of their own', () => {
  let scene: Scene;
  let path: Awaited<ReturnType<typeof twoRuns>>;
  beforeAll(async () => {
    scene = await openScene();
    path = await twoRuns(scene);
  }, 180_000);
  afterAll(() => scene[Symbol.asyncDispose](), 60_000);

  const keys = (end: NetworkEnd = path.network): readonly string[] => [
    ...['--key', path.status.gatewayKey],
    ...['--network-key', end.key],
  ];

  it('reads the car, keeps and signs its readings and has them acknowledged', () => {
    const { status } = path;
    expect(status.devices[0]).toMatchObject({ name: 'car', connected: true });
    expect(status.record.kept).toBeGreaterThan(20);
    expect(status.attest.readings).toBeGreaterThan(20);
    expect(status.networks[0]).toMatchObject({ refused: 0, expired: 0, unknown: 0, withheld: 0 });
    expect(status.store.state).toBe('off');
    expect(status.keyKind).toBe('demo');
  });

  it('gives every frame a fate and every reading a place', () => {
    const { devices, record, attest, networks } = path.status;
    const tally = devices[0]?.tally;
    if (tally === undefined) throw new Error('the status shows the car');
    const decided = tally.observed + tally.control + tally.quarantined + sum(tally.dropped);
    expect(tally.items - decided).toBeGreaterThanOrEqual(0);
    expect(tally.items - decided).toBeLessThanOrEqual(UNDECIDED_MAX);
    expect(record.made).toBe(record.kept + sum(record.refused) + record.waiting);
    expect(attest.readings).toBeLessThanOrEqual(record.kept);
    expect((networks[0]?.settled ?? 0) + (networks[0]?.pending ?? 0)).toBeLessThanOrEqual(
      attest.attestations,
    );
  });

  it('shows its status to scripts and to people', () => {
    expect(path.shown.code).toBe(0);
    expect(JSON.parse(path.shown.out)).toMatchObject({ pid: path.status.pid, dataDirectory: path.data });
    expect(path.told.code).toBe(0);
    expect(path.told.out).toContain('acknowledged');
    expect(path.told.out).toContain(path.status.gatewayKey);
  });

  it('stops cleanly when it is told to, and answers no more', () => {
    const clean = ({ code, err }: Ended): boolean => code === 0 && !/\n\s+at /.test(err);
    expect([path.ended, path.endedAgain].filter((ended) => !clean(ended))).toEqual([]);
    expect(path.away).toBeUndefined();
  });

  it('exports while it runs what holds at once', async () => {
    const { code, report } = await verify(path.live, ...keys());
    expect(report.problems.filter(({ severity }) => severity === 'failure')).toEqual([]);
    expect(code).toBe(0);
  });

  it('names no verdict without a key, and holds with the key of the gateway', async () => {
    const [without, withKeys] = await Promise.all([verify(path.file), verify(path.file, ...keys())]);
    expect([without.code, without.report.verdict]).toEqual([2, 'unidentified']);
    expect([withKeys.code, withKeys.report.verdict]).toEqual([0, 'holds']);
    expect(withKeys.report.checked.receipts).toBeGreaterThanOrEqual(4);
    expect(withKeys.report.checked.redecoded).toBeGreaterThan(40);
  });

  it('does not hold with the key of somebody else, nor with receipts of another network', async () => {
    const other = await scene.network('other', '--accept-simulated');
    const [signer, receipts] = await Promise.all([
      verify(path.file, '--key', other.key),
      verify(path.file, ...keys(other)),
    ]);
    expect(signer.code).toBe(1);
    expect(signer.report.counts['signer.unknown']).toBe(1);
    expect(receipts.report.networks).toEqual({});
    expect(
      receipts.report.counts['receipt.unpinned'] ?? receipts.report.counts['receipt.signature'],
    ).toBeGreaterThan(0);
  });

  it('goes on after a stop in a new epoch whose parent is the last head', async () => {
    const { report } = await verify(path.file, ...keys());
    const epochs = report.streams.flatMap((stream) => stream.epochs);
    expect(report.streams.map(({ stream }) => stream)).toEqual(['car/telemetry']);
    expect(epochs.map(({ reason }) => reason)).toEqual(['started', 'started']);
    expect(new Set(epochs.map(({ epoch }) => epoch)).size).toBe(2);
    expect(Object.keys(report.counts).filter((code) => code.startsWith('chain.'))).toEqual([]);
    const { streams, refused } = await path.network.status();
    expect(refused).toEqual({});
    expect(streams.map(({ epoch }) => epoch)).toEqual([epochs[1]?.epoch]);
    // What is signed at the stop itself is delivered before the end.
    expect(streams[0]?.counter).toBe(epochs[1]?.lastCounter);
  });

  it('does not hold after any byte of the file was changed', async () => {
    const bytes = await readFile(path.file);
    const places = [0, 0.1, 0.37, 0.5, 0.73, 0.999].map((part) => Math.floor(part * bytes.length));
    const codes = await Promise.all(
      places.map(async (place) => {
        const changed = new Uint8Array(bytes);
        changed[place] = (changed[place] ?? 0) ^ 0x10;
        const file = scene.path(`changed-${place}.outpost`);
        await writeFile(file, changed);
        return (await verify(file, ...keys())).code;
      }),
    );
    expect(codes).toEqual(places.map(() => 1));
  }, 60_000);

  it('lets the network end cleanly too', async () => {
    path.network.program.send('SIGTERM');
    await untilSaid(path.network.program, /simulated network ended: .*refused: none/);
    expect((await path.network.program.ended).code).toBe(0);
  });
});
