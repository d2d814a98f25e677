import { dimoWire } from '@outpost/gateway';
import { monoNs, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type CycleName, cycleOf, speedAt } from '../cycles/cycle.ts';
import { random } from '../random/sfc32.ts';

const SALT = new Uint8Array(16);
const NONE = new Uint8Array(0);

/** What a car says of a standard cycle: whole km/h, rounded down, each answer up to 100 ms late. */
const eventsOf = (name: CycleName, everyS: number, seed: number, faster = 1) => {
  const cycle = cycleOf(name);
  const chance = random(seed, 'late');
  const leaves = Array.from({ length: Math.floor(cycle.durationS / everyS) }, (_, index) => {
    const atS = index * everyS;
    const ns = BigInt(Math.round((atS + chance.between(0, 0.1)) * 1e9));
    const mantissa = Math.floor(speedAt(cycle, atS) * 3.6 * faster);
    const body = { kind: 'number', signal: 1, mantissa, ecu: 0x7e8 } as const;
    const leaf = { sequence: index, mono: monoNs(ns), body, raw: NONE, salt: SALT };
    return { index, wall: wallNs(ns), leaf };
  });
  return dimoWire.drivingEvents(leaves, { positions: true }).map(({ name: event }) => event);
};

describe('harsh driving in the cycles that cars are measured by', () => {
  it.each(['wltc', 'wltc-3a', 'udds', 'hwfet', 'ftp-75', 'us06'] as const)(
    'is not found in %s: a second of 3.76 m/s² is the most, less what rounding and lateness may add',
    (name) => {
      for (const everyS of [0.25, 1, 2]) expect(eventsOf(name, everyS, 1)).toEqual([]);
    },
  );

  it('is found in US06 driven half as fast again, where it accelerates and brakes hardest', () => {
    for (const seed of [1, 2, 3]) {
      const found = eventsOf('us06', 1, seed, 1.5);
      expect(new Set(found)).toEqual(new Set(['behavior.harshAcceleration', 'behavior.harshBraking']));
      expect(found.length).toBeLessThanOrEqual(30);
    }
  });
});
