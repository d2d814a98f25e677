import { describe, expect, it } from 'vitest';
import { outpostSim } from './main.ts';

const sim = async (...args: readonly string[]) => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    signal: new AbortController().signal,
  };
  return { code: await outpostSim(args, terminal), out, err };
};

describe('outpost-sim wican, ovms, sensor', () => {
  it.each([
    [['wican'], '--mqtt: must be the address of a broker'],
    [['ovms', '--mqtt', 'http://h'], '--mqtt: must be the address'],
    [['ovms', '--mqtt', 'mqtt://u:secret@h'], '--mqtt: must be the address'],
    [['sensor', '--mqtt', 'mqtt://h', '--count', '0'], '--count: must be a whole number from 1 to 10000.'],
    [['sensor', '--mqtt', 'mqtt://h', '--churn', '2'], '--churn: must be a number from 0 to 1.'],
    [['sensor', '--mqtt', 'mqtt://h', '--credentials', '/none'], '--credentials: /none cannot be read'],
  ])('%j is refused with exit code 78 and one sentence', async (args, words) => {
    const { code, err } = await sim(...args);
    expect(code).toBe(78);
    expect(err.join(' ')).toContain(words);
    expect(err.join(' ')).not.toContain('secret');
  });

  it('prints the mapping of its sensors', async () => {
    const { code, out } = await sim('sensor', '--mapping');
    expect(code).toBe(0);
    expect(JSON.parse(out.join('\n'))).toMatchObject({
      topics: [{ topic: 'outpost-simulator/+/values' }, {}],
    });
  });
});
