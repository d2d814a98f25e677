import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../words/index.ts';
import { formatRatio } from '../formula.ts';
import type { DbcMessage } from './database.ts';
import { decodeFrame, encodeFrame } from './frame.ts';
import { mapDatabase, readMapped, readSignalMap } from './map.ts';
import { parseDbc } from './parse.ts';

const databaseOf = (text: string) => {
  const database = parseDbc(text, 'car.dbc');
  if (!database.ok) throw new Error(`${database.fault.where}: ${database.fault.words}`);
  return database.value;
};

const only = (signals: string, bytes = 8): DbcMessage => {
  const [message] = databaseOf(`BO_ 291 Only: ${bytes} X\n${signals}`).messages.values();
  if (message === undefined) throw new Error('no message');
  return message;
};

const values = (message: DbcMessage, hex: string): Record<string, string> => {
  const decoded = decodeFrame(message, fromHex(hex)!);
  if (!decoded.ok) throw new Error(decoded.fault.words);
  return Object.fromEntries(decoded.value.map(({ signal, value }) => [signal.name, formatRatio(value)]));
};

describe('a frame described by a DBC file', () => {
  it.each([
    // SAE J1939-71, EEC1: engine speed in bytes 4 and 5, 0.125 rpm a bit.
    ['24|16@1+ (0.125,0)', 'ffffff6813ffffff', '621'],
    ['7|8@0+ (1,0)', '8100000000000000', '129'],
    ['7|8@0- (1,0)', '8100000000000000', '-127'],
    ['0|8@1- (0.1,3)', 'ff00000000000000', '2.9'],
    // 12 bits from the middle of byte 0 into byte 1, both orders.
    ['4|12@1+ (1,0)', 'f0ab000000000000', '2751'],
    ['3|12@0+ (1,0)', '0fab000000000000', '4011'],
    // More than 18 digits are written as a fraction.
    ['0|64@1+ (1,0)', 'ffffffffffffffff', '18446744073709551615/1'],
    ['7|64@0- (1,0)', 'ffffffffffffffff', '-1'],
    ['0|64@1- (0.001,0)', '0000000000000080', '-1152921504606846976/125'],
    ['62|1@1+ (5,1)', '0000000000000040', '6'],
  ])('%s in %s is %s', (formula, hex, value) => {
    expect(values(only(`SG_ A : ${formula} [0|0] "" X`), hex)).toEqual({ A: value });
  });

  it('of another length is another message', () => {
    const decoded = decodeFrame(only('SG_ A : 0|8@1+ (1,0) [0|0] "" X'), new Uint8Array(7));
    expect(decoded).toMatchObject({ ok: false, fault: { code: 'dbc.length', kind: 'malformed' } });
  });

  it('carries only what its multiplexors say', () => {
    const message = only(
      `SG_ P M : 0|8@1+ (1,0) [0|0] "" X
       SG_ Q m1M : 8|8@1+ (1,0) [0|0] "" X
       SG_ R m2 : 8|8@1+ (1,0) [0|0] "" X
       SG_ S m5 : 16|8@1+ (1,0) [0|0] "" X
       SG_MUL_VAL_ 291 S Q 5-6;`,
    );
    expect(values(message, '0105070000000000')).toEqual({ P: '1', Q: '5', S: '7' });
    expect(values(message, '0104070000000000')).toEqual({ P: '1', Q: '4' });
    expect(values(message, '0205070000000000')).toEqual({ P: '2', R: '5' });
    expect(values(message, '0005070000000000')).toEqual({ P: '0' });
  });

  it('is the exact inverse of what encodes it', () => {
    const message = only(
      `SG_ A : 3|11@0- (0.5,-3) [0|0] "" X
       SG_ B : 24|17@1+ (1,0) [0|0] "" X
       SG_ C : 55|16@0+ (0.001,0) [0|0] "" X`,
    );
    fc.assert(
      fc.property(fc.bigInt(-1024n, 1023n), fc.bigInt(0n, 131_071n), fc.bigInt(0n, 65_535n), (a, b, c) => {
        const raws = new Map([
          ['A', a],
          ['B', b],
          ['C', c],
        ]);
        const decoded = decodeFrame(message, encodeFrame(message, raws));
        expect(decoded.ok && new Map(decoded.value.map(({ signal, raw }) => [signal.name, raw]))).toEqual(
          raws,
        );
      }),
    );
  });

  it('cannot be made of a number that does not fit, nor of an unknown name', () => {
    const message = only('SG_ A : 0|8@1+ (1,0) [0|0] "" X');
    expect(toHex(encodeFrame(message, new Map([['A', 255n]])))).toBe('ff00000000000000');
    expect(() => encodeFrame(message, new Map([['A', 256n]]))).toThrow(RangeError);
    expect(() => encodeFrame(message, new Map([['B', 1n]]))).toThrow(RangeError);
  });
});

