import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CborValue, decodeCbor, encodeCbor } from '@outpost/schemas/evidence';
import { manualClock } from '@outpost/schemas/testing';
import { asciiBytes, type DeviceName, type Result } from '@outpost/schemas/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seal, unseal } from './backup.ts';
import { type KeyRing, openKeyRing } from './key-ring.ts';
import { exportKeys, forgetImport, importedHeads, importKeys } from './ring-backup.ts';

const CAR = 'car' as DeviceName;
const clock = manualClock();
const CHEAP = { log2N: 15, r: 8, p: 1 };
const PASSPHRASE = 'correct horse battery';
const heads = asciiBytes('where the chains stand');
let top = '';
let first = '';
let second = '';

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'outpost-ring-backup-'));
  [first, second] = [join(top, 'first'), join(top, 'second')];
});
afterEach(() => rm(top, { recursive: true }));

const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.where}: ${result.fault.words}`);
  return result.value;
};
const open = async (directory: string): Promise<KeyRing> =>
  must(await openKeyRing({ directory, kind: 'file', clock }));
const exported = async (directory: string): Promise<Uint8Array> =>
  must(await exportKeys({ directory, passphrase: PASSPHRASE, heads, cost: CHEAP }));
const imported = (directory: string, sealed: Uint8Array, passphrase = PASSPHRASE) =>
  importKeys({ directory, passphrase, sealed, where: 'keys.backup' });

const wornRing = async (): Promise<KeyRing> => {
  const ring = await open(first);
  must(await ring.device(CAR));
  must(await ring.rotate('gateway'));
  must(await ring.device('roof' as DeviceName));
  must(await ring.revoke('device-roof', 'retired', ''));
  return ring;
};

describe('the keys of networks in a backup', () => {
  const DIMO = 'outpost-dimo-secret 07 0x00\n';
  const HELIUM = '0102030405060708.gateway_key.bin';
  const networks = (box: string) => join(top, `${box}-networks`);
  const put = async (box: string, network: string, file: string, text: string) => {
    await mkdir(join(networks(box), network), { recursive: true, mode: 0o700 });
    await writeFile(join(networks(box), network, file), text, { mode: 0o600 });
  };
  const at = (box: string, ...path: readonly string[]) => readFile(join(networks(box), ...path), 'utf8');
  const exportAll = async () => {
    const places = { directory: first, networksDirectory: networks('first') };
    return must(await exportKeys({ ...places, passphrase: PASSPHRASE, heads, cost: CHEAP }));
  };
  const importAll = async (sealed: Uint8Array) => {
    const places = { directory: second, networksDirectory: networks('second') };
    return await importKeys({ ...places, passphrase: PASSPHRASE, sealed, where: 'keys.backup' });
  };
  const filled = async (): Promise<Uint8Array> => {
    await open(first);
    await put('first', 'dimo', 'key', DIMO);
    await put('first', 'dimo', 'identity.json', '{"text":"old"}');
    await put('first', 'dimo', 'weeks.json', '{}');
    await put('first', 'helium', HELIUM, 'a helium key');
    return await exportAll();
  };

  it('come back as they were, for us alone, and nothing else of the networks does', async () => {
    const sealed = await filled();
    const { added, addedOfNetworks } = must(await importAll(sealed));
    expect(added).toEqual(['gateway']);
    expect(addedOfNetworks).toEqual([
      'networks/dimo/identity.json',
      'networks/dimo/key',
      `networks/helium/${HELIUM}`,
    ]);
    expect(await at('second', 'dimo', 'key')).toBe(DIMO);
    expect(await at('second', 'helium', HELIUM)).toBe('a helium key');
    expect((await stat(join(networks('second'), 'dimo', 'key'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(networks('second'), 'dimo'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(networks('second'), 'dimo'))).toEqual(['identity.json', 'key']);
    expect(must(await importAll(sealed)).addedOfNetworks).toEqual([]);
  });

  it('are never overwritten: one other key, and nothing at all is written', async () => {
    const sealed = await filled();
    await put('second', 'helium', HELIUM, 'another key');
    expect(await importAll(sealed)).toMatchObject({ ok: false, fault: { code: 'key.exists' } });
    expect(await readdir(networks('second'))).toEqual(['helium']);
    expect(await readdir(second)).toEqual([]);
  });

  it('leave a binding that is there, which is the newer', async () => {
    const sealed = await filled();
    await put('second', 'dimo', 'key', DIMO);
    await put('second', 'dimo', 'identity.json', '{"text":"new"}');
    expect(must(await importAll(sealed)).addedOfNetworks).toEqual([`networks/helium/${HELIUM}`]);
    expect(await at('second', 'dimo', 'identity.json')).toBe('{"text":"new"}');
  });

  it('are refused where there is no place for them, and where others may read them', async () => {
    const sealed = await filled();
    expect(await imported(second, sealed)).toMatchObject({ ok: false, fault: { code: 'backup.networks' } });
    await writeFile(join(networks('first'), 'dimo', 'key'), DIMO);
    await rm(join(networks('first'), 'dimo', 'key'));
    await writeFile(join(networks('first'), 'dimo', 'key'), DIMO, { mode: 0o644 });
    const places = { directory: first, networksDirectory: networks('first') };
    const refused = await exportKeys({ ...places, passphrase: PASSPHRASE, heads, cost: CHEAP });
    expect(refused).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
  });

  it('whose names lead elsewhere are no backup of ours', async () => {
    const content = decodeCbor(must(await unseal(PASSPHRASE, await filled(), 'keys.backup')));
    const whole = content.ok ? (content.value as readonly CborValue[]) : [];
    const bytes = asciiBytes('x');
    for (const key of [
      ['../keys', 'key', bytes],
      ['dimo', '../../gateway.seed', bytes],
      ['dimo', 'weeks.json', bytes],
      ['dimo', 'key', new Uint8Array(5_000)],
      ['dimo', 'key'],
    ]) {
      const sealed = must(await seal(PASSPHRASE, encodeCbor([...whole.slice(0, 5), [key]]), CHEAP));
      expect(await importAll(sealed)).toMatchObject({ ok: false, fault: { code: 'backup.unreadable' } });
    }
    expect(await readdir(top)).not.toContain('second-networks');
    const sound = must(
      await seal(PASSPHRASE, encodeCbor([...whole.slice(0, 5), [['dimo', 'key', bytes]]]), CHEAP),
    );
    expect(await importAll(sound)).toMatchObject({ ok: true });
  });
});

describe('a backup of a key ring', () => {
  it('makes another directory the same box, its history included, and says so to the next epoch', async () => {
    const ring = await wornRing();
    const { added, heads: found } = must(await imported(second, await exported(first)));
    expect(added).toEqual(['device-car', 'gateway']);
    expect(found).toEqual(heads);
    const copy = await open(second);
    expect(copy.gateway().publicKey).toEqual(ring.gateway().publicKey);
    expect(copy.records()).toEqual(ring.records());
    expect(copy.list().map(({ publicKey, state }) => [publicKey, state])).toEqual(
      ring.list().map(({ publicKey, state }) => [publicKey, state]),
    );
    expect(must(await importedHeads(second))).toEqual(heads);
    must(await forgetImport(second));
    must(await forgetImport(second));
    expect(must(await importedHeads(second))).toBeUndefined();
  });

  it('can be imported twice, and over what is already there', async () => {
    await wornRing();
    const sealed = await exported(first);
    expect(must(await imported(first, sealed)).added).toEqual([]);
    must(await imported(second, sealed));
    expect(must(await imported(second, sealed)).added).toEqual([]);
  });

  it('brings back a key file that was lost', async () => {
    const ring = await wornRing();
    const sealed = await exported(first);
    await rm(join(first, 'gateway.seed'));
    expect(must(await imported(first, sealed)).added).toEqual(['gateway']);
    expect((await open(first)).gateway().publicKey).toEqual(ring.gateway().publicKey);
  });

  it('never takes records away that were made after it', async () => {
    await wornRing();
    const sealed = await exported(first);
    const ring = await open(first);
    must(await ring.device('later' as DeviceName));
    must(await imported(first, sealed));
    expect((await open(first)).records()).toEqual(ring.records());
  });

  it('overwrites no key and changes nothing where one is another', async () => {
    await wornRing();
    await open(second);
    const before = await readdir(second);
    const result = await imported(second, await exported(first));
    expect(result).toMatchObject({ ok: false, fault: { kind: 'misconfigured', code: 'key.exists' } });
    expect(await readdir(second)).toEqual(before);
  });

  it('is refused over a history that went another way', async () => {
    await open(first);
    must(await imported(second, await exported(first)));
    must(await (await open(first)).device(CAR));
    must(await (await open(second)).device('van' as DeviceName));
    expect(await imported(second, await exported(first))).toMatchObject({
      ok: false,
      fault: { code: 'key.records' },
    });
  });

  it('under a wrong passphrase is one sentence and touches nothing', async () => {
    await open(first);
    const result = await imported(second, await exported(first), 'another passphrase');
    expect(result).toMatchObject({ ok: false, fault: { code: 'backup.unreadable', where: 'keys.backup' } });
    expect(await readdir(top)).toEqual(['first']);
  });

  it('of something else under the right passphrase is refused', async () => {
    for (const content of [asciiBytes('text'), encodeCbor([2]), encodeCbor([1, [], [], heads, heads])]) {
      const sealed = must(await seal(PASSPHRASE, content, CHEAP));
      expect(await imported(second, sealed)).toMatchObject({
        ok: false,
        fault: { code: 'backup.unreadable' },
      });
    }
    const climbing = encodeCbor([1, [['device-../../x', new Uint8Array(10)]], [], new Uint8Array(0), heads]);
    const sealed = must(await seal(PASSPHRASE, climbing, CHEAP));
    expect(await imported(second, sealed)).toMatchObject({ ok: false, fault: { code: 'backup.unreadable' } });
  });

  it('needs keys to be made', async () => {
    await open(first);
    await rm(join(first, 'gateway.seed'));
    const result = await exportKeys({ directory: first, passphrase: PASSPHRASE, heads, cost: CHEAP });
    expect(result).toMatchObject({ ok: false, fault: { code: 'key.none' } });
  });
});
