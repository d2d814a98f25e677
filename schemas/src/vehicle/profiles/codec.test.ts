import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mantissaOf, rawLimits, readRaw, tellsApart, writeRaw } from '../formula.ts';
import { signalByName } from '../signals.ts';
import { compileProfile } from './compile.ts';
import { decodeProfileAnswer } from './decode.ts';
import { encodeProfileAnswer } from './encode.ts';
import { messageIndexOf, messageOfFrames } from './frames.ts';
import { listProfiles, profileByName } from './list.ts';
import {
  bytesOfHex,
  hexOfBytes,
  mantissaOfNumber,
  type ProfileRequest,
  type ProfileSignal,
  type RequestFile,
} from './profile.ts';

const BATTERY = 'Vehicle.Powertrain.TractionBattery';

const requestWith = (signals: RequestFile['signals'], request = '22F190'): ProfileRequest => {
  const compiled = compileProfile({
    format: 1,
    name: 'test',
    title: 'Test',
    vehicles: [{ make: 'Test', models: ['Test'], years: [2020, 2020], powertrain: 'bev' }],
    sources: [{ id: 'us', where: 'made up', licence: 'Apache-2.0' }],
    requests: [
      {
        name: 'one',
        target: '7E4',
        answer: '7EC',
        request,
        intervalMs: 1_000,
        confidence: 'single source',
        sources: ['us'],
        signals,
      },
    ],
  });
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  const [first] = compiled.profile.requests;
  if (first === undefined) throw new Error('no request');
  return first;
};

const idOf = (name: string): number => signalByName(name)?.id ?? 0;

const RANGE = requestWith([
  { signal: `${BATTERY}.Range`, formula: '26|11@0+ (1,0)', unit: 'km', max: 1_000, nulls: [2_047] },
  {
    signal: `${BATTERY}.CurrentVoltage`,
    formula: '47|16@0+ (0.1,0)',
    unit: 'V',
    min: 100,
    nulls: [[65_534, 65_535]],
  },
]);

const bundled: readonly ProfileRequest[] = listProfiles().flatMap(({ name }) => {
  const found = profileByName(name);
  return found.ok ? found.value.requests : [];
});

/** Any raw number of a signal that is legal: not “no value”, within what is believed. */
const legalRaws = (each: ProfileSignal): fc.Arbitrary<bigint> => {
  if (each.map !== undefined) {
    const firsts = [...new Set(each.map.values())].map(
      (wanted) => [...(each.map ?? [])].find(([, value]) => value === wanted)?.[0] ?? 0n,
    );
    return fc.constantFrom(...firsts);
  }
  const { min, max } = rawLimits(each.formula);
  return fc.bigInt({ min, max }).filter((raw) => {
    const value = mantissaOf(each.formula, each.signal.decimals, raw);
    const isNull = each.nulls.some(([first, last]) => raw >= first && raw <= last);
    return !isNull && value >= each.min && value <= each.max;
  });
};

