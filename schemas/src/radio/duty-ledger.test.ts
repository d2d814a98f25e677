import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monoNs } from '../words/index.ts';
import {
  admitEmission,
  DUTY_WINDOW_US,
  type DutyLedger,
  EMPTY_LEDGER,
  type Emission,
  LEDGER_EMISSIONS_MAX,
  settleLedger,
  usedUs,
  withdrawEmission,
} from './duty-ledger.ts';

const S = 1_000_000_000n;
const between = (startS: number, endS: number, band = 'M'): Emission => ({
  band,
  start: monoNs(BigInt(startS) * S),
  airtimeUs: (endS - startS) * 1_000_000,
});
const ledgerOf = (...emissions: readonly Emission[]): DutyLedger => ({ emissions });
const fits = (ledger: DutyLedger, added: Emission, permille = 10) =>
  admitEmission(ledger, added, permille).ok;

const [a, b, c] = [between(0, 12), between(20, 32), between(40, 52)] as const;

describe('the duty-cycle ledger', () => {
  // The cases of chirpstack-concentratord dutycycle.rs (MIT): 36 s in an hour, seconds from start to end.
  it.each([
    ['exactly the limit', [], [0, 36], true],
    ['more than the limit at once', [], [0, 37], false],
    ['room left', [a, b], [40, 52], true],
    ['the limit reached', [a, b, c], [60, 61], false],
    ['the first sliding out while it is sent', [a, b, c], [3_600, 3_612], true],
    ['one second more than slides out', [a, b, c], [3_600, 3_613], false],
    ['one scheduled right behind it', [a, b, c, between(3_612, 3_624)], [3_600, 3_612], false],
    ['one scheduled when the second slides out', [a, b, c, between(3_620, 3_632)], [3_600, 3_612], true],
  ] as const)('with %s', (_, emissions, [from, to], expected) => {
    expect(fits(ledgerOf(...emissions), between(from, to))).toBe(expected);
  });

  it('counts an emission in part where the hour’s edge cuts it', () => {
    const ledger = ledgerOf(between(3_564, 3_600));
    expect([3_564, 3_582, 3_600, 7_164, 7_182, 7_200].map((s) => usedUs(ledger, 'M', BigInt(s) * S))).toEqual(
      [0, 18e6, 36e6, 36e6, 18e6, 0],
    );
    expect(usedUs(ledger, 'L', 3_600n * S)).toBe(0);
  });

  it('is exact to the microsecond at both edges of the hour', () => {
    const full = ledgerOf(between(0, 36));
    const one = (startUs: bigint): Emission => ({ band: 'M', start: monoNs(startUs * 1_000n), airtimeUs: 1 });
    const hourUs = BigInt(DUTY_WINDOW_US);
    expect(fits(full, one(hourUs - 1n))).toBe(false);
    expect(fits(full, one(hourUs))).toBe(true);
    const scheduled = ledgerOf(between(3_600, 3_636));
    expect(fits(scheduled, one(36_000_000n))).toBe(false);
    expect(fits(scheduled, one(36_000_000n - 1n))).toBe(true);
  });

  it('never lets any hour hold more than the limit, and refuses only where one would', () => {
    const wishes = fc.array(fc.tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 25,
    });
    const busiestS = (emissions: readonly Emission[]): number => {
      // Second by second: whole seconds are all there is in these emissions.
      const busy = new Uint8Array(14_000);
      for (const { start, airtimeUs } of emissions) {
        const from = Number(start / S);
        for (let s = from; s < from + airtimeUs / 1e6; s += 1) busy[s] = (busy[s] ?? 0) + 1;
      }
      let [sum, most] = [0, 0];
      for (let s = 0; s < busy.length; s += 1) {
        sum += (busy[s] ?? 0) - (s >= 3_600 ? (busy[s - 3_600] ?? 0) : 0);
        most = Math.max(most, sum);
      }
      return most;
    };
    fc.assert(
      fc.property(wishes, (all) => {
        let ledger = EMPTY_LEDGER;
        for (const [start, length] of all) {
          const added = between(start, start + length);
          const admission = admitEmission(ledger, added, 10);
          expect(admission.ok).toBe(busiestS([...ledger.emissions, added]) <= 36);
          if (admission.ok) ledger = admission.ledger;
        }
      }),
      { numRuns: 60 },
    );
  });

  it('forgets what no hour to come can touch, keeps the rest, and gives back what was not sent', () => {
    const ledger = ledgerOf(a, b, c);
    expect(settleLedger(ledger, monoNs(3_612n * S - 1n))).toBe(ledger);
    expect(settleLedger(ledger, monoNs(3_612n * S)).emissions).toEqual([b, c]);
    expect(fits(withdrawEmission(ledger, c), between(60, 72))).toBe(true);
  });

  it('counts each band by itself', () => {
    expect(fits(ledgerOf(a, b, c), between(60, 96, 'P'))).toBe(true);
  });

  it('refuses when it is full instead of forgetting', () => {
    const many = Array.from({ length: LEDGER_EMISSIONS_MAX }, () => between(0, 0));
    expect(admitEmission({ emissions: many }, between(9, 10), 1_000)).toEqual({ ok: false, reason: 'full' });
  });
});
