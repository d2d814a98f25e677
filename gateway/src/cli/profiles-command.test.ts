import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkProfile } from '@outpost/schemas/vehicle/profile-files';
import { listProfiles, profileFile } from '@outpost/schemas/vehicle/profiles';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const profiles = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  return { code: await outpost(['profiles', ...args], terminal), out, err };
};

const OBDB = JSON.stringify({
  commands: [
    {
      hdr: '7A1',
      rax: '7A9',
      cmd: { 22: 'AB01' },
      freq: 2.5,
      signals: [
        {
          id: 'PACK',
          suggestedMetric: 'tractionBatteryVoltage',
          fmt: { len: 16, max: 819, div: 80, unit: 'volts' },
        },
        { id: 'AMPS', fmt: { bix: 16, len: 16, sign: true, min: -400, max: 400, div: 10, unit: 'amps' } },
        { id: 'SPEED', suggestedMetric: 'speed', fmt: { bix: 32, len: 8, max: 100, unit: 'percent' } },
      ],
    },
  ],
});

const WICAN = JSON.stringify({
  car_model: 'Made: Up',
  init: 'ATSP6;ATSH7A1;ATCRA7A9;',
  pids: [{ pid: '22AB011', parameters: { SOC: 'B4/2', WONDER: 'B5' } }],
});

const CAR = ['--make', 'Made', '--model', 'Up', '--years', '2020-2024', '--powertrain', 'bev'];

