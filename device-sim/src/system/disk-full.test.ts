import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Status } from '@outpost/gateway';
import { describe, expect, it } from 'vitest';
import { configOf, exportAll, openScene, type Scene, stop, untilStatus, verify } from './box.ts';
import { outpost, type Program } from './programs.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

/** Above the 64 MiB that the journal keeps for what somebody waits for, with room for a few segments. */
const DISK_MEBIBYTES = 96;
const RESERVE_BYTES = 64 << 20;

const probe = async (): Promise<string | undefined> => {
  const path = await mkdtemp(join(tmpdir(), 'outpost-mount-'));
  const disk = await mountSmallDisk(join(path, 'disk'), 1);
  if (typeof disk !== 'string') await disk[Symbol.asyncDispose]();
  await rm(path, { recursive: true, force: true });
  return typeof disk === 'string' ? disk : undefined;
};

const reason = await probe();

const refusedOf = ({ record }: Status): number =>
  Object.values(record.refused as unknown as Readonly<Record<string, number>>).reduce((sum, n) => sum + n, 0);

/** Fills the disk, sees the gateway say so and refuse, frees it, and sees readings kept again, untouched. */
const fillAndFree = async (disk: SmallDisk, gateway: Program, data: string, leaveBytes: number) => {
  const look = (what: string, wanted: (status: Status) => boolean): Promise<Status> =>
    untilStatus(gateway, data, what, wanted);
  const before = await look('readings are kept', ({ devices, record }) => {
    return devices[0]?.refusing === '' && record.kept > 20;
  });
  await disk.fill(leaveBytes);
  const full = await look('readings are refused', (status) => {
    return refusedOf(status) > refusedOf(before) + 10 && status.devices[0]?.refusing !== '';
  });
  const told = await outpost(['status', '--data', data]);
  await disk.free();
  const { kept } = full.record;
  const after = await look('readings are kept again', ({ devices, record, attest }) => {
    return devices[0]?.refusing === '' && record.kept > kept + 20 && attest.readings > kept;
  });
  return { full, told: told.out, after };
};

const drive = async (scene: Scene, disk: SmallDisk) => {
  const data = join(disk.path, 'data');
  const [network, port] = await Promise.all([scene.network('network', '--accept-simulated'), scene.car()]);
  const gateway = scene.gateway(await scene.write('small.json', configOf({ data, port, network })));
  const low = await fillAndFree(disk, gateway, data, RESERVE_BYTES / 2);
  const none = await fillAndFree(disk, gateway, data, 0);
  const ended = await stop(gateway);
  const file = await exportAll(data, scene.path('small.outpost'));
  const { gatewayKey } = none.after;
  const { code, report } = await verify(file, '--key', gatewayKey, '--network-key', network.key);
  return { low, none, ended, code, report, seen: await network.status() };
};

describe('a gateway whose disk runs full', () => {
  it.skipIf(reason !== undefined)(
    `says so, loses nothing that it acknowledged, and goes on by itself${reason === undefined ? '' : ` (${reason})`}`,
    async () => {
      await using scene = await openScene();
      const disk = await mountSmallDisk(scene.path('disk'), DISK_MEBIBYTES);
      if (typeof disk === 'string') throw new Error(disk);
      await using mounted = disk;
      const { low, none, ended, code, report, seen } = await drive(scene, mounted);

      for (const { full, told, after } of [low, none]) {
        expect(full.devices[0]?.refusing).toContain('the disk is full');
        expect(told).toMatch(/READINGS ARE REFUSED: .*the disk is full.*goes on by itself/);
        expect(Object.keys(full.record.refused)).toEqual(['journal.disk-full']);
        for (const { record } of [full, after]) {
          expect(record.made).toBe(record.kept + refusedOf({ ...full, record }) + record.waiting);
        }
        // Nothing died of it, and nothing was started anew.
        expect(after.tasks.map(({ restarts }) => restarts)).toEqual(after.tasks.map(() => 0));
        expect(after.pid).toBe(low.full.pid);
      }
      expect([ended.code, code, report.verdict]).toEqual([0, 0, 'holds']);
      expect(report.problems.filter(({ severity }) => severity === 'failure')).toEqual([]);
      const epochs = report.streams.flatMap((stream) => stream.epochs);
      expect(epochs[0]?.reason).toBe('started');
      expect(epochs.slice(1).map((epoch) => epoch.reason)).toEqual(epochs.slice(1).map(() => 'interrupted'));
      expect(epochs.length).toBeGreaterThanOrEqual(3);
      expect(epochs.reduce((sum, { readings }) => sum + readings, 0)).toBeGreaterThanOrEqual(
        none.after.record.kept,
      );
      expect(seen.refused).toEqual({});
      expect(report.checked.receipts).toBeGreaterThanOrEqual(none.after.networks[0]?.settled ?? 1);
    },
    180_000,
  );
});
