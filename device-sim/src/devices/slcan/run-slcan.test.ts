import { describe, expect, it } from 'vitest';
import { type CarOptions, runCar } from '../../cli/car.ts';

const OPTIONS: CarOptions = {
  listen: 'tcp://127.0.0.1:0',
  dongle: 'slcan',
  seed: '1',
  cycle: 'wltc',
  profile: 'genuine',
  protocol: '6',
  speedUp: '1',
  park: '0',
  ambient: '20',
};

const run = async (options: Partial<CarOptions>): Promise<string> => {
  const stop = new AbortController();
  const lines: string[] = [];
  const terminal = {
    out: (line: string): void => {
      lines.push(line);
      stop.abort();
    },
    err: (line: string): void => {
      lines.push(line);
    },
    signal: stop.signal,
  };
  const code = await runCar({ ...OPTIONS, ...options }, terminal);
  return `${code} ${lines.join(' | ')}`;
};

describe('outpost-sim car --dongle slcan', () => {
  it('says where the car is, and what it did', async () => {
    expect(await run({})).toMatch(
      /^0 simulated car at tcp:\/\/127\.0\.0\.1:\d+: VIN ZZZ0UTP0\S+, SLCAN adapter \| simulated car ended: 0 connected/,
    );
  });

  it('is refused on a bus before CAN', async () => {
    expect(await run({ protocol: '3' })).toBe('78 --protocol: an SLCAN adapter needs CAN: 6, 7, 8 or 9.');
  });
});
