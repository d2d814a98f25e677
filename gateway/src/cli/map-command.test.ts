import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import type { Terminal } from './context.ts';
import { outpost } from './main.ts';

const map = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    secret: async () => undefined,
    env: {},
    signal: new AbortController().signal,
  };
  return { code: await outpost(['map', ...args], terminal), out, err };
};

const MAPPING = {
  topics: [
    {
      topic: 'tele/+/SENSOR',
      values: [
        { pointer: '/AM2301/Temperature', signal: 'Sensor.Temperature' },
        { pointer: '/ENERGY/Power', signal: 'Sensor.Power' },
      ],
    },
  ],
};

describe('outpost map test', () => {
  it('checks a file, and shows what a sample becomes, for people and for scripts', async () => {
    await using directory = await scratch();
    const file = join(directory.path, 'house.json');
    await writeFile(file, JSON.stringify(MAPPING, null, 2));
    expect(await map('test', file)).toEqual({
      code: 0,
      out: [`${file}: good; 2 values in 1 topics.`],
      err: [],
    });
    const sample = '{"AM2301":{"Temperature":21.5}}';
    expect(await map('test', file, '--sample', sample)).toEqual({
      code: 0,
      out: [
        'tele/any/SENSOR:',
        '  Sensor.Temperature = 21.5 celsius',
        '  Sensor.Power: nothing at "/ENERGY/Power".',
      ],
      err: [],
    });
    const json = await map('test', file, '--sample', sample, '--topic', 'tele/plug/SENSOR', '--json');
    expect(JSON.parse(json.out.join('\n'))).toEqual([
      {
        topic: 'tele/plug/SENSOR',
        isMapped: true,
        readings: [{ signal: 'Sensor.Temperature', value: 21.5, unit: 'celsius' }],
        withoutValue: ['Sensor.Power'],
        faults: [],
      },
    ]);
  });

  it('fails where a sample gives no reading, and says why', async () => {
    await using directory = await scratch();
    const file = join(directory.path, 'house.json');
    await writeFile(file, JSON.stringify(MAPPING));
    const [none, other, broken] = [
      await map('test', file, '--sample', '{}'),
      await map('test', file, '--sample', '{}', '--topic', 'other'),
      await map('test', file, '--sample', '{'),
    ];
    expect([none?.code, other?.code, broken?.code]).toEqual([1, 1, 1]);
    expect(other?.out).toEqual(['other: no entry of the mapping is for this topic.']);
    expect(broken?.out).toContain('  message: its payload is no JSON.');
  });

  it('says what is wrong with a file and on which line', async () => {
    await using directory = await scratch();
    const file = join(directory.path, 'house.json');
    await writeFile(file, JSON.stringify(MAPPING, null, 2).replace('Sensor.Power', 'Sensor.Strength'));
    const { code, err } = await map('test', file);
    expect(code).toBe(78);
    expect(err).toEqual([
      `${file} line 12: topics[0].values[1].signal "Sensor.Strength" is no signal of the table.`,
    ]);
  });
});
