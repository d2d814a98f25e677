import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRatio } from '../../formula.ts';
import { compileProfile } from '../compile.ts';
import { decodeProfileAnswer } from '../decode.ts';
import { messageOfFrames } from '../frames.ts';
import { bytesOfHex } from '../profile.ts';
import { importWican, type WicanInto } from './wican.ts';
import { linearSumOf } from './wican-expression.ts';

const INTO: WicanInto = {
  name: 'made-up',
  title: 'Made up',
  vehicle: { make: 'Made', models: ['Up'], years: [2020, 2024], powertrain: 'bev' },
  where: 'made-up.json',
  licence: 'Apache-2.0',
  intervalMs: 10_000,
};

const imported = (pids: readonly object[], init = 'ATSP6;ATSH7A1;', into: WicanInto = INTO) => {
  const result = importWican(JSON.stringify({ car_model: 'Made: Up', init, pids }), into);
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

/** The sum of an expression for given bytes, or the reason that it is none. */
const valueOfExpression = (text: string, bytes: readonly number[]): string => {
  const sum = linearSumOf(text);
  if (sum.why !== undefined) return sum.why;
  let [numerator, denominator] = [sum.constant.numerator, sum.constant.denominator];
  for (const [bit, weight] of sum.bits) {
    if ((((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 0) continue;
    numerator = numerator * weight.denominator + weight.numerator * denominator;
    denominator *= weight.denominator;
  }
  return String(Number(numerator) / Number(denominator));
};

describe('an expression of WiCAN', () => {
  const bytes = [0x10, 0x3e, 0x62, 0x01, 0x8f, 0xff, 0x12, 0x34, 0x21];

  it('has the value that it has on the adapter', () => {
    for (const [text, value] of [
      ['B4', '143'],
      ['S4', '-113'],
      ['B4*0.5-40', '31.5'],
      ['(B4/2.5)', '57.2'],
      ['[B6:B7]', '4660'],
      ['[S4:S5]', '-28673'],
      ['B4:7', '1'],
      ['B4:4', '0'],
      ['B4&15', '15'],
      ['(B4&0xF0)>>4', '8'],
      ['B4>>4', '8'],
      ['(B6<<8)+B7', '4660'],
      ['B6<<8|B7', '4660'],
      ['(B6<<8)^B7', '4660'],
      ['((B6*256)+B7)/4', '1165'],
      ['S4*256+B5', '-28673'],
      ['-B4+200', '57'],
      ['1+2*3', '7'],
      ['2*(B4-40)/4', '51.5'],
      ['B4-B4', '0'],
    ] as const) {
      expect(valueOfExpression(text, bytes), text).toBe(value);
    }
  });

  it('is refused with its reason when it is not linear or not an expression', () => {
    for (const text of [
      'B4*B5',
      '1/B4',
      'B4/0',
      'V',
      '',
      '(',
      'B4+',
      'B4)',
      'B4 B5',
      'SOC+1',
      'S4&15',
      'B4|B5',
      'B4<<99',
      'B4>>B5',
      '[B4:S5]',
      '[B7:B4]',
      '[B1:B9]',
      '('.repeat(100),
      '1'.repeat(500),
    ]) {
      expect(linearSumOf(text).why, text).toMatch(/^.{5,}\.$/);
    }
  });

  it('never throws and always ends', () => {
    const pieces = fc.constantFrom(
      'B4',
      'S5',
      '[B6:B7]',
      'B4:2',
      '3',
      '0.5',
      '(',
      ')',
      '+',
      '-',
      '*',
      '/',
      '&',
      '|',
      '^',
      '<<',
      '>>',
      'V',
      'x',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        const sum = linearSumOf(parts.join(''));
        expect(sum.why === undefined || sum.why.endsWith('.')).toBe(true);
        for (const weight of sum.bits.values()) expect(formatRatio(weight)).toMatch(/\d/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a vehicle profile of WiCAN', () => {
  it('becomes a profile whose positions leave the ISO-TP bytes out', () => {
    const { file, left } = imported([
      {
        pid: '22AB013',
        parameters: {
          SOC: 'B10/2',
          HV_V: '[B6:B7]*0.1',
          KWH_CHARGED: '((B14<<24)+(B15<<16)+(B17<<8)+B18)/10',
          CHARGING: 'B12:7',
          DM_F_RPM: '(S19*256)+B20',
        },
      },
      { pid: '22AB02', parameters: { ODOMETER: '[B4:B6]' } },
    ]);
    expect(left).toEqual([]);
    expect(file?.requests.map(({ target, answer, request }) => `${target} ${answer} ${request}`)).toEqual([
      '7A1 7A9 22AB01',
      '7A1 7A9 22AB02',
    ]);
    expect(file?.requests.flatMap(({ signals }) => signals.map(({ formula }) => formula))).toEqual([
      '63|8@0+ (0.5,0)',
      '39|16@0+ (0.1,0)',
      '95|32@0+ (0.1,0)',
      '79|1@0+ (1,0)',
      '127|16@0- (1,0)',
      '31|24@0+ (1,0)',
    ]);
    const compiled = file === undefined ? undefined : compileProfile(file);
    const [request] = compiled !== undefined && 'profile' in compiled ? compiled.profile.requests : [];
    if (request === undefined) throw new Error('nothing was imported');
    const whole = ['101462AB01000E10', '2100490080000000', '22D431FFFE000000'].map(bytesOfHex);
    const message = messageOfFrames(whole, request);
    const { quantities, faults } = decodeProfileAnswer(request, message ?? new Uint8Array());
    expect(faults).toEqual([]);
    expect(quantities.map(({ mantissa }) => mantissa)).toEqual([3_650, 360_000, 5_432_100, 1, -2]);
  });

  it('follows the commands that set addresses, from one request to the next', () => {
    const pids = [
      { pid: '22AB01', pid_init: 'ATSP7;ATCP17;ATSHFC007B;ATCRA17FE007B;', parameters: { SOC: 'B4*0.4' } },
      { pid: '22AB02', pid_init: 'ATCP18;ATSHDA60F1;', parameters: { ODOMETER: '[B4:B6]' } },
      { pid: '22AB03', pid_init: 'ATSH6F1;ATCEA07;ATCRA607;', parameters: { HV_V: '[B5:B6]/100' } },
    ];
    const { file, left } = imported(pids, '');
    expect(file?.requests.map(({ target, answer }) => [target, answer])).toEqual([
      ['17FC007B', '17FE007B'],
      ['18DA60F1', '18DAF160'],
    ]);
    expect(left.map(({ what }) => what)).toEqual(['HV_V']);
    expect(left[0]?.why).toContain('addressed by a byte in the frame');
  });

  it('reads little endian numbers, lists of parameters and the merged file of one car', () => {
    const result = importWican(
      JSON.stringify({
        cars: [
          {
            init: 'ATSH7A1;',
            pids: [{ pid: '2201012', parameters: [{ name: 'LV_V', expression: 'B10*256/1000+B9/1000' }] }],
          },
        ],
      }),
      INTO,
    );
    expect(result.ok && result.value.file?.requests[0]?.signals[0]?.formula).toBe('48|16@1+ (0.001,0)');
  });

  it('names everything that it leaves out, with the reason', () => {
    const { file, left } = imported([
      {
        pid: '22AB012',
        parameters: { HV_A: '[S9:S10]/10', SOC: '[B7:B9]', SOH: 'B9*B10', HV_C_DIFF: 'B9', LV_V: 'B9+B11' },
      },
      { pid: '22AB02', parameters: { SOC_D: 'B5/2' } },
      { pid: '010C', parameters: { ENGINE_RPM: '[B3:B4]/4' } },
      { pid: '22AB03AB04', parameters: { RANGE: '[B4:B5]' } },
      { pid: '22AB05', pid_init: 'ATSH7DF;', parameters: { SPEED: 'B4' } },
    ]);
    expect(file).toBeUndefined();
    expect(left.map(({ what }) => what)).toEqual([
      'HV_A',
      'SOC',
      'SOH',
      'HV_C_DIFF',
      'LV_V',
      'SOC_D',
      'ENGINE_RPM',
      'RANGE',
      'SPEED',
    ]);
    for (const { what, why } of left) expect(why, what).toMatch(/^[^\n]{8,}\.$/);
    expect(left[5]?.why).toContain('say how many frames come');
  });

  it('is refused when it is something else', () => {
    for (const text of ['', '[]', '{"pids": {}}', '{"cars": []}', '{"extends": "x.json"}']) {
      const result = importWican(text, INTO);
      expect(result.ok).toBe(false);
      if (!result.ok) expect(result.fault).toMatchObject({ kind: 'malformed', code: 'import.wican' });
    }
  });
});
