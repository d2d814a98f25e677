import { describe, expect, it } from 'vitest';
import { until } from '../helium/raw-client.ts';
import type { SimTerminal } from './car.ts';
import { outpostSim } from './main.ts';

describe('outpost-sim helium-router', () => {
  it('listens, says which key to pin, and at the end what it took', async () => {
    const stopping = new AbortController();
    const lines: string[] = [];
    const terminal: SimTerminal = {
      out: (line) => void lines.push(line),
      err: (line) => void lines.push(line),
      signal: stopping.signal,
    };
    const ended = outpostSim(['helium-router', '--listen', 'http://127.0.0.1:0'], terminal);
    await until('it listens', () => lines.length > 0);
    expect(lines[0]).toMatch(/^simulated Helium at http:\/\/127\.0\.0\.1:\d+: configKey 1[0-9A-Za-z]{50}/);
    stopping.abort(new Error('the test is over'));
    expect(await ended).toBe(0);
    expect(lines[1]).toContain('0 packets');
    expect(await outpostSim(['helium-router', '--listen', 'nowhere'], terminal)).toBe(78);
    expect(await outpostSim(['helium-router', '--cut-every', 'never'], terminal)).toBe(78);
  });
});
