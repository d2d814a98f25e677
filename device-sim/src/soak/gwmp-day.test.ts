import { describe, expect, it } from 'vitest';
import { gwmpDay } from './gwmp-day.ts';

describe('eight hotspots over a network that loses and delays', () => {
  it('lose nothing that arrived, and nothing is told of that is not so', () => {
    const report = gwmpDay(0.05, 2);
    expect(report.wrong).toEqual({ conservation: 0, frames: 0, orders: 0, falseAlarms: 0, missed: 0 });
    expect(report.receptions).toBeGreaterThan(1_000);
    expect(report.pushesLost).toBeGreaterThan(0);
    expect(report.acknowledged / report.pushes).toBeGreaterThan(0.95);
    expect(report.onAir).toBeGreaterThan(0);
  });
});
