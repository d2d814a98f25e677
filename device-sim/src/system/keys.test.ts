import { cp, readFile, stat } from 'node:fs/promises';
import { platformHash } from '@outpost/gateway';
import { type EvidenceItem, readEvidenceBytes, verifyEvidence } from '@outpost/schemas/evidence';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configOf, exportAll, openScene, type Scene, stop, untilStatus, verify } from './box.ts';
import { outpost } from './programs.ts';

const SECRET = { env: { OUTPOST_PASSPHRASE: 'correct horse battery staple' } };

/** Runs a gateway on a data directory until it has signed twice, and stops it. Gives its public key. */
const drive = async (scene: Scene, name: string, port: string): Promise<string> => {
  const data = scene.path(name);
  const gateway = scene.gateway(await scene.write(`${name}.json`, configOf({ data, port })));
  const signed = 'two attestations are signed';
  const status = await untilStatus(gateway, data, signed, ({ attest }) => attest.attestations >= 2);
  expect((await stop(gateway)).code).toBe(0);
  return status.gatewayKey;
};

const keys = async (scene: Scene, name: string, command: readonly string[], options = {}) =>
  await outpost(['keys', ...command, '--data', scene.path(name)], options);

const itemsOf = async (file: string): Promise<readonly EvidenceItem[]> => {
  const items: EvidenceItem[] = [];
  for (const item of readEvidenceBytes(new Uint8Array(await readFile(file)))) {
    if (!item.ok) throw new Error(item.fault.words);
    items.push(item.value);
  }
  return items;
};

describe('the keys of a box', () => {
  let scene: Scene;
  let port: string;
  beforeAll(async () => {
    scene = await openScene();
    port = await scene.car();
  }, 60_000);
  afterAll(() => scene[Symbol.asyncDispose](), 60_000);

  it('are shown, backed up, laid onto another box, replaced and revoked, and old evidence stays good', async () => {
    const old = await drive(scene, 'one', port);
    const [list, show, device] = await Promise.all([
      keys(scene, 'one', ['list', '--json']),
      keys(scene, 'one', ['show']),
      keys(scene, 'one', ['show', 'device-car']),
    ]);
    const names = (JSON.parse(list.out) as { name: string; kind: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['gateway', 'device-car']));
    expect(show.out.trim()).toBe(old);
    expect(device.out.trim()).not.toBe(old);

    const backup = scene.path('backup.keys');
    const exported = await keys(scene, 'one', ['export', '--out', backup], SECRET);
    expect([exported.code, exported.err]).toEqual([0, '']);
    expect((await stat(backup)).mode & 0o777).toBe(0o600);
    const again = await keys(scene, 'one', ['export', '--out', backup], SECRET);
    expect([again.code, again.err]).toEqual([78, expect.stringContaining('left as it is')]);

    const wrong = await keys(scene, 'two', ['import', backup], { env: { OUTPOST_PASSPHRASE: 'wrong' } });
    expect(wrong.code).not.toBe(0);
    expect(wrong.err.trimEnd().split('\n')).toHaveLength(1);
    expect(wrong.err).toMatch(/passphrase/i);
    expect((await keys(scene, 'two', ['import', backup], SECRET)).code).toBe(0);
    expect(await drive(scene, 'two', port)).toBe(old);
    const imported = await verify(
      await exportAll(scene.path('two'), scene.path('two.outpost')),
      '--key',
      old,
    );
    const reasons = imported.report.streams.flatMap(({ epochs }) => epochs.map(({ reason }) => reason));
    expect(reasons).toEqual(['imported']);

    const rotated = await keys(scene, 'one', ['rotate', 'gateway']);
    expect([rotated.code, rotated.err]).toEqual([0, '']);
    const fresh = await drive(scene, 'one', port);
    expect(fresh).not.toBe(old);
    expect(rotated.out).toContain(fresh);
    const file = await exportAll(scene.path('one'), scene.path('rotated.outpost'));
    const verdicts = await Promise.all([verify(file, '--key', old), verify(file, '--key', fresh)]);
    expect(verdicts.map(({ code }) => code)).toEqual([0, 0]);

    const revoked = await keys(scene, 'one', ['revoke', 'device-car', '--reason', 'compromised']);
    expect([revoked.code, revoked.err]).toEqual([0, '']);
    const late = await verify(
      await exportAll(scene.path('one'), scene.path('revoked.outpost')),
      ...['--key', fresh],
    );
    expect(late.code).toBe(1);
    expect(late.report.counts['key.revoked']).toBeGreaterThan(0);
  }, 180_000);

  it('are named when two boxes run with one of them', async () => {
    const key = await drive(scene, 'original', port);
    await cp(scene.path('original'), scene.path('copy'), { recursive: true });
    const other = await scene.car('--seed', '2');
    await Promise.all([drive(scene, 'original', port), drive(scene, 'copy', other)]);
    const files = await Promise.all(
      ['original', 'copy'].map((name) => exportAll(scene.path(name), scene.path(`${name}.outpost`))),
    );
    for (const file of files) expect((await verify(file, '--key', key)).code).toBe(0);
    const [first, second] = await Promise.all(files.map(itemsOf));
    if (first === undefined || second === undefined) throw new Error('both were exported');
    const have = new Set(
      first.flatMap((item) => ('bytes' in item ? [Buffer.from(item.bytes).toString('hex')] : [])),
    );
    const rest = second.filter(
      (item) => 'bytes' in item && !have.has(Buffer.from(item.bytes).toString('hex')),
    );
    const report = verifyEvidence([...first, ...rest], { hash: platformHash });
    expect(report.verdict).toBe('fails');
    const named = [...report.counts.keys()].filter((code) => /^chain\.(fork|branch)$/.test(code));
    expect(named).not.toEqual([]);
  }, 180_000);
});
