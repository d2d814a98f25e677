import { execFile } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { systemClock } from '@outpost/firmware-bridge';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, exportAll, openScene, type Scene, stop, untilStatus, verify } from './box.ts';
import { outpost } from './programs.ts';

const run = promisify(execFile);

/** What the gateway allows itself for delivering at a stop, and what a loaded machine may add to it. */
const FINISH_MS = 3_000;
const LOAD_MS = 7_000;

/** Takes connections and never says a word. */
const silence = async (): Promise<Server & AsyncDisposable> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};

/** From now on every write of that process into a file fails (EFBIG), as it does on a card that died. */
const breakDisk = (pid: number): Promise<unknown> => run('prlimit', ['--pid', String(pid), '--fsize=1']);

const noPrlimit = await run('prlimit', ['--version']).then(
  () => '',
  () => ' (there is no prlimit)',
);

describe('the end of a gateway', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene[Symbol.asyncDispose](), 60_000);

  it('does not wait for a network that does not answer, and leaves it the rest for the next start', async () => {
    await using server = await silence();
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const data = scene.path('silent');
    const config = configOf({ data, port: await scene.car() });
    const good = await scene.network('later', '--accept-simulated');
    const networks = [{ name: 'sim', network: 'outpost', url, key: good.key, acceptSimulated: true }];
    const gateway = scene.gateway(await scene.write('silent.json', { ...config, networks }));
    const signed = ({ attest }: { readonly attest: { readonly attestations: number } }): boolean =>
      attest.attestations >= 2;
    await untilStatus(gateway, data, 'two are signed', signed);
    const clock = systemClock();
    const begun = clock.mono();
    const ended = await stop(gateway);
    const tookMs = Number((clock.mono() - begun) / 1_000_000n);
    expect(ended.code).toBe(0);
    expect(ended.err).toContain('network sim: what it has not taken yet goes at the next start.');
    expect(tookMs).toBeLessThan(FINISH_MS + LOAD_MS);

    const again = scene.gateway(
      await scene.write('good.json', configOf({ data, port: await scene.car(), network: good })),
    );
    const { gatewayKey } = await untilStatus(again, data, 'the rest is taken', ({ networks: [network] }) => {
      return (network?.settled ?? 0) >= 3;
    });
    expect((await stop(again)).code).toBe(0);
    const file = await exportAll(data, scene.path('silent.outpost'));
    const { report } = await verify(file, '--key', gatewayKey, '--network-key', good.key);
    expect(report.problems.filter(({ severity }) => severity === 'failure')).toEqual([]);
    const attestations = report.streams
      .flatMap(({ epochs }) => epochs)
      .reduce((sum, { lastCounter }) => sum + lastCounter + 1, 0);
    expect(report.checked.receipts).toBe(attestations);
  }, 120_000);

  it.skipIf(noPrlimit !== '')(
    `comes by itself where its disk fails, in words, and nothing kept is lost${noPrlimit}`,
    async () => {
      const data = scene.path('broken');
      const config = await scene.write('broken.json', configOf({ data, port: await scene.car() }));
      const gateway = scene.gateway(config);
      const kept = await untilStatus(gateway, data, 'some are kept', ({ record }) => record.kept > 20);
      await breakDisk(gateway.pid);
      const ended = await gateway.ended;
      expect(ended.code).toBe(1);
      expect(ended.err).toContain('the journal cannot be written any more');
      expect(ended.err).toContain('What was acknowledged is safe.');

      const again = scene.gateway(config);
      const { attest } = await untilStatus(again, data, 'it goes on', ({ record }) => record.kept > 5);
      expect(attest.readings).toBeGreaterThan(0);
      expect((await stop(again)).code).toBe(0);
      const file = await exportAll(data, scene.path('broken.outpost'));
      const { code, report } = await verify(file, '--key', kept.gatewayKey);
      expect([code, report.verdict]).toEqual([0, 'holds']);
      const [first] = report.streams.flatMap(({ epochs }) => epochs);
      expect(first?.readings).toBeGreaterThanOrEqual(kept.record.kept);
      expect((await outpost(['status', '--data', data])).code).toBe(1);
    },
    120_000,
  );
});
