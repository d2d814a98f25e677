import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../words/index.ts';
import {
  type DtcLayout,
  decodeDtcs,
  decodeReadiness,
  decodeSupported,
  dtcCode,
  dtcText,
  encodeDtcs,
  encodeReadiness,
  encodeSupported,
  rescaledPids,
} from './index.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

describe('a bitmap of supported PIDs', () => {
  it('counts from its base + 1 at the top bit of byte A', () => {
    expect(decodeSupported(0x00, bytesOf('80 00 00 01'))).toEqual({ ok: true, value: [0x01, 0x20] });
    expect(decodeSupported(0x40, bytesOf('40 00 00 10'))).toEqual({ ok: true, value: [0x42, 0x5c] });
    expect(decodeSupported(0x00, bytesOf('BE 3F A8 13'))).toEqual({
      ok: true,
      value: [1, 3, 4, 5, 6, 7, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x13, 0x15, 0x1c, 0x1f, 0x20],
    });
  });

  it('comes back from the PIDs it lists, which other bitmaps do not disturb', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.nat(7), (bytes, block) => {
        const result = decodeSupported(block * 32, bytes);
        expect(result.ok && toHex(encodeSupported(block * 32, result.value))).toBe(toHex(bytes));
      }),
    );
    expect(toHex(encodeSupported(0x20, [0x0c, 0x21, 0x40, 0x41]))).toBe('80000001');
  });

  it('is malformed where it has not four bytes', () => {
    expect(decodeSupported(0x00, bytesOf('BE 3F A8'))).toMatchObject({ fault: { code: 'j1979.length' } });
  });
});

describe('a trouble code', () => {
  it('is a letter, a digit and three hex digits', () => {
    const known: readonly (readonly [number, string])[] = [
      [0x0104, 'P0104'],
      [0x4123, 'C0123'],
      [0x8003, 'B0003'],
      [0xc100, 'U0100'],
      [0x1abc, 'P1ABC'],
      [0x3fff, 'P3FFF'],
      [0x0000, 'P0000'],
    ];
    for (const [code, text] of known) {
      expect(dtcText(code)).toBe(text);
      expect(dtcCode(text)).toBe(code);
    }
  });

  it('comes back for all 65,536', () => {
    for (let code = 0; code <= 0xffff; code += 1) {
      if (dtcCode(dtcText(code)) !== code) expect.fail(dtcText(code));
    }
  });

  it('is nothing else', () => {
    for (const text of ['', 'P010', 'P01044', 'P4104', 'X0104', 'p0104', 'P01g4', ' P0104']) {
      expect(dtcCode(text), text).toBeUndefined();
    }
  });
});

describe('a list of trouble codes', () => {
  it('has a count on CAN', () => {
    expect(decodeDtcs(bytesOf('02 01 04 41 23'), 'can')).toEqual({ ok: true, value: ['P0104', 'C0123'] });
    expect(decodeDtcs(bytesOf('00'), 'can')).toEqual({ ok: true, value: [] });
    expect(decodeDtcs(bytesOf('01 01 04 00 00 00'), 'can')).toEqual({ ok: true, value: ['P0104'] });
  });

  it('fills frames of three codes on the older buses', () => {
    expect(decodeDtcs(bytesOf('01 04 00 00 00 00'), 'legacy')).toEqual({ ok: true, value: ['P0104'] });
    expect(decodeDtcs(bytesOf('00 00 00 00 00 00'), 'legacy')).toEqual({ ok: true, value: [] });
    expect(toHex(encodeDtcs(['P0104', 'C0123'], 'legacy'))).toBe('010441230000');
    expect(encodeDtcs(['P0104', 'P0105', 'P0106', 'P0107'], 'legacy')).toHaveLength(12);
  });

  it('is malformed where the count and the bytes disagree', () => {
    for (const hex of ['', '01', '01 01', '02 01 04', '01 01 04 41 23', '00 01 04']) {
      expect(decodeDtcs(bytesOf(hex), 'can'), hex).toMatchObject({ fault: { code: 'j1979.dtc-length' } });
    }
    expect(decodeDtcs(bytesOf('01 04 00'), 'legacy')).toMatchObject({ fault: { kind: 'malformed' } });
  });

  it('comes back from its bytes in both layouts', () => {
    const codes = fc.array(fc.integer({ min: 1, max: 0xffff }).map(dtcText), { maxLength: 255 });
    fc.assert(
      fc.property(codes, fc.constantFrom<DtcLayout>('can', 'legacy'), (texts, layout) => {
        expect(decodeDtcs(encodeDtcs(texts, layout), layout)).toEqual({ ok: true, value: texts });
      }),
    );
  });

  it('cannot hold what is no code, or more than 255', () => {
    expect(() => encodeDtcs(['P01'], 'can')).toThrow(RangeError);
    expect(() => encodeDtcs(['P0000'], 'legacy')).toThrow(RangeError);
    expect(() =>
      encodeDtcs(
        Array.from({ length: 256 }, () => 'P0104'),
        'can',
      ),
    ).toThrow(RangeError);
  });
});

