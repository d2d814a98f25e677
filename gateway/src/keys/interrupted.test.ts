import { link, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@outpost/schemas/testing';
import { asciiBytes, type DeviceName, type Result, toHex } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unseal } from './backup.ts';
import { type KeyDisk, keyDisk } from './key-disk.ts';
import { type KeyRing, openKeyRing } from './key-ring.ts';
import { exportKeys, layKeys } from './ring-backup.ts';

const CAR = 'car' as DeviceName;
const clock = manualClock();
const CHEAP = { log2N: 15, r: 8, p: 1 };
const PASSPHRASE = 'correct horse battery';
let top = '';
let directory = '';

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'outpost-interrupted-'));
  directory = join(top, 'keys');
});
afterEach(() => rm(top, { recursive: true }));

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.where}: ${result.fault.words}`);
  return result.value;
};

/** A disk that is gone, with the whole program, after so many changes. */
const dyingDisk = (changes: number): KeyDisk => {
  const real = keyDisk();
  let left = changes;
  const orDie = async (change: () => Promise<void>): Promise<void> => {
    if (left === 0) throw new Error('killed');
    left -= 1;
    await change();
  };
  return {
    directory: (path) => orDie(() => real.directory(path)),
    create: (path, bytes) => orDie(() => real.create(path, bytes)),
    replace: (path, bytes) => orDie(() => real.replace(path, bytes)),
    move: (from, to) => orDie(() => real.move(from, to)),
    remove: (path) => orDie(() => real.remove(path)),
  };
};

const openWith = async (disk: KeyDisk): Promise<KeyRing> =>
  must(await openKeyRing({ directory, kind: 'file', clock, disk }));

/** Runs `act` with a program that dies after 0, 1, 2 … changes, until it lives; checks what the next start finds. */
const interruptEverywhere = async (
  prepare: () => Promise<void>,
  act: (disk: KeyDisk) => Promise<unknown>,
  check: (ring: KeyRing, finished: boolean) => Promise<void> | void,
): Promise<number> => {
  for (let changes = 0; changes < 40; changes += 1) {
    await rm(directory, { recursive: true, force: true });
    await prepare();
    const finished = await act(dyingDisk(changes)).then(
      () => true,
      (error: Error) => {
        expect(error.message).toBe('killed');
        return false;
      },
    );
    const ring = await openWith(keyDisk());
    must(await ring.device(CAR));
    await check(ring, finished);
    const again = await openWith(keyDisk());
    expect(again.records()).toEqual(ring.records());
    const names = await readdir(directory);
    expect(names.filter((name) => /\.(next|partial)$/.test(name))).toEqual([]);
    if (finished) return changes;
  }
  throw new Error('never finished');
};

const noPreparation = async (): Promise<void> => undefined;
let before: { readonly gateway: string; readonly car: string };
const withCar = async (): Promise<void> => {
  const ring = await openWith(keyDisk());
  const { key } = must(await ring.device(CAR));
  before = { gateway: toHex(ring.gateway().publicKey), car: toHex(key.publicKey) };
};
const keysOf = async (ring: KeyRing) => ({
  gateway: toHex(ring.gateway().publicKey),
  car: toHex(must(await ring.device(CAR)).key.publicKey),
});

describe('a program killed between any two changes on the disk', () => {
  it('during the first start leaves a box that starts and endorses its device once', async () => {
    const changes = await interruptEverywhere(
      noPreparation,
      async (disk) => must(await (await openWith(disk)).device(CAR)),
      (ring) => expect(ring.records()).toHaveLength(1),
    );
    expect(changes).toBe(4);
  });

  it.each(['gateway', 'device-car'] as const)(
    'during a rotation of %s leaves the old key or the new',
    async (name) => {
      let rotated = 0;
      const changes = await interruptEverywhere(
        withCar,
        async (disk) => must(await (await openWith(disk)).rotate(name)),
        async (ring, finished) => {
          const now = await keysOf(ring);
          const [which, other] =
            name === 'gateway' ? (['gateway', 'car'] as const) : (['car', 'gateway'] as const);
          expect(now[other]).toBe(before[other]);
          const isNew = now[which] !== before[which];
          expect(ring.records()).toHaveLength(isNew ? 3 : 1);
          expect(ring.list().some(({ state }) => state === 'retired')).toBe(isNew);
          if (finished) expect(isNew).toBe(true);
          rotated += Number(isNew);
        },
      );
      expect(changes).toBeGreaterThanOrEqual(6);
      // From the record on it is done whatever happens next.
      expect(rotated).toBe(changes - 2);
    },
  );

  it('during a revocation leaves a key that is believed or one that never signs again', async () => {
    let revoked = 0;
    const changes = await interruptEverywhere(
      withCar,
      async (disk) => must(await (await openWith(disk)).revoke('device-car', 'lost', '')),
      async (ring) => {
        const now = await keysOf(ring);
        expect(now.gateway).toBe(before.gateway);
        const isNew = now.car !== before.car;
        expect(ring.records()).toHaveLength(isNew ? 3 : 1);
        revoked += Number(isNew);
      },
    );
    expect(revoked).toBe(changes - 1);
  });

  it('during the end of a whole identity leaves the old one or a wholly new one', async () => {
    await interruptEverywhere(
      withCar,
      async (disk) => must(await (await openWith(disk)).revoke('gateway', 'compromised', '')),
      async (ring) => {
        const now = await keysOf(ring);
        expect(now.gateway === before.gateway).toBe(now.car === before.car);
        expect(ring.records()).toHaveLength(1);
      },
    );
  });

  it('during an import can import again, and starts with nobody else’s keys in between', async () => {
    await withCar();
    must(await (await openWith(keyDisk())).rotate('device-car'));
    const kept = { ...before, car: (await keysOf(await openWith(keyDisk()))).car };
    const sealed = must(
      await exportKeys({ directory, passphrase: PASSPHRASE, heads: asciiBytes('heads'), cost: CHEAP }),
    );
    const content = must(await unseal(PASSPHRASE, sealed, 'keys.backup'));
    const lay = (disk: KeyDisk) => layKeys({ directory }, content, 'keys.backup', disk);
    let changes = 0;
    for (let finished = false; !finished; changes += 1) {
      await rm(directory, { recursive: true, force: true });
      finished = await lay(dyingDisk(changes)).then(
        () => true,
        () => false,
      );
      if (!finished && changes > 2) {
        const start = await openKeyRing({ directory, kind: 'file', clock });
        expect(start).toMatchObject({ ok: false, fault: { code: 'key.missing' } });
      }
      must(await lay(keyDisk()));
      expect(await keysOf(await openWith(keyDisk()))).toEqual(kept);
    }
    expect(changes).toBe(8);
  });

  it('in the middle of a renaming, both names there, finishes it', async () => {
    await withCar();
    const path = join(directory, 'device-car.seed');
    const to = join(directory, 'elsewhere');
    await link(path, to);
    await keyDisk().move(path, to);
    expect(await readdir(directory)).not.toContain('device-car.seed');
    await writeFile(path, 'another file');
    await expect(keyDisk().move(path, to)).rejects.toThrow('EEXIST');
  });

  it('while a file was half written leaves nothing of it', async () => {
    await withCar();
    await writeFile(join(directory, 'gateway.seed.0011223344556677.partial'), 'outpost-ed25519-se');
    await openWith(keyDisk());
    expect((await readdir(directory)).sort()).toEqual(['device-car.seed', 'gateway.seed', 'records.cbor']);
  });
});
