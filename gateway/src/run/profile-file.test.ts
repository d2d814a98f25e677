import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { profileFile } from '@outpost/schemas/vehicle/profiles';
import { sentence } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { checkDevice } from './device.ts';

const check = (adapter: string, profile: string) =>
  checkDevice({ name: 'car', adapter, port: 'tcp://127.0.0.1:35000', options: { profile } });

describe.each(['elm327', 'slcan'])('a device of the adapter %s with a profile in a file', (adapter) => {
  it('is good where the file is, and stops the start with a sentence and a line where it is not', async () => {
    await using directory = await scratch();
    const path = join(directory.path, 'my-car.json');
    const missing = await check(adapter, path);
    expect(missing).toMatchObject({ ok: false, fault: { kind: 'misconfigured' } });
    expect(missing.ok || sentence(missing.fault)).toBe(`${path}: cannot be read (ENOENT).`);
    const text = JSON.stringify({ ...profileFile('kia-ev6'), name: 'my-car' }, null, 2);
    await writeFile(path, text);
    expect(await check(adapter, path)).toMatchObject({ ok: true, value: { name: 'car' } });
    await writeFile(path, text.replace('"unit": "V"', '"unit": "mV"'));
    const broken = await check(adapter, path);
    expect(broken).toMatchObject({ ok: false, fault: { kind: 'misconfigured', code: 'profile.invalid' } });
    expect(broken.ok || sentence(broken.fault)).toMatch(/my-car\.json line \d+: .*unit/);
  });
});