describe('monitor status', () => {
  const status = (hex: string): unknown => {
    const result = decodeReadiness(bytesOf(hex));
    return result.ok ? result.value : result.fault.code;
  };

  it('says which monitors are there and which are not complete', () => {
    expect(status('83 07 FF 00')).toMatchObject({ lampOn: true, codes: 3, ignition: 'spark' });
    expect(status('00 79 03 03')).toEqual({
      lampOn: false,
      codes: 0,
      ignition: 'compression',
      monitors: [
        { name: 'misfire', supported: true, complete: false },
        { name: 'fuel-system', supported: false, complete: false },
        { name: 'components', supported: false, complete: false },
        { name: 'nmhc-catalyst', supported: true, complete: false },
        { name: 'nox-aftertreatment', supported: true, complete: false },
        { name: 'boost-pressure', supported: false, complete: true },
        { name: 'exhaust-gas-sensor', supported: false, complete: true },
        { name: 'particulate-filter', supported: false, complete: true },
        { name: 'egr-vvt', supported: false, complete: true },
      ],
    });
  });

  it('names the eight other monitors of a petrol engine in the order of their bits', () => {
    const { monitors } = status('00 00 21 01') as { monitors: { name: string; supported: boolean }[] };
    expect(monitors.slice(3).map(({ name }) => name)).toEqual([
      'catalyst',
      'heated-catalyst',
      'evaporative-system',
      'secondary-air',
      'gasoline-particulate-filter',
      'oxygen-sensor',
      'oxygen-sensor-heater',
      'egr-vvt',
    ]);
    expect(monitors.filter(({ supported }) => supported).map(({ name }) => name)).toEqual([
      'catalyst',
      'oxygen-sensor',
    ]);
  });

  it('comes back to its bytes, but for the reserved bits', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
        const known = (bytes[1] ?? 0) & 0x08 ? 0xeb : 0xff;
        const result = decodeReadiness(bytes);
        if (!result.ok) throw new Error(result.fault.words);
        const [a = 0, b = 0, c = 0, d = 0] = bytes;
        expect([...encodeReadiness(result.value)]).toEqual([a, b & 0x7f, c & known, d & known]);
      }),
    );
  });

  it('is malformed where it has not four bytes, and refuses what it cannot hold', () => {
    expect(status('83 07 FF')).toBe('j1979.length');
    expect(status('83 07 FF 00 00')).toBe('j1979.length');
    const none = { lampOn: false, codes: 0, ignition: 'spark', monitors: [] } as const;
    expect(() => encodeReadiness({ ...none, codes: 128 })).toThrow(RangeError);
    const boost = { name: 'boost-pressure', supported: true, complete: true };
    expect(() => encodeReadiness({ ...none, monitors: [boost] })).toThrow(RangeError);
  });
});

describe('PIDs that a control unit rescales', () => {
  it('are none for zeros and for the usual full scales', () => {
    expect(rescaledPids(0x4f, bytesOf('00 00 00 00'))).toEqual([]);
    expect(rescaledPids(0x4f, bytesOf('02 08 80 00'))).toEqual([]);
    expect(rescaledPids(0x50, bytesOf('00 00 00 00'))).toEqual([]);
    expect(rescaledPids(0x0c, bytesOf('FF FF'))).toEqual([]);
  });

  it('are those that the announced full scale is for', () => {
    expect(rescaledPids(0x4f, bytesOf('00 00 00 19'))).toEqual([0x0b]);
    expect(rescaledPids(0x50, bytesOf('64 00 00 00'))).toEqual([0x10]);
    expect(rescaledPids(0x4f, bytesOf('00 10 00 00'))).toEqual([
      0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b,
    ]);
    expect(rescaledPids(0x4f, bytesOf('04 00 00 00'))).toEqual([
      0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x44,
    ]);
  });
});
