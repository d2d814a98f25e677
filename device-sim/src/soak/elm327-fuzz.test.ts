import { asciiBytes, type Body, fromHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { fuzzElm327 } from './elm327-fuzz.ts';
import type { Truth } from './elm327-fuzz-car.ts';
import { wrongness } from './elm327-fuzz-oracle.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

const truth: Truth = {
  request: '010C',
  ecu: 0x7e8,
  payload: bytes('410C1AF8'),
  parts: [{ pid: 0x0c, at: 1, length: 2 }],
  header: '7E8',
  frames: [bytes('04410C1AF8555555')],
  lines: ['7E804410C1AF8555555'],
};

const speed = (mantissa: number, ecu = 0x7e8): Body => ({ kind: 'number', signal: 2, mantissa, ecu });

describe('the oracle of the fuzz', () => {
  const judged = (raw: string, body: Body, request = '010C'): string | undefined =>
    wrongness(body, asciiBytes(raw), request, [truth], 3);

  it.each([
    ['the true answer', '7E804410C1AF8555555', speed(172_600), undefined],
    ['another payload digit, decoded as it was kept', '7E804410C1AF4555555', speed(172_500), undefined],
    ['another payload digit, decoded as something else', '7E804410C1AF4555555', speed(172_600), 'value'],
    ['another control unit', '7E904410C1AF8555555', speed(172_600, 0x7e9), 'frame'],
    [
      'a control unit that the line does not name',
      '7E804410C1AF8555555',
      speed(172_600, 0x7e9),
      'control-unit',
    ],
    ['another echo', '7E804410D1AF8555555', speed(172_600), 'frame'],
    ['another control byte', '7E803410C1AF8555555', speed(172_600), 'frame'],
    ['a missing byte', '7E804410C1AF85555', speed(172_600), 'frame'],
    ['no frame at all', 'NO DATA', speed(172_600), 'frame'],
  ])('judges %s', (_, raw, body, expected) => {
    expect(judged(raw, body)).toBe(expected);
  });

  it('finds a value that answers no request', () => {
    expect(judged('7E804410C1AF8555555', speed(172_600), '010D')).toBe('request');
  });
});

describe('the ELM327 adapter under twenty thousand damaged and undamaged replies', () => {
  it('makes no value of a wrong request, control unit or frame, and decodes what it keeps', {
    timeout: 120_000,
  }, () => {
    const report = fuzzElm327(20_000, 1);
    expect(report.examples).toEqual([]);
    expect(report.wrong).toEqual({ request: 0, frame: 0, value: 0, 'control-unit': 0 });
    // It is no proof if nothing is damaged or nothing comes through.
    expect(report.damaged).toBeGreaterThan(4_500);
    expect(report.values).toBeGreaterThan(15_000);
    expect(report.packedValues).toBeGreaterThan(2_000);
    expect(report.quarantined).toBeGreaterThan(5_000);
    expect(report.undecidedMax).toBeLessThan(64);
  });
});