describe('outpost profiles', () => {
  it('lists what comes with the program, for people and for scripts', async () => {
    const { code, out } = await profiles('list');
    expect(code).toBe(0);
    expect(out).toHaveLength(listProfiles().length);
    expect(out[0]).toMatch(/^bmw-i3 +2014–2022 {2}BMW i3: \d+ signals in \d+ requests$/);
    const json = await profiles('list', '--json');
    expect(JSON.parse(json.out.join('\n'))).toEqual(JSON.parse(JSON.stringify(listProfiles())));
  });

  it('shows a bundled one as a file that checks', async () => {
    await using directory = await scratch();
    const shown = await profiles('show', 'nissan-leaf');
    expect(shown.code).toBe(0);
    const path = join(directory.path, 'leaf.json');
    await writeFile(path, shown.out.join('\n'));
    const checked = await profiles('check', path);
    expect(checked).toMatchObject({ code: 0, err: [] });
    expect(checked.out[0]).toMatch(/leaf\.json: good; \d+ signals in \d+ requests, 28 vectors\.$/);
    const unknown = await profiles('show', 'nissan-leaves');
    expect(unknown).toMatchObject({ code: 78, out: [] });
    expect(unknown.err).toEqual([
      expect.stringMatching(/“?nissan-leaves.* is not bundled; known are bmw-i3, /),
    ]);
  });

  it('says of a wrong file what is wrong and on which line, and of a vector that it is not met', async () => {
    await using directory = await scratch();
    const good = JSON.stringify(profileFile('bmw-i3'), null, 2);
    const wrong = join(directory.path, 'wrong.json');
    await writeFile(wrong, good.replace('"22DD68"', '"2EDD68"').replace('"6F1"', '"9F1"'));
    const shape = await profiles('check', wrong);
    expect(shape).toMatchObject({ code: 78, out: [] });
    expect(shape.err).toHaveLength(2);
    for (const line of shape.err) expect(line).toMatch(/wrong\.json line \d+: .+\.$/);
    const broken = join(directory.path, 'vector.json');
    await writeFile(broken, good.replace('373.22', '373.23'));
    const vector = await profiles('check', broken);
    expect(vector.code).toBe(78);
    expect(vector.err).toEqual([
      expect.stringMatching(
        /vector\.json, bmw-i3 requests\[0\]\.vectors\[0\]: .* is 373220 × 10\^-3, not 373\.23\.$/,
      ),
    ]);
  });

  it('says in one sentence that a file is not there, is a folder, or is no text', async () => {
    await using directory = await scratch();
    const missing = await profiles('check', join(directory.path, 'none.json'));
    expect(missing).toMatchObject({
      code: 1,
      err: [expect.stringMatching(/none\.json: there is no such file\.$/)],
    });
    await mkdir(join(directory.path, 'folder'));
    const folder = await profiles('check', join(directory.path, 'folder'));
    expect(folder).toMatchObject({ code: 1, err: [expect.stringMatching(/folder: is no file\.$/)] });
    await writeFile(join(directory.path, 'noise'), Uint8Array.of(0xff, 0xfe, 0xfd));
    const noise = await profiles('check', join(directory.path, 'noise'));
    expect(noise).toMatchObject({ code: 1, err: [expect.stringMatching(/noise: is no UTF-8 text\.$/)] });
  });

  it('makes a profile of a signal set of OBDb and names what it leaves out', async () => {
    await using directory = await scratch();
    const [from, out] = [join(directory.path, 'set.json'), join(directory.path, 'made-up.json')];
    await writeFile(from, OBDB);
    const amps = 'AMPS=Vehicle.Powertrain.TractionBattery.CurrentCurrent';
    const made = await profiles('import', 'obdb', from, '--out', out, ...CAR, '--signal', amps);
    expect(made).toMatchObject({ code: 0, err: [] });
    expect(made.out[0]).toContain('2 signals in 1 request; compare them with your car');
    expect(made.out.slice(1)).toEqual([expect.stringMatching(/^left out: SPEED: .+\.$/)]);
    const text = await readFile(out, 'utf8');
    const checked = checkProfile(text, out);
    expect('profile' in checked && [checked.profile.name, checked.profile.title]).toEqual([
      'made-up',
      'Made Up',
    ]);
    const again = await profiles('import', 'obdb', from, '--out', out, ...CAR);
    expect(again).toMatchObject({ code: 78, out: [], err: [expect.stringMatching(/is already there/)] });
    expect(await readFile(out, 'utf8')).toBe(text);
  });

  it('makes one of a profile of WiCAN, at the pace that it is told', async () => {
    await using directory = await scratch();
    const [from, out] = [join(directory.path, 'wican.json'), join(directory.path, 'car.json')];
    await writeFile(from, WICAN);
    const made = await profiles('import', 'wican', from, '--out', out, ...CAR, '--interval-ms', '2500');
    expect(made).toMatchObject({ code: 0, err: [] });
    expect(made.out.slice(1)).toEqual(['left out: WONDER: is no signal of our table.']);
    const checked = checkProfile(await readFile(out, 'utf8'), out);
    expect('profile' in checked && checked.profile.requests[0]?.intervalMs).toBe(2_500);
  });

  it('writes nothing where nothing could be taken or something was told wrongly', async () => {
    await using directory = await scratch();
    const [from, out] = [join(directory.path, 'set.json'), join(directory.path, 'out.json')];
    await writeFile(from, '{"commands": []}');
    const nothing = await profiles('import', 'obdb', from, '--out', out, ...CAR);
    expect(nothing).toMatchObject({ code: 1, out: ['Nothing of it could be taken; no file was written.'] });
    await writeFile(from, OBDB);
    const told = (...more: readonly string[]) =>
      profiles('import', 'obdb', from, '--out', out, ...CAR, ...more);
    expect(await told('--years', '2024-2020')).toMatchObject({
      code: 78,
      err: [expect.stringMatching(/^--years: /)],
    });
    expect(await told('--signal', 'X=Nothing')).toMatchObject({
      code: 78,
      err: [expect.stringMatching(/^--signal: /)],
    });
    expect(await told('--name', 'My Car')).toMatchObject({
      code: 78,
      err: [expect.stringMatching(/out\.json, which was not written, line 3: name: must be/)],
    });
    expect(await told('--interval-ms', '5s')).toMatchObject({
      code: 78,
      err: [expect.stringMatching(/^--interval-ms: “5s” must be/)],
    });
    const other = await profiles('import', 'dbc', from, '--out', out, ...CAR);
    expect(other).toMatchObject({ code: 78, err: [expect.stringMatching(/“dbc” must be obdb or wican\.$/)] });
    const wican = await profiles('import', 'wican', from, '--out', out, ...CAR);
    expect(wican).toMatchObject({ code: 1, err: [expect.stringMatching(/set\.json: has no list of pids/)] });
    const short = await profiles('import', 'obdb', from, '--out', out);
    expect(short).toMatchObject({
      code: 78,
      err: [expect.stringContaining('--make <make>'), expect.anything()],
    });
    await expect(readFile(out)).rejects.toThrow('ENOENT');
  });

  it('gives the JSON Schema of a profile', async () => {
    const { code, out } = await profiles('schema');
    expect(code).toBe(0);
    expect(JSON.parse(out.join('\n'))).toMatchObject({ title: 'Outpost vehicle profile', type: 'object' });
  });
});
