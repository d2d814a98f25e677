import { describe, expect, it } from 'vitest';
import { fromHex } from '../words/index.ts';
import {
  codesWithStatus,
  DTC_STATUS,
  decodeFreezeFrame,
  decodeMonitorTests,
  decodePid,
  decodeUdsDtcs,
  freezeFrameSignal,
  monitorTestText,
  PIDS,
  pidLengths,
  SIGNALS,
  signalById,
  signalByName,
  UNITS_AND_SCALINGS,
} from './index.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const codeOf = (result: { ok: boolean; fault?: { code: string } }): string | undefined =>
  result.ok ? undefined : result.fault?.code;

describe('a freeze frame', () => {
  it('has the scales of service 01 under signals of its own', () => {
    const frozen = signalByName('Vehicle.OBD.FreezeFrame.Powertrain.CombustionEngine.Speed');
    expect(frozen).toMatchObject({ id: 10_002, unit: 'rpm', decimals: 2 });
    const read = decodeFreezeFrame(bytesOf('0C 00 1A F8'));
    expect(read).toEqual({ ok: true, value: [{ signal: 10_002, mantissa: 172_600 }] });
  });

  it('names the trouble code that stored it', () => {
    const read = decodeFreezeFrame(bytesOf('02 00 01 04'));
    expect(read).toEqual({ ok: true, value: [{ signal: freezeFrameSignal(36), mantissa: 0x0104 }] });
  });

  it('reads every parameter of the table as service 01 does, and never as a live signal', () => {
    for (const { pid } of PIDS) {
      for (const length of pidLengths(pid)) {
        const data = new Uint8Array(length).fill(0x11);
        const live = decodePid(pid, data);
        const frozen = decodeFreezeFrame(Uint8Array.of(pid, 0, ...data));
        const expected = live.ok ? live.value.map(({ signal, mantissa }) => [signal + 10_000, mantissa]) : [];
        expect(frozen.ok && frozen.value.map(({ signal, mantissa }) => [signal, mantissa])).toEqual(expected);
      }
    }
  });

  it('is refused with another frame number, without one, and with another length', () => {
    expect(codeOf(decodeFreezeFrame(bytesOf('0C 01 1A F8')))).toBe('j1979.freeze-frame');
    expect(codeOf(decodeFreezeFrame(bytesOf('0C')))).toBe('j1979.freeze-frame');
    expect(codeOf(decodeFreezeFrame(bytesOf('0C 00 1A')))).toBe('j1979.length');
    expect(decodeFreezeFrame(bytesOf('00 00 BE 1F A8 13'))).toEqual({ ok: true, value: [] });
  });

  it('has one row for each live signal, with the same unit and limits', () => {
    for (const live of SIGNALS.filter(({ id }) => id < 600)) {
      const { unit, decimals, minMantissa, maxMantissa } = live;
      expect(signalById(live.id + 10_000)).toMatchObject({ unit, decimals, minMantissa, maxMantissa });
    }
  });
});

describe('tests of on-board monitors', () => {
  const textOf = (hex: string): readonly string[] => {
    const tests = decodeMonitorTests(bytesOf(hex));
    return tests.ok ? tests.value.map(monitorTestText) : [tests.fault.code];
  };

  it.each([
    ['01 01 0A 0D C0 09 00 10 00', ['monitor 01 test 01: 429.69 mV, 281.25 to 500.00, passed']],
    ['21 80 9C 80 00 FF 9C 00 64', ['monitor 21 test 80: -327.68 degrees, -1.00 to 1.00, failed']],
    [
      'A2 0B 24 00 05 00 00 FF FF A2 0C 24 00 00 00 00 00 00',
      ['monitor A2 test 0B: 5 counts, 0 to 65535, passed', 'monitor A2 test 0C: 0 counts, 0 to 0, passed'],
    ],
    ['3B 81 16 01 90 00 00 FF FF', ['monitor 3B test 81: 0.0 celsius, -40.0 to 6513.5, passed']],
    ['05 11 39 80 00 00 00 FF FF', ['monitor 05 test 11: 0.00 percent, -327.68 to 327.67, passed']],
    ['05 11 01 00 07 00 08 FF FF', ['monitor 05 test 11: 7, 8 to 65535, failed']],
    ['05 11 7F FF FF 00 00 FF FE', ['monitor 05 test 11: 65535 raw (scaling 7F), 0 to 65534, failed']],
    ['05 11 F0 FF FF FF FE 00 00', ['monitor 05 test 11: -1 raw (scaling F0), -2 to 0, passed']],
    ['', ['j1979.monitor']],
    ['01 01 0A 0D C0 09 00 10', ['j1979.monitor']],
    ['01 01 0A 0D C0 09 00 10 00 02 01 0A 0D C0 09 00 10 00', ['j1979.monitor']],
  ])('%s', (hex, texts) => {
    expect(textOf(hex)).toEqual(texts);
  });

  it('knows scales whose largest number is what the standard prints', () => {
    const largest = new Map(
      UNITS_AND_SCALINGS.map(({ id, signed, mul, div, add }) => [
        id,
        ((signed ? 0x7fff : 0xffff) * mul) / div + add,
      ]),
    );
    const printed: readonly (readonly [number, number])[] = [
      [0x05, 1.999],
      [0x06, 19.988],
      [0x07, 16_383.75],
      [0x08, 655.35],
      [0x0a, 7_999.85],
      [0x0d, 255.996],
      [0x16, 6_513.5],
      [0x18, 766.76],
      [0x19, 5_177.27],
      [0x1e, 1.999],
      [0x1f, 3_276.75],
      [0x20, 255.996],
      [0x29, 16_383.75],
      [0x30, 100],
      [0x33, 15.9998],
      [0x39, 327.67],
      [0x81, 32_767],
      [0x8a, 3_999.88],
      [0x96, 3_276.7],
      [0x9d, 16_383.5],
      [0xb0, 100],
      [0xfe, 8_191.75],
    ];
    for (const [id, value] of printed) {
      expect(Math.abs((largest.get(id) ?? 0) / value - 1), id.toString(16)).toBeLessThan(0.001);
    }
  });

  it('lists each scale once, by ascending identifier, the signed ones from 80 on', () => {
    const ids = UNITS_AND_SCALINGS.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    for (const { id, signed } of UNITS_AND_SCALINGS) expect(signed).toBe(id >= 0x80);
  });
});

describe('trouble codes by UDS', () => {
  it('are three bytes and a status, of which only the known bits count', () => {
    const codes = decodeUdsDtcs(bytesOf('0F 01 04 1A 2F C1 23 00 04 00 00 00 FF'));
    expect(codes).toEqual({
      ok: true,
      value: [
        { code: 'P0104-1A', status: 0x0f },
        { code: 'U0123-00', status: 0x04 },
      ],
    });
    const list = codes.ok ? codes.value : [];
    expect(codesWithStatus(list, DTC_STATUS.confirmed)).toEqual(['P0104-1A']);
    expect(codesWithStatus(list, DTC_STATUS.pending)).toEqual(['P0104-1A', 'U0123-00']);
  });

  it('may be none, and are refused where a byte is missing', () => {
    expect(decodeUdsDtcs(bytesOf('FF'))).toEqual({ ok: true, value: [] });
    expect(codeOf(decodeUdsDtcs(bytesOf('')))).toBe('uds.dtc-length');
    expect(codeOf(decodeUdsDtcs(bytesOf('FF 01 04 1A')))).toBe('uds.dtc-length');
  });
});
