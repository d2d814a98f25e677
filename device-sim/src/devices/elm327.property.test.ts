import { asciiBytes, asciiText, concatBytes } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelOf } from './elm327/testing.ts';
import { newDongle, stepDongle } from './elm327.ts';

/** A minute of the dialogue of a program that does not wait for prompts: it interrupts, repeats and mistypes. */
const SESSION: readonly { readonly atMs: number; readonly text: string }[] = [
  { atMs: 0, text: 'ATZ\r' },
  { atMs: 700, text: 'ATE0\rATH1\rATS0\r' },
  { atMs: 800, text: '0100\r' },
  { atMs: 3_200, text: '010C0D04051 \r' },
  { atMs: 3_230, text: 'ATRV\ratdpn\r' },
  { atMs: 3_600, text: '0902\r' },
  { atMs: 3_615, text: 'y' },
  { atMs: 3_800, text: 'yATI\rATI\r\r' },
  { atMs: 4_000, text: '01G0\r01001\r03\r' },
  { atMs: 5_000, text: '012' },
  { atMs: 5_100, text: 'F1\rATLP\r' },
  { atMs: 9_000, text: ' ' },
  { atMs: 9_100, text: 'AT@1\r020C00\r' },
];

const END_MS = 60_000;

/** Runs the session with every text cut into pieces after the given lengths, over and over. */
const run = (model: ReturnType<typeof modelOf>, cuts: readonly number[]): string => {
  let state = newDongle(model);
  const out: Uint8Array[] = [];
  let cut = 0;
  for (const { atMs, text } of SESSION) {
    for (let from = 0; from < text.length; ) {
      const length = cuts.length === 0 ? text.length : cuts[cut % cuts.length]!;
      cut += 1;
      const bytes = asciiBytes(text.slice(from, from + length));
      const step = stepDongle(model, state, { kind: 'bytes', bytes }, atMs);
      state = step.state;
      out.push(step.bytes);
      from += length;
    }
  }
  out.push(stepDongle(model, state, { kind: 'time' }, END_MS).bytes);
  return asciiText(concatBytes(...out));
};

describe('the simulated ELM327 under any input', () => {
  it.each(['genuine', 'clone'] as const)('says the same however commands are cut: %s', (profile) => {
    const model = modelOf({ profile });
    const whole = run(model, []);
    expect(whole).toContain('STOPPED');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 12 }), (cuts) => {
        expect(run(model, cuts)).toBe(whole);
      }),
      { numRuns: 15 },
    );
  });

  it('survives any bytes at any times: never throws, holds little, and answers when asked again', () => {
    const model = modelOf({ faults: [{ atMs: 2_000, what: 'noise', forMs: 2_000 }] });
    const burst = fc.record({
      gapMs: fc.integer({ min: 0, max: 900 }),
      bytes: fc.uint8Array({ maxLength: 40 }),
    });
    fc.assert(
      fc.property(fc.array(burst, { maxLength: 12 }), (bursts) => {
        let state = newDongle(model);
        let nowMs = 0;
        for (const { gapMs, bytes } of bursts) {
          nowMs += gapMs;
          state = stepDongle(model, state, { kind: 'bytes', bytes }, nowMs).state;
          expect(state.line.length).toBeLessThanOrEqual(256);
        }
        state = stepDongle(model, state, { kind: 'bytes', bytes: asciiBytes(' \r') }, nowMs + 20_000).state;
        state = stepDongle(model, state, { kind: 'bytes', bytes: asciiBytes('ATI\r') }, nowMs + 40_000).state;
        const { bytes } = stepDongle(model, state, { kind: 'time' }, nowMs + 41_000);
        expect(asciiText(bytes)).toContain('Outpost simulator');
      }),
      { numRuns: 60 },
    );
  });
});
