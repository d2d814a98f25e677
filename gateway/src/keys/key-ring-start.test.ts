import { chmod, mkdtemp, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@outpost/schemas/testing';
import { concatBytes, type DeviceName, type Result } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyRing, openKeyRing } from './key-ring.ts';

const CAR = 'car' as DeviceName;
const ROOF = 'roof' as DeviceName;
const clock = manualClock();
const NONE = new Uint8Array(0);
let top = '';
let directory = '';

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'outpost-ring-'));
  directory = join(top, 'keys');
});
afterEach(() => rm(top, { recursive: true }));

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.where}: ${result.fault.words}`);
  return result.value;
};
const faultOf = (result: Result<unknown>) => {
  if (result.ok) throw new Error('expected a fault');
  return result.fault;
};
const open = (): Promise<Result<KeyRing>> => openKeyRing({ directory, kind: 'file', clock });
const opened = async (): Promise<KeyRing> => must(await open());

describe('what a ring refuses to start with', () => {
  beforeEach(async () => {
    must(await (await opened()).device(CAR));
  });
  const startFault = async () => {
    const found = faultOf(await open());
    expect(found.kind).toBe('misconfigured');
    expect(found.words).toMatch(/^[^\n]+[.a-z]$/);
    return found;
  };

  it('a gateway key that is gone, because a new one would be somebody else', async () => {
    await unlink(join(directory, 'gateway.seed'));
    expect((await startFault()).code).toBe('key.missing');
    expect(await readdir(directory)).not.toContain('gateway.seed');
  });

  it('a gateway key that is not the one its records end with', async () => {
    const other = join(top, 'other');
    must(await openKeyRing({ directory: other, kind: 'file', clock }));
    await writeFile(join(directory, 'gateway.seed'), await readFile(join(other, 'gateway.seed')));
    expect((await startFault()).code).toBe('key.records');
  });

  it('a directory or a key that others may read', async () => {
    await chmod(directory, 0o755);
    expect((await startFault()).words).toContain('chmod 700');
    await chmod(directory, 0o700);
    await chmod(join(directory, 'device-car.seed'), 0o640);
    expect((await startFault()).words).toContain('chmod 600');
  });

  it('records with any flipped bit', async () => {
    const path = join(directory, 'records.cbor');
    const whole = await readFile(path);
    for (let at = 0; at < whole.length; at += 7) {
      const flipped = Uint8Array.from(whole);
      flipped[at]! ^= 1 << (at % 8);
      await writeFile(path, flipped);
      expect((await startFault()).code).toBe('key.records');
    }
    await writeFile(path, whole.subarray(0, whole.length - 1));
    expect((await startFault()).code).toBe('key.records');
    await writeFile(path, whole);
    await opened();
  });

  it('records out of order, twice or with one missing', async () => {
    const ring = await opened();
    must(await ring.device(ROOF));
    const [first = NONE, second = NONE] = ring.records();
    const path = join(directory, 'records.cbor');
    for (const order of [[second, first], [first, first, second], [second]]) {
      await writeFile(path, concatBytes(...order));
      expect((await startFault()).code).toBe('key.records');
    }
  });

  it('a parent directory that is not there', async () => {
    const result = await openKeyRing({ directory: join(top, 'none', 'keys'), kind: 'file', clock });
    expect(faultOf(result)).toMatchObject({ kind: 'misconfigured', code: 'key.unwritable' });
  });
});
