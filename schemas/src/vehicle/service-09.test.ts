import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asciiBytes, fromHex, toHex } from '../words/index.ts';
import {
  checkVin,
  decodeCalibrationIds,
  decodeCvns,
  decodeEcuName,
  decodeVin,
  encodeCalibrationIds,
  encodeCvns,
  encodeEcuName,
  encodeVin,
  isVin,
  vinCheckDigit,
} from './index.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();

describe('a vehicle identification number', () => {
  it('has a check digit that holds in published examples', () => {
    for (const vin of [
      '1M8GDM9AXKP042788',
      '11111111111111111',
      '5GZCZ43D13S812715',
      '1HGCM82633A004352',
      'JH4KA7561PC008269',
    ]) {
      expect(checkVin(vin), vin).toBe('valid');
      expect(vinCheckDigit(vin), vin).toBe(vin.charAt(8));
    }
  });

  it('need not have one outside North America and China', () => {
    expect(checkVin('WP0ZZZ99ZTS392124')).toBe('not-applicable');
    expect(checkVin('MAT403096BNL00000')).toBe('not-applicable');
  });

  it('must have it there: a wrong digit is invalid', () => {
    expect(checkVin('1M8GDM9A1KP042788')).toBe('invalid');
    expect(checkVin('1HGCM82643A004352')).toBe('invalid');
    expect(checkVin('LHGCM82643A004352')).toBe('invalid');
    expect(vinCheckDigit('LHGCM82643A004352')).not.toBe('4');
  });

  it('is 17 capital letters and digits without I, O and Q', () => {
    for (const text of [
      '',
      '1M8GDM9AXKP04278',
      '1M8GDM9AXKP0427888',
      'IM8GDM9AXKP042788',
      '1m8gdm9axkp042788',
    ]) {
      expect(isVin(text), text).toBe(false);
      expect(checkVin(text), text).toBe('invalid');
      expect(vinCheckDigit(text), text).toBeUndefined();
    }
    expect(isVin('1O8GDM9AXKP042788')).toBe(false);
    expect(isVin('1Q8GDM9AXKP042788')).toBe(false);
  });

  it('notices any single character that is changed to one of another value', () => {
    const vin = '1M8GDM9AXKP042788';
    for (let at = 0; at < 17; at += 1) {
      if (at === 8) continue;
      const digit = vin.charAt(at) === '4' ? '5' : '4';
      const changed = vin.slice(0, at) + digit + vin.slice(at + 1);
      // M and D stand for 4, so that change is the one the digit cannot notice.
      const sameValue = 'MD'.includes(vin.charAt(at));
      expect(checkVin(changed), changed).toBe(sameValue ? 'valid' : 'invalid');
    }
  });

  it('is read from service 09, with or without the padding of older buses', () => {
    // The example of the ELM327 data sheet.
    const hex = '31 44 34 47 50 30 30 52 35 35 42 31 32 33 34 35 36';
    expect(decodeVin(bytesOf(`01 ${hex}`))).toEqual({ ok: true, value: '1D4GP00R55B123456' });
    expect(decodeVin(bytesOf(`01 00 00 00 ${hex}`))).toEqual({ ok: true, value: '1D4GP00R55B123456' });
    expect(toHex(encodeVin('1D4GP00R55B123456'))).toBe(`01${hex.replaceAll(' ', '')}`);
  });

  it('is malformed where it is short, long, of other characters, or not one item', () => {
    for (const bytes of [
      bytesOf(''),
      bytesOf('01'),
      bytesOf('01 00 00 00'),
      asciiBytes('\x01D4GP00R55B123456'),
      asciiBytes('\x011D4GP00R55B1234567'),
      asciiBytes('\x011D4GP00R55B12345I'),
      asciiBytes('\x021D4GP00R55B123456'),
      asciiBytes('1D4GP00R55B123456'),
    ]) {
      expect(decodeVin(bytes)).toMatchObject({ fault: { kind: 'malformed', code: 'j1979.vin' } });
    }
    expect(() => encodeVin('1D4GP00R55B12345I')).toThrow(RangeError);
  });
});

describe('calibrations', () => {
  it('have identifiers of up to 16 characters', () => {
    const bytes = asciiBytes('\x0237805-RBB-J110\0\0JMB*36761500\0\0\0\0');
    expect(decodeCalibrationIds(bytes)).toEqual({ ok: true, value: ['37805-RBB-J110', 'JMB*36761500'] });
    expect(toHex(encodeCalibrationIds(['37805-RBB-J110', 'JMB*36761500']))).toBe(toHex(bytes));
  });

  it('have verification numbers of 8 hex digits', () => {
    const bytes = bytesOf('02 17 91 BC 82 16 E0 62 BE');
    expect(decodeCvns(bytes)).toEqual({ ok: true, value: ['1791BC82', '16E062BE'] });
    expect(toHex(encodeCvns(['1791BC82', '16E062BE']))).toBe(toHex(bytes));
  });

  it('are malformed where the count is not that of the items', () => {
    for (const hex of ['', '00', '01 17 91 BC', '02 17 91 BC 82', '01 17 91 BC 82 00']) {
      expect(decodeCvns(bytesOf(hex)), hex).toMatchObject({ fault: { code: 'j1979.cvn' } });
      expect(decodeCalibrationIds(bytesOf(hex)), hex).toMatchObject({
        fault: { code: 'j1979.calibration-id' },
      });
    }
    const notText = Uint8Array.of(1, ...new Uint8Array(15).fill(0x41), 0xff);
    expect(decodeCalibrationIds(notText)).toMatchObject({ fault: { code: 'j1979.calibration-id' } });
  });

  it('cannot be written where they do not fit', () => {
    expect(() => encodeCalibrationIds([])).toThrow(RangeError);
    expect(() => encodeCalibrationIds(['12345678901234567'])).toThrow(RangeError);
    expect(() => encodeCvns(['1791BC8'])).toThrow(RangeError);
    expect(() => encodeCvns(Array.from({ length: 256 }, () => '00000000'))).toThrow(RangeError);
  });

  it('come back from their bytes', () => {
    const cvns = fc.array(
      fc.uint8Array({ minLength: 4, maxLength: 4 }).map((b) => toHex(b).toUpperCase()),
      {
        minLength: 1,
        maxLength: 255,
      },
    );
    fc.assert(
      fc.property(cvns, (numbers) => {
        expect(decodeCvns(encodeCvns(numbers))).toEqual({ ok: true, value: numbers });
      }),
      { numRuns: 50 },
    );
  });
});

describe('the name of a control unit', () => {
  it('is an acronym and a name without padding', () => {
    const bytes = asciiBytes('\x01ECM\0-EngineControl\0\0');
    expect(decodeEcuName(bytes)).toEqual({ ok: true, value: 'ECM-EngineControl' });
    expect(toHex(encodeEcuName('ECM', 'EngineControl'))).toBe(toHex(bytes));
  });

  it('is malformed where it is not one item of 20 bytes', () => {
    expect(decodeEcuName(asciiBytes('\x01ECM-EngineControl'))).toMatchObject({
      fault: { code: 'j1979.ecu-name' },
    });
    expect(decodeEcuName(Uint8Array.of(2, ...new Uint8Array(40)))).toMatchObject({ ok: false });
    expect(() => encodeEcuName('ECM12', 'x')).toThrow(RangeError);
    expect(() => encodeEcuName('ECM', '1234567890123456')).toThrow(RangeError);
  });
});
