import { mkdtemp, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readKeyRecord } from '@outpost/schemas/evidence';
import { manualClock } from '@outpost/schemas/testing';
import { type DeviceName, type Result, toHex } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeyDisk, keyDisk } from './key-disk.ts';
import { type KeyRing, openKeyRing } from './key-ring.ts';
import { platformEquation } from './signer.ts';

const CAR = 'car' as DeviceName;
const ROOF = 'roof' as DeviceName;
const clock = manualClock();
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
const kinds = (records: readonly Uint8Array[]): readonly string[] =>
  records.map((bytes) => must(readKeyRecord(bytes)).content.kind);

describe('a key ring', () => {
  it('makes the gateway key at the first start and finds it at the next', async () => {
    const first = (await opened()).gateway();
    const again = (await opened()).gateway();
    expect(toHex(again.publicKey)).toBe(toHex(first.publicKey));
    const message = Uint8Array.of(1, 2, 3);
    expect(platformEquation(first.publicKey, message, again.sign(message))).toBe(true);
    expect(again.saltSecret()).toEqual(first.saltSecret());
    expect((await readdir(directory)).sort()).toEqual(['gateway.seed']);
  });

  it('makes and endorses the key of a device on first use, once', async () => {
    const ring = await opened();
    const made = must(await ring.device(CAR));
    expect(kinds(made.records)).toEqual(['endorsement']);
    expect(must(await ring.device(CAR))).toMatchObject({ records: [] });
    const [record] = ring.records();
    expect(must(readKeyRecord(record!)).content).toMatchObject({
      kind: 'endorsement',
      gatewayKey: ring.gateway().publicKey,
      deviceKey: made.key.publicKey,
      name: 'car',
      keyKind: 'file',
    });
    expect(made.key.saltSecret()).not.toEqual(ring.gateway().saltSecret());
    const again = must(await (await opened()).device(CAR));
    expect(again.records).toEqual([]);
    expect(again.key.publicKey).toEqual(made.key.publicKey);
  });

  it('makes the keys of several devices asked for at once one after another', async () => {
    const ring = await opened();
    const names = ['a', 'b', 'c', 'a'] as DeviceName[];
    const made = await Promise.all(names.map((name) => ring.device(name)));
    expect(new Set(made.map((result) => toHex(must(result).key.publicKey))).size).toBe(3);
    expect(kinds(ring.records())).toEqual(['endorsement', 'endorsement', 'endorsement']);
    expect((await opened()).records()).toEqual(ring.records());
  });

  it('states in its records that a demonstration key is one, and keeps the two kinds apart', async () => {
    const demo = must(await openKeyRing({ directory, kind: 'demo', clock }));
    const { records, key } = must(await demo.device(CAR));
    expect(key.kind).toBe('demo');
    expect(must(readKeyRecord(records[0]!)).content).toMatchObject({ keyKind: 'demo' });
    expect(faultOf(await open())).toMatchObject({ kind: 'misconfigured', code: 'key.kind' });
  });

  it('shows no secret when it is printed in any way', async () => {
    const ring = await opened();
    const { key } = must(await ring.device(CAR));
    const seeds = await Promise.all(
      ['gateway.seed', 'device-car.seed'].map(
        async (name) => (await readFile(join(directory, name), 'utf8')).split(' ')[2]!,
      ),
    );
    const secrets = [...seeds, toHex(key.saltSecret())];
    const printed = [ring, key, ring.list(), ring.signerOf(key.publicKey)].flatMap((each) => [
      inspect(each, { depth: 9, showHidden: true, getters: true }),
      JSON.stringify(each, (_, value) => (typeof value === 'bigint' ? String(value) : value)),
    ]);
    for (const secret of secrets) {
      expect(secret).toMatch(/^[0-9a-f]{64}$/);
      const numbers = Array.from(
        Uint8Array.from(secret.match(/../g)!, (hex) => Number.parseInt(hex, 16)),
      ).join();
      for (const text of printed) {
        expect(text).not.toContain(secret);
        expect(text.replace(/\s/g, '')).not.toContain(numbers);
      }
    }
  });

  it('lists what it has, where it is and since when', async () => {
    const ring = await opened();
    must(await ring.device(CAR));
    expect(ring.list().map(({ name, state, kind }) => [name, state, kind])).toEqual([
      ['device-car', 'active', 'file'],
      ['gateway', 'active', 'file'],
    ]);
    for (const { uri, since } of ring.list()) {
      expect(uri).toMatch(/^file:\/\/\/.*\/keys\/(gateway|device-car)\.seed$/);
      expect(since).toBe(clock.wall());
    }
  });

  it('opened for reading changes nothing and refuses to', async () => {
    expect(faultOf(await openKeyRing({ directory, kind: 'file', clock, readOnly: true }))).toMatchObject({
      kind: 'misconfigured',
    });
    expect(await readdir(top)).toEqual([]);
    await opened();
    const ring = must(await openKeyRing({ directory, kind: 'file', clock, readOnly: true }));
    expect(faultOf(await ring.device(CAR)).code).toBe('key.read-only');
    expect(await readdir(directory)).toEqual(['gateway.seed']);
  });

  it('opened for reading takes the kind that is there', async () => {
    must(await openKeyRing({ directory, kind: 'demo', clock }));
    expect(must(await openKeyRing({ directory, kind: 'file', clock, readOnly: true })).kind).toBe('demo');
  });
});

