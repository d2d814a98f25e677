import { describe, expect, it } from 'vitest';
import { until } from '../helium/raw-client.ts';
import type { SimTerminal } from './car.ts';
import { outpostSim } from './main.ts';

describe('outpost-sim helium-coverage', () => {
  it('listens for both services, and says at the end what it took', async () => {
    const stopping = new AbortController();
    const lines: string[] = [];
    const terminal: SimTerminal = {
      out: (line) => void lines.push(line),
      err: (line) => void lines.push(line),
      signal: stopping.signal,
    };
    const any = 'http://127.0.0.1:0';
    const listen = ['--ingest', any, '--entropy-listen', any];
    const ended = outpostSim(['helium-coverage', ...listen, '--entropy', 'retired'], terminal);
    await until('it listens', () => lines.length > 0);
    expect(lines[0]).toMatch(/ingest at http:\/\/127\.0\.0\.1:\d+, entropy at http:\/\/127\.0\.0\.1:\d+$/);
    stopping.abort(new Error('the test is over'));
    expect(await ended).toBe(0);
    expect(lines[1]).toContain('0 sessions, 0 beacons, 0 witnesses');
    expect(await outpostSim(['helium-coverage', '--ingest', 'nowhere'], terminal)).toBe(78);
    expect(await outpostSim(['helium-coverage', '--entropy', 'some'], terminal)).toBe(78);
    expect(lines.at(-1)).toContain('must be one of good, retired');
  });
});
