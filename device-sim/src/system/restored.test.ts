import { access, readFile, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { configOf, exportAll, openScene, stop, untilStatus, verify } from './box.ts';

const MACHINE_ID = '/etc/machine-id';
const noMachineId = await access(MACHINE_ID).then(
  () => '',
  () => ` (there is no ${MACHINE_ID})`,
);

describe('a data directory that was laid back onto another machine', () => {
  it.skipIf(noMachineId !== '')(
    `goes on in a new epoch and says so, once${noMachineId}`,
    async () => {
      await using scene = await openScene();
      const data = scene.path('data');
      const config = await scene.write('outpost.json', configOf({ data, port: await scene.car() }));
      const drive = async (): Promise<{ readonly said: string; readonly key: string }> => {
        const gateway = scene.gateway(config);
        const { gatewayKey } = await untilStatus(gateway, data, 'one is signed', ({ attest, record }) => {
          return attest.attestations >= 1 && record.kept > 5;
        });
        const { code, err } = await stop(gateway);
        expect(code).toBe(0);
        return { said: err, key: gatewayKey };
      };
      const first = await drive();
      // What this machine is called stands beside the data; on another one it says something else.
      expect(await readFile(scene.path('data/machine'), 'utf8')).toBe(await readFile(MACHINE_ID, 'utf8'));
      await writeFile(scene.path('data/machine'), 'f'.repeat(32));
      const second = await drive();
      const third = await drive();
      expect([first, second, third].map(({ said }) => said.includes('with the reason restored'))).toEqual([
        false,
        true,
        false,
      ]);
      const file = await exportAll(data, scene.path('restored.outpost'));
      const { code, report } = await verify(file, '--key', first.key);
      expect(code).toBe(0);
      const epochs = report.streams.flatMap((stream) => stream.epochs);
      expect(epochs.map(({ reason }) => reason)).toEqual(['started', 'restored', 'started']);
    },
    120_000,
  );
});