describe('the answer to a profile’s request', () => {
  it('gives nothing for a number that means “no value” and leaves the others alone', () => {
    const { quantities, faults } = decodeProfileAnswer(RANGE, bytesOfHex('62F19007FF0E10'));
    expect(faults).toEqual([]);
    expect(quantities).toEqual([{ signal: idOf(`${BATTERY}.CurrentVoltage`), mantissa: 360_000 }]);
    expect(decodeProfileAnswer(RANGE, bytesOfHex('62F19007FFFFFE')).quantities).toEqual([]);
  });

  it('gives a fault for a value that cannot be, never the nearest one that can', () => {
    const { quantities, faults } = decodeProfileAnswer(RANGE, bytesOfHex('62F19003E90001'));
    expect(quantities).toEqual([]);
    expect(faults.map(({ kind, code }) => `${kind} ${code}`)).toEqual([
      'malformed profile.implausible',
      'malformed profile.implausible',
    ]);
    expect(faults[0]?.words).toBe(`${BATTERY}.Range would be 1001.0 km, which is not within 0.0 to 1000.0.`);
    expect(faults[0]?.where).toBe('one 22F190');
  });

  it('is refused as a whole when it answers something else or ends too early', () => {
    for (const [hex, code] of [
      ['62F19107FF0E10', 'profile.other-answer'],
      ['7F2231', 'profile.other-answer'],
      ['', 'profile.other-answer'],
      ['62F19007FF0E', 'profile.short-answer'],
    ] as const) {
      const answer = decodeProfileAnswer(RANGE, bytesOfHex(hex));
      expect(answer.quantities, hex).toEqual([]);
      expect(
        answer.faults.map((each) => each.code),
        hex,
      ).toEqual([code]);
    }
  });

  it('is refused when it has a length that another layout has', () => {
    const tyres = bundled.find(({ answerBytes }) => answerBytes.includes(23));
    if (tyres === undefined) throw new Error('no such request');
    const { quantities, faults } = decodeProfileAnswer(
      tyres,
      Uint8Array.from({ length: 36 }, (_, i) => tyres.echo[i] ?? 9),
    );
    expect(quantities).toEqual([]);
    expect(faults.map(({ code }) => code)).toEqual(['profile.other-length']);
    expect(faults[0]?.words).toContain('36 bytes, not 23');
    expect(encodeProfileAnswer(tyres, []).length).toBe(23);
  });

  it('knows services 01 and 21 by their own echo', () => {
    const by21 = requestWith(
      [{ signal: `${BATTERY}.CurrentVoltage`, formula: '23|16@0+ (0.01,0)', unit: 'V' }],
      '2101',
    );
    expect(decodeProfileAnswer(by21, bytesOfHex('61019052')).quantities).toEqual([
      { signal: 172, mantissa: 369_460 },
    ]);
  });

  it('reads codes by their map and faults on the rest', () => {
    const gear = requestWith([
      {
        signal: 'Vehicle.Powertrain.Transmission.SelectedGear',
        formula: '31|8@0+ (1,0)',
        unit: 'code',
        map: { 1: 126, 2: -1 },
        nulls: [255],
      },
    ]);
    const at = (hex: string) => decodeProfileAnswer(gear, bytesOfHex(`62F190${hex}`));
    expect(at('02').quantities).toEqual([{ signal: 512, mantissa: -1 }]);
    expect(at('FF')).toEqual({ quantities: [], faults: [] });
    expect(at('03').faults.map(({ code }) => code)).toEqual(['profile.unknown-code']);
    expect(hexOfBytes(encodeProfileAnswer(gear, [{ signal: 512, mantissa: 126 }]))).toBe('62F19001');
    expect(() => encodeProfileAnswer(gear, [{ signal: 512, mantissa: 5 }])).toThrow(RangeError);
  });

  it('is encoded back to every legal raw number of every bundled request', () => {
    for (const request of bundled) {
      const single = request.signals.filter(
        (each) => request.signals.filter(({ signal }) => signal === each.signal).length === 1,
      );
      if (single.length !== request.signals.length) continue;
      fc.assert(
        fc.property(fc.tuple(...request.signals.map(legalRaws)), (raws) => {
          const bytes = new Uint8Array(request.answerBytes[0] ?? request.answerBytesMin);
          bytes.set(request.echo);
          for (const [index, { formula }] of request.signals.entries())
            writeRaw(bytes, formula, raws[index] ?? 0n);
          const { quantities, faults } = decodeProfileAnswer(request, bytes);
          expect(faults).toEqual([]);
          const again = encodeProfileAnswer(request, quantities);
          expect(decodeProfileAnswer(request, again).quantities).toEqual(quantities);
          for (const { formula, signal } of request.signals) {
            if (tellsApart(formula, signal.decimals)) {
              expect(readRaw(again, formula), signal.name).toBe(readRaw(bytes, formula));
            }
          }
        }),
        { numRuns: 10 },
      );
    }
  });

  it('never throws and never believes too much, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...bundled), fc.uint8Array({ maxLength: 80 }), (request, tail) => {
        const length = request.answerBytes[0] ?? request.echo.length + tail.length;
        const bytes = Uint8Array.from({ length }, (_, i) => request.echo[i] ?? tail[i] ?? 0);
        const { quantities } = decodeProfileAnswer(request, bytes);
        for (const { signal, mantissa } of quantities) {
          const bounds = request.signals.filter((each) => each.signal.id === signal);
          expect(bounds.some(({ min, max }) => BigInt(mantissa) >= min && BigInt(mantissa) <= max)).toBe(
            true,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says “no value” where it was given none, and refuses where it cannot', () => {
    expect(hexOfBytes(encodeProfileAnswer(RANGE, []))).toBe('62F19007FFFFFE');
    expect(hexOfBytes(encodeProfileAnswer(RANGE, [], 9))).toBe('62F19007FFFFFE0000');
    const flag = requestWith([
      { signal: `${BATTERY}.Charging.IsCharging`, formula: '24|1@0+ (1,0)', unit: 'flag' },
    ]);
    expect(() => encodeProfileAnswer(flag, [])).toThrow(/no way to say/);
    expect(() => encodeProfileAnswer(RANGE, [{ signal: 1, mantissa: 3 }])).toThrow(/does not carry/);
    const beyond = [{ signal: idOf(`${BATTERY}.Range`), mantissa: 20_470 }];
    expect(() => encodeProfileAnswer(RANGE, beyond)).toThrow(RangeError);
  });
});

describe('ISO-TP frames', () => {
  it('become a message only when they are whole and in order', () => {
    const at = (...frames: readonly string[]) => messageOfFrames(frames.map(bytesOfHex), {});
    expect(at('0362F190AAAAAAAA')).toEqual(bytesOfHex('62F190'));
    expect(at('100962F190010203', '21040506AAAAAAAA')).toEqual(bytesOfHex('62F190010203040506'));
    for (const frames of [
      [],
      ['0062'],
      ['0862F190'],
      ['100962F190010203'],
      ['100962F190010203', '22040506AAAAAAAA'],
      ['100962F190010203', '21040506AAAAAAAA', '2204050600000000'],
      ['0362F190', '2100'],
      ['3000000000000000'],
    ]) {
      expect(at(...frames), frames.join(' ')).toBeUndefined();
    }
    const extended = { extended: { request: 0x07, answer: 0xf1 } };
    expect(messageOfFrames([bytesOfHex('F10562DD6891CA')], extended)).toEqual(bytesOfHex('62DD6891CA'));
    expect(messageOfFrames([bytesOfHex('070562DD6891CA')], extended)).toBeUndefined();
  });

  it('have their bytes where the message has them', () => {
    const frames = ['103E620101FFF7E7', '21FF490000000080', '2200000DD9090908'].map(bytesOfHex);
    const flat = frames.flatMap((frame) => [...frame]);
    const message = [...flat.slice(2, 8), ...flat.slice(9, 16), ...flat.slice(17, 24)];
    for (const [index, byte] of flat.entries()) {
      const place = messageIndexOf(index, true);
      if (place !== undefined) expect(message[place], `${index}`).toBe(byte);
    }
    expect([0, 1, 8, 16].map((index) => messageIndexOf(index, true))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect([0, 1, 4, 8].map((index) => messageIndexOf(index, false))).toEqual([undefined, 0, 3, undefined]);
  });
});

describe('a number of a JSON file', () => {
  it('is the decimal that was typed, or nothing where it has too many decimals', () => {
    expect(mantissaOfNumber(0.1, 1)).toBe(1n);
    expect(mantissaOfNumber(-114.6, 1)).toBe(-1_146n);
    expect(mantissaOfNumber(1e21, 0)).toBe(10n ** 21n);
    expect(mantissaOfNumber(1e-7, 7)).toBe(1n);
    expect(mantissaOfNumber(0.25, 1)).toBeUndefined();
    expect(mantissaOfNumber(Number.NaN, 1)).toBeUndefined();
  });
});