describe('rotation', () => {
  it('of a device replaces its key by one that both sign for and the gateway endorses', async () => {
    const ring = await opened();
    const old = must(await ring.device(CAR)).key;
    const { key, records } = must(await ring.rotate('device-car'));
    expect(kinds(records)).toEqual(['rotation', 'endorsement']);
    expect(must(readKeyRecord(records[0]!)).content).toMatchObject({
      role: 'device',
      from: old.publicKey,
      to: key.publicKey,
    });
    expect(must(await (await opened()).device(CAR)).key.publicKey).toEqual(key.publicKey);
    expect((await readdir(directory)).sort()).toEqual([
      'device-car.seed',
      'gateway.seed',
      'records.cbor',
      'retired',
    ]);
  });

  it('leaves the old key able to finish what was recorded under it, also after a restart', async () => {
    const ring = await opened();
    const old = must(await ring.device(CAR)).key;
    must(await ring.rotate('device-car'));
    const message = Uint8Array.of(9);
    for (const each of [ring, await opened()]) {
      const signature = each.signerOf(old.publicKey)?.sign(message);
      expect(signature && platformEquation(old.publicKey, message, signature)).toBe(true);
      expect(each.list().find(({ state }) => state === 'retired')?.publicKey).toEqual(old.publicKey);
    }
  });

  it('of the gateway endorses every device anew', async () => {
    const ring = await opened();
    const car = must(await ring.device(CAR)).key;
    must(await ring.device(ROOF));
    const { key, records } = must(await ring.rotate('gateway'));
    expect(kinds(records)).toEqual(['rotation', 'endorsement', 'endorsement']);
    expect(ring.gateway().publicKey).toEqual(key.publicKey);
    for (const bytes of records.slice(1)) {
      expect(must(readKeyRecord(bytes)).content).toMatchObject({ gatewayKey: key.publicKey });
    }
    expect(must(await ring.device(CAR))).toMatchObject({ records: [], key: { publicKey: car.publicKey } });
  });

  it('can be done again and again', async () => {
    const ring = await opened();
    must(await ring.device(CAR));
    for (let round = 0; round < 5; round += 1) {
      must(await ring.rotate('gateway'));
      must(await ring.rotate('device-car'));
    }
    expect((await opened()).records()).toHaveLength(1 + 5 * 4);
    expect((await readdir(join(directory, 'retired'))).length).toBe(10);
  });

  it('that the disk refused can be done again', async () => {
    const real = keyDisk();
    let refuse = true;
    const disk: KeyDisk = {
      ...real,
      replace: (path, bytes) => {
        if (!refuse) return real.replace(path, bytes);
        return Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' }));
      },
    };
    await opened();
    const ring = must(await openKeyRing({ directory, kind: 'file', clock, disk }));
    const old = ring.gateway().publicKey;
    expect(faultOf(await ring.rotate('gateway')).words).toContain('ENOSPC');
    expect(ring.gateway().publicKey).toEqual(old);
    refuse = false;
    const { key } = must(await ring.rotate('gateway'));
    expect((await opened()).gateway().publicKey).toEqual(key.publicKey);
  });

  it('of a key that is not there is refused', async () => {
    expect(faultOf(await (await opened()).rotate('device-none')).code).toBe('key.none');
  });
});

describe('revocation', () => {
  it('of a device takes its key out of use for good and gives it a new one when it is used again', async () => {
    const ring = await opened();
    const old = must(await ring.device(CAR)).key;
    const records = must(await ring.revoke('device-car', 'lost', 'dongle stolen'));
    expect(kinds(records)).toEqual(['revocation']);
    expect(ring.signerOf(old.publicKey)).toBeUndefined();
    const again = must(await ring.device(CAR));
    expect(again.key.publicKey).not.toEqual(old.publicKey);
    const reopened = await opened();
    expect(reopened.signerOf(old.publicKey)).toBeUndefined();
    expect(reopened.list().find(({ state }) => state === 'revoked')?.publicKey).toEqual(old.publicKey);
  });

  it('of a replaced key’s successor does not bring the old one back', async () => {
    const ring = await opened();
    const first = must(await ring.device(CAR)).key;
    const { key } = must(await ring.rotate('device-car'));
    must(await ring.revoke('device-car', 'compromised', ''));
    expect(ring.signerOf(key.publicKey)).toBeUndefined();
    expect(must(await ring.device(CAR)).key.publicKey).not.toEqual(first.publicKey);
  });

  it('of a device whose key file is lost can be done and cures the loss', async () => {
    const ring = await opened();
    must(await ring.device(CAR));
    await unlink(join(directory, 'device-car.seed'));
    const reopened = await opened();
    expect(faultOf(await reopened.device(CAR)).words).toContain('outpost keys revoke device-car');
    must(await reopened.revoke('device-car', 'lost', ''));
    must(await reopened.device(CAR));
  });

  it('with more words than a record holds is refused', async () => {
    const result = await (await opened()).revoke('gateway', 'lost', 'é'.repeat(129));
    expect(faultOf(result)).toMatchObject({ kind: 'misconfigured', code: 'key.words' });
  });

  it('of the gateway ends the identity with all its devices; the next start has a new one', async () => {
    const ring = await opened();
    const old = ring.gateway().publicKey;
    const car = must(await ring.device(CAR)).key.publicKey;
    const records = must(await ring.revoke('gateway', 'compromised', 'card copied'));
    expect(kinds(records)).toEqual(['revocation', 'revocation']);
    expect(() => ring.gateway()).toThrow('revoked');
    expect(ring.signerOf(old) ?? ring.signerOf(car)).toBeUndefined();
    expect(faultOf(await ring.device(CAR)).code).toBe('key.over');
    const next = await opened();
    expect(next.gateway().publicKey).not.toEqual(old);
    expect(next.records()).toEqual([]);
    expect(must(await next.device(CAR)).key.publicKey).not.toEqual(car);
    expect(await readdir(join(directory, 'retired'))).toContain(`${toHex(old)}.records.cbor`);
  });
});