const CAR = `BO_ 291 Dash: 4 X
 SG_ Speed : 7|16@0+ (0.0625,0) [0|400] "KPH" X
 SG_ Coolant : 16|8@1+ (1,-40) [-40|210] "degC" X
 SG_ Miles : 24|8@1+ (1,0) [0|0] "mi" X
 SG_ Torque : 0|32@1- (1,0) [0|0] "Nm" X
 SG_ Fine : 0|8@1+ (1.2345678901234567E-018,0) [0|0] "km/h" X
SIG_VALTYPE_ 291 Torque : 1;
VAL_ 291 Coolant 200 "sensor broken";
`;

const mapped = (map: Record<string, unknown>) => {
  const read = readSignalMap(map, 'map.json');
  return read.ok ? mapDatabase(databaseOf(CAR), read.value, 'map.json') : read;
};

const MAP = {
  'Dash.Speed': 'Vehicle.Speed',
  'Dash.Coolant': 'Vehicle.Powertrain.CombustionEngine.ECT',
};

describe('a map from a DBC file to the signal table', () => {
  const read = (hex: string) => {
    const messages = mapped(MAP);
    if (!messages.ok) throw new Error(messages.fault.words);
    const frame = readMapped(messages.value.get(291)!, fromHex(hex)!);
    if (!frame.ok) throw new Error(frame.fault.words);
    return {
      mantissas: frame.value.values.map(({ quantity }) => quantity.mantissa),
      withoutValue: frame.value.withoutValue,
    };
  };

  it('gives values of the table, in its decimals, and leaves out what is not mapped', () => {
    expect(read('06407800')).toEqual({ mantissas: [100, 80], withoutValue: 0 });
  });

  it('rounds half away from zero where the table has fewer decimals', () => {
    expect(read('06487800').mantissas[0]).toBe(101);
    expect(read('06477800').mantissas[0]).toBe(100);
  });

  it('takes a number outside the stated limits, or with a meaning of its own, for no value', () => {
    expect(read('ffff7800')).toEqual({ mantissas: [80], withoutValue: 1 });
    expect(read('0640c800')).toEqual({ mantissas: [100], withoutValue: 1 });
    expect(read('0640ff00')).toEqual({ mantissas: [100], withoutValue: 1 });
  });

  it.each([
    [{ 'Dash.Speed': 'Vehicle.Sped' }, '“Vehicle.Sped” is no signal of the table.'],
    [{ 'Dash.Sped': 'Vehicle.Speed' }, 'is not in the DBC file; write Message.Signal.'],
    [
      { 'Dash.Miles': 'Vehicle.Speed' },
      'is in “mi” and Vehicle.Speed is in km/h; change its factor and unit.',
    ],
    [
      { 'Dash.Torque': 'Vehicle.Speed' },
      'cannot be used, line 7 of the DBC file: it is a floating-point number, which is never signed.',
    ],
    [
      { 'Dash.Speed': 'Vehicle.Speed', 'Dash.Coolant': 'Vehicle.Speed' },
      'Vehicle.Speed is already taken from Dash.Speed.',
    ],
    [{ 'Dash.Fine': 'Vehicle.Speed' }, 'has a factor or an offset of too many digits.'],
    [{ 'Dash.Speed': 13 }, 'must name a signal of the table.'],
  ])('is refused with its entry: %j', (map, words) => {
    expect(mapped(map)).toMatchObject({
      ok: false,
      fault: { kind: 'misconfigured', code: 'dbc.map', words },
    });
  });
});
