import { describe, expect, it } from 'vitest';
import { compileProfile } from '../compile.ts';
import { decodeProfileAnswer } from '../decode.ts';
import { checkProfile } from '../parse.ts';
import { bytesOfHex, type VehicleProfileFile } from '../profile.ts';
import { IMPORT_TEXT_MAX } from './gather.ts';
import { importObdb, type ObdbInto } from './obdb.ts';

const INTO: ObdbInto = {
  name: 'made-up',
  title: 'Made up',
  vehicle: { make: 'Made', models: ['Up'], years: [2020, 2024], powertrain: 'bev' },
  where: 'made-up.json',
  licence: 'Apache-2.0',
};

const imported = (commands: readonly object[], into: ObdbInto = INTO) => {
  const result = importObdb(JSON.stringify({ commands }), into);
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const command = (signals: readonly object[], more: object = {}): object => ({
  hdr: '7A1',
  rax: '7A9',
  fcm1: true,
  cmd: { 22: 'AB01' },
  freq: 2.5,
  signals,
  ...more,
});

const metric = (suggestedMetric: string, fmt: object, id = 'X_1'): object => ({
  id,
  suggestedMetric,
  fmt,
  name: id,
});

const requestOf = (file: VehicleProfileFile | undefined, index = 0) => {
  if (file === undefined) throw new Error('nothing was imported');
  const compiled = compileProfile(file);
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  const request = compiled.profile.requests[index];
  if (request === undefined) throw new Error('no such request');
  return request;
};

describe('a signal set of OBDb', () => {
  it('becomes a profile with positions in the whole answer and units of the table', () => {
    const { file, left } = imported([
      command([
        metric('tractionBatteryVoltage', { bix: 8, len: 16, max: 819, div: 80, unit: 'volts' }),
        metric('frontLeftTirePressure', { len: 8, max: 51, mul: 2, div: 10, unit: 'psi' }, 'X_2'),
        metric('odometer', { bix: 24, len: 24, max: 999_999, unit: 'miles' }, 'X_3'),
        metric('isCharging', { bix: 50, len: 1, max: 1, unit: 'noyes' }, 'X_4'),
        metric(
          'speed',
          {
            bix: 56,
            len: 16,
            blsb: true,
            sign: true,
            min: -50,
            max: 250,
            div: 64,
            unit: 'kilometersPerHour',
          },
          'X_5',
        ),
      ]),
    ]);
    expect(left).toEqual([]);
    expect(file?.requests[0]).toMatchObject({
      target: '7A1',
      answer: '7A9',
      request: '22AB01',
      intervalMs: 2_500,
      confidence: 'single source',
    });
    expect(file?.requests[0]?.signals.map(({ formula, unit }) => `${formula} ${unit}`)).toEqual([
      '39|16@0+ (0.0125,0) V',
      '31|8@0+ (1.3789514,0) kPa',
      '55|24@0+ (1.609344,0) km',
      '77|1@0+ (1,0) flag',
      '80|16@1- (0.015625,0) km/h',
    ]);
    const answer = bytesOfHex('62AB01 B2 6D60 0186A0 20 4006'.replaceAll(' ', ''));
    const { quantities, faults } = decodeProfileAnswer(requestOf(file), answer);
    expect(faults).toEqual([]);
    expect(quantities.map(({ mantissa }) => mantissa)).toEqual([350_000, 24_545, 1_609_344, 1, 25]);
    expect('profile' in checkProfile(JSON.stringify(file), 'made-up.json')).toBe(true);
  });

  it('finds 29-bit, extended and usual addresses as its clients do', () => {
    const soc = [metric('stateOfHealth', { len: 8, max: 100, unit: 'percent' })];
    const addressesOf = (more: object): object => {
      const { file } = imported([command(soc, { rax: undefined, ...more })]);
      const { target, answer, extended } = file?.requests[0] ?? {};
      return { target, answer, extended };
    };
    expect(addressesOf({ hdr: 'DA60', rax: '60' })).toEqual({
      target: '18DA60F1',
      answer: '18DAF160',
      extended: undefined,
    });
    expect(addressesOf({ hdr: 'FC00', rax: 'FE0076', pri: '17', tst: '76' })).toEqual({
      target: '17FC0076',
      answer: '17FE0076',
      extended: undefined,
    });
    expect(addressesOf({ hdr: '6F1', rax: '607', eax: '07' })).toEqual({
      target: '6F1',
      answer: '607',
      extended: { request: '07', answer: 'F1' },
    });
    expect(addressesOf({ hdr: '7C0' })).toEqual({ target: '7C0', answer: '7C8', extended: undefined });
  });

  it('turns bounds of “no value” into raw numbers and limits into limits that refuse', () => {
    const { file } = imported([
      command([
        metric('electricRange', { len: 11, max: 800, nullmax: 2_000, unit: 'kilometers' }),
        metric(
          'rearLeftTirePressure',
          { bix: 16, len: 8, max: 3.8, div: 58, add: -0.5, nullmin: 0, unit: 'bars' },
          'X_2',
        ),
      ]),
    ]);
    expect(file?.requests[0]?.signals.map(({ nulls }) => nulls)).toEqual([[[2_000, 2_047]], [[0, 29]]]);
    const at = (hex: string) => decodeProfileAnswer(requestOf(file), bytesOfHex(hex));
    expect(at('62AB01FFE000').quantities).toEqual([]);
    expect(at('62AB01FFE000').faults).toEqual([]);
    expect(at('62AB0164201D').faults.map(({ code }) => code)).toEqual(['profile.implausible']);
  });

  it('names everything that it leaves out, with the reason', () => {
    const good = { len: 8, max: 100, unit: 'percent' };
    const { left } = imported(
      [
        command([{ id: 'NO_METRIC', fmt: good, name: '' }]),
        command([metric('speed', good, 'WRONG_UNIT')]),
        command([metric('isCharging', { len: 8, map: { 0: { value: 'NO' } } }, 'WORDS')]),
        command([
          metric('stateOfHealth', good, 'FIRST'),
          metric('stateOfHealth', { ...good, bix: 8 }, 'AGAIN'),
        ]),
        command([metric('throttlePosition', { ...good, len: 99 }, 'NOWHERE')], { cmd: { 22: 'AB02' } }),
        command([metric('stateOfCharge', good, 'STANDARD')], { cmd: { '01': '5B' } }),
        command([metric('stateOfCharge', good, 'FUNCTIONAL')], { hdr: '7DF', rax: undefined }),
        command([metric('stateOfCharge', good, 'EVERYBODY')], { hdr: 'DB33', rax: undefined }),
        command([metric('stateOfCharge', good, 'OLD')], { filter: { to: 2015 } }),
        command([metric('stateOfCharge', good, 'SESSION')], { din: '40' }),
        command([metric('stateOfCharge', good, 'WRITES')], { cmd: { '2E': 'AB03' } }),
      ],
      { ...INTO, year: 2021 },
    );
    expect(left.map(({ what }) => what)).toEqual([
      'NO_METRIC',
      'WRONG_UNIT',
      'WORDS',
      'NOWHERE',
      'STANDARD',
      'FUNCTIONAL',
      'EVERYBODY',
      'OLD',
      'SESSION',
      'WRITES',
      'AGAIN',
    ]);
    for (const { what, why } of left) expect(why, what).toMatch(/^[^\n]{8,}\.$/);
  });

  it('takes a signal under a name that the user gives, and a session that the user must allow', () => {
    const { file } = imported(
      [
        command(
          [
            {
              id: 'AMPS',
              fmt: { len: 16, sign: true, min: -400, max: 400, div: 10, unit: 'amps' },
              name: '',
            },
          ],
          { din: '03' },
        ),
      ],
      { ...INTO, signals: { AMPS: 'Vehicle.Powertrain.TractionBattery.CurrentCurrent' } },
    );
    expect(file?.requests[0]?.session).toBe('extended');
    expect(file?.requests[0]?.signals[0]?.formula).toBe('31|16@0- (0.1,0)');
  });

  it('is refused when it is something else', () => {
    for (const text of ['', 'not JSON', '[]', '{"commands": 3}', ' '.repeat(IMPORT_TEXT_MAX + 1)]) {
      const result = importObdb(text, INTO);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.fault).toMatchObject({ kind: 'malformed', code: 'import.obdb' });
    }
    expect(imported([])).toEqual({ left: [] });
  });
});
