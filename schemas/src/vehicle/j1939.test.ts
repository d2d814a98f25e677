import { describe, expect, it } from 'vitest';
import { asciiBytes, fromHex } from '../words/index.ts';
import {
  decodeDm1,
  decodeParameterGroup,
  decodeVehicleIdentification,
  encodeParameterGroup,
  PARAMETER_GROUPS,
  signalById,
} from './index.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

describe('a parameter group of J1939', () => {
  it.each([
    ['EEC1: 1,500 rpm', 61_444, 'F0 7D 7D E0 2E 00 FF FF', [[2, 150_000]]],
    ['EEC2: load 42 %', 61_443, 'FF FF 2A FF FF FF FF FF', [[4, 4_200]]],
    ['CCVS1: 80.5 km/h', 65_265, 'FF 80 50 FF FF FF FF FF', [[1, 81]]],
    [
      'ET1: coolant 87 °C, oil 95 °C',
      65_262,
      '7F FF 00 2E FF FF FF FF',
      [
        [5, 87],
        [20, 95],
      ],
    ],
    ['LFE1: 12.5 l/h', 65_266, 'FA 00 FF FF FF FF FF FF', [[13, 1_250]]],
    ['VDIST: 123,456.875 km', 65_248, 'FF FF FF FF 07 12 0F 00', [[21, 1_234_569]]],
    ['VDHR: 123,456.785 km', 65_217, '9D C2 78 01 FF FF FF FF', [[21, 1_234_568]]],
    ['HOURS: 4,321.05 h', 65_253, '95 51 01 00 FF FF FF FF', [[601, 432_105]]],
    [
      'AMB: 101 kPa, 21 °C',
      65_269,
      'CA FF FF C0 24 FF FF FF',
      [
        [16, 101],
        [17, 21],
      ],
    ],
    ['DD: fuel 50 %', 65_276, 'FF 7D FF FF FF FF FF FF', [[14, 5_000]]],
  ] as const)('%s', (_, pgn, hex, expected) => {
    const quantities = decodeParameterGroup(pgn, bytesOf(hex)) ?? [];
    expect(quantities.map(({ signal, mantissa }) => [signal, mantissa])).toEqual(expected);
  });

  it('says nothing where a parameter is reserved, in error or not available', () => {
    for (const top of [0xfb, 0xfc, 0xfd, 0xfe, 0xff]) {
      for (const { pgn } of PARAMETER_GROUPS) {
        expect(decodeParameterGroup(pgn, new Uint8Array(8).fill(top)), `${pgn} ${top}`).toEqual([]);
      }
    }
    expect(decodeParameterGroup(61_444, bytesOf('FF FF FF FF FA FF FF FF'))).toEqual([
      { signal: 2, mantissa: 803_188 },
    ]);
  });

  it('says nothing where a value is more than its signal can carry', () => {
    expect(decodeParameterGroup(61_443, bytesOf('FF FF 65 FF FF FF FF FF'))).toEqual([]);
    expect(decodeParameterGroup(65_248, bytesOf('FF FF FF FF FF FF FF FA'))).toEqual([]);
  });

  it('is not read where it is unknown or has not eight bytes', () => {
    expect(decodeParameterGroup(1, new Uint8Array(8))).toBeUndefined();
    expect(decodeParameterGroup(61_444, new Uint8Array(7))).toBeUndefined();
    expect(decodeParameterGroup(61_444, new Uint8Array(9))).toBeUndefined();
  });

  it('comes back from its own bytes for every raw number of one and two bytes', () => {
    for (const { pgn, parameters } of PARAMETER_GROUPS) {
      for (const { signal, bytes, firstByte, mul, div, add } of parameters) {
        const row = signalById(signal);
        const steps = bytes === 1 ? 0xfa : 0xfa00;
        for (let raw = 0; raw < steps; raw += bytes === 1 ? 1 : 17) {
          const frame = new Uint8Array(8).fill(0xff);
          frame.fill(0, firstByte - 1, firstByte - 1 + bytes);
          frame[firstByte - 1] = raw & 0xff;
          if (bytes > 1) frame[firstByte] = raw >> 8;
          const [quantity] = decodeParameterGroup(pgn, frame) ?? [];
          if (quantity === undefined) continue;
          const exact = ((raw * mul) / div + add) * 10 ** (row?.decimals ?? 0);
          expect(Math.abs(quantity.mantissa - exact), `${pgn} ${raw}`).toBeLessThanOrEqual(0.5);
          const again = decodeParameterGroup(pgn, encodeParameterGroup(pgn, [quantity]));
          expect(again).toEqual([quantity]);
        }
      }
    }
  });

  it('cannot be written with what it does not carry', () => {
    expect(() => encodeParameterGroup(61_444, [{ signal: 1, mantissa: 0 }])).toThrow(RangeError);
    expect(() => encodeParameterGroup(61_444, [{ signal: 2, mantissa: -1 }])).not.toThrow();
    expect(() => encodeParameterGroup(61_444, [{ signal: 2, mantissa: -100 }])).toThrow(RangeError);
    expect(() => encodeParameterGroup(61_444, [{ signal: 2, mantissa: 900_000 }])).toThrow(RangeError);
  });
});

describe('active trouble codes of J1939', () => {
  it.each([
    ['none', '00 FF 00 00 00 00 FF FF', [], false],
    ['one, lamp on', '40 FF 6E 00 00 01 FF FF', ['SPN110-FMI0'], true],
    ['one, lamp not known', 'C0 FF 6E 00 03 01 FF FF', ['SPN110-FMI3'], undefined],
    ['a large number', '40 FF FF FF FF 01 FF FF', [], true],
    ['several packets', '40 FF 6E 00 03 01 01 02 5F 05', ['SPN110-FMI3', 'SPN131585-FMI31'], true],
    ['six bytes', '00 FF BE 00 08 7F', ['SPN190-FMI8'], false],
  ] as const)('%s', (_, hex, codes, isLampOn) => {
    expect(decodeDm1(bytesOf(hex))).toEqual({ ok: true, value: { codes, isLampOn } });
  });

  it.each(['', '00 FF', '00 FF 6E 00 03', '00 FF 6E 00 03 01 02', '40 FF 6E 00 03 81 FF FF'])(
    'are refused: %s',
    (hex) => {
      expect(decodeDm1(bytesOf(hex))).toMatchObject({ ok: false, fault: { code: 'j1939.dm1' } });
    },
  );
});

describe('a vehicle identification by J1939', () => {
  it('is text that an asterisk ends', () => {
    expect(decodeVehicleIdentification(asciiBytes('1D4GP00R55B123456*'))).toEqual({
      ok: true,
      value: '1D4GP00R55B123456',
    });
    expect(decodeVehicleIdentification(asciiBytes('1D4GP00R55B123456*\xff\xff')).ok).toBe(true);
    expect(decodeVehicleIdentification(asciiBytes('1D4GP00R55B12345*')).ok).toBe(false);
    expect(decodeVehicleIdentification(asciiBytes('1D4GP00R55B123456*X')).ok).toBe(false);
    expect(decodeVehicleIdentification(asciiBytes('')).ok).toBe(false);
  });
});
