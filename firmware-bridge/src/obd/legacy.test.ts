import { asciiBytes, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerBodies } from './answer.ts';
import { checkSum, crcJ1850, encodeLegacyFrame, type LegacyBus, readLegacyFrame } from './legacy-frame.ts';
import { assembleLegacy, segmentLegacy } from './legacy-message.ts';

const bytesOf = (hex: string): Uint8Array => fromHex(hex.replaceAll(' ', '')) ?? new Uint8Array();
const codeOf = (result: { ok: boolean; fault?: { code: string } }): string =>
  result.ok ? 'ok' : (result.fault?.code ?? '');

describe('a frame of an older bus', () => {
  it.each([
    ['iso9141', '48 6B 10 41 00 BE 1F B8 11 AA', 0x10, '4100be1fb811'],
    ['kwp', '86 F1 10 41 00 BE 3E F8 11 CD', 0x10, '4100be3ef811'],
    ['kwp', '83 F1 10 7F 01 11 15', 0x10, '7f0111'],
    ['kwp', 'C3 F1 7A 41 05 7B EF', 0x7a, '41057b'],
    ['vpw', '48 6B 10 41 0C 1A F8 B2', 0x10, '410c1af8'],
    ['pwm', '41 6B 10 41 0D 32 F6', 0x10, '410d32'],
  ] as const)('%s: %s', (bus, hex, ecu, data) => {
    for (const known of [bus, undefined]) {
      const frame = readLegacyFrame(bytesOf(hex), known);
      expect(frame.ok && [frame.value.ecu, toHex(frame.value.data)]).toEqual([ecu, data]);
    }
  });

  it('has the checksums of the standards', () => {
    expect(crcJ1850(asciiBytes('123456789'))).toBe(0x4b);
    expect(checkSum(bytesOf('48 6B 10 41 00 BE 1F B8 11'))).toBe(0xaa);
  });

  it.each([
    ['a checksum that does not hold', '48 6B 10 41 00 BE 1F B8 11 AB', 'iso9141', 'legacy.checksum'],
    ['the checksum of the other bus', '48 6B 10 41 0C 1A F8 B2', 'iso9141', 'legacy.checksum'],
    ['a length that does not hold', '85 F1 10 41 00 BE 3E F8 11 CC', 'kwp', 'legacy.length'],
    ['an answer to somebody else', '86 F2 10 41 00 BE 3E F8 11 CE', 'kwp', 'legacy.header'],
    ['a request', '68 6A F1 01 00 C4', 'iso9141', 'legacy.header'],
    ['no data', '48 6B 10 C3', 'iso9141', 'legacy.length'],
    ['nothing', '', undefined, 'legacy.header'],
    ['more data than one frame has', '48 6B 10 41 00 00 00 00 00 00 00 04', 'iso9141', 'legacy.length'],
  ] as const)('is refused: %s', (_, hex, bus, code) => {
    expect(codeOf(readLegacyFrame(bytesOf(hex), bus))).toBe(code);
  });

  it('reads back as it was written, and with one wrong bit not at all', () => {
    const buses = fc.constantFrom<LegacyBus>('pwm', 'vpw', 'iso9141', 'kwp');
    const data = fc.uint8Array({ minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(buses, fc.integer({ min: 0, max: 255 }), data, fc.nat(), (bus, ecu, bytes, at) => {
        const frame = encodeLegacyFrame(bus, { ecu, data: bytes });
        expect(readLegacyFrame(frame, bus)).toEqual({ ok: true, value: { ecu, data: bytes } });
        const flipped = frame.slice();
        const bit = at % (8 * frame.length);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(readLegacyFrame(flipped, bus).ok).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});

const join = (...frames: readonly string[]): readonly string[] =>
  assembleLegacy(frames.map((hex, line) => ({ data: bytesOf(hex), line }))).map(({ payload }) =>
    payload.ok ? toHex(payload.value) : payload.fault.code,
  );

/** 1D4GP00R55B123456 in five frames, three zeros before it. */
const VIN_FRAMES = [
  '49 02 01 00 00 00 31',
  '49 02 02 44 34 47 50',
  '49 02 03 30 30 52 35',
  '49 02 04 35 42 31 32',
  '49 02 05 33 34 35 36',
];

describe('an answer in several frames', () => {
  it('is one list of trouble codes', () => {
    expect(join('43 01 04 01 05 01 06', '43 C1 23 00 00 00 00')).toEqual(['4306010401050106c12300000000']);
    expect(join('43 00 00 00 00 00 00')).toEqual(['4303000000000000']);
    expect(join('47')).toEqual(['4700']);
  });

  it('is no list where a frame follows the last, or ends within a code', () => {
    expect(join('43 01 04 00 00 00 00', '43 01 05 00 00 00 00')).toEqual(['legacy.after-end']);
    expect(join('43 00 00 00 00 00 00', '43 00 00 00 00 00 00')).toEqual(['legacy.after-end']);
    expect(join('43 01 04 01')).toEqual(['legacy.length']);
    expect(join('43 01 04 04 20 C1 23', '43 01 04 04 20 C1 23')).toEqual(['legacy.repeated']);
  });

  it('is vehicle information with the count of items that CAN has', () => {
    const [vin = ''] = join(...VIN_FRAMES);
    const payload = fromHex(vin) ?? new Uint8Array();
    expect(answerBodies(0x10, payload)).toEqual({
      ok: true,
      value: [{ kind: 'identity', of: 'vin', text: '1D4GP00R55B123456', ecu: 0x10 }],
    });
    expect(join('49 06 01 12 34 56 78', '49 06 02 9A BC DE F0')).toEqual(['490602123456789abcdef0']);
    expect(join('49 00 01 54 00 00 00')).toEqual(['490054000000']);
    expect(join('49 01 05')).toEqual(['490105']);
  });

  it('is none where frames are lost, doubled, out of order or of another length', () => {
    const without = (at: number): readonly string[] => VIN_FRAMES.filter((_, i) => i !== at);
    expect(join(...without(4))).toEqual(['legacy.missing']);
    for (const at of [0, 1, 2, 3]) expect(join(...without(at)), String(at)).toEqual(['legacy.sequence']);
    expect(join(...VIN_FRAMES, VIN_FRAMES[4] ?? '')).toEqual(['legacy.sequence']);
    expect(join(...VIN_FRAMES.toReversed())).toEqual(['legacy.sequence']);
    expect(join('49 02 01 00 00 31')).toEqual(['legacy.length']);
  });

  it('stands by itself where it fits into one frame', () => {
    expect(join('41 0C 1A F8', '41 0C 1A F8')).toEqual(['410c1af8', '410c1af8']);
    expect(join('7F 01 78', '41 0C 1A F8')).toEqual(['7f0178', '410c1af8']);
  });

  it('comes apart into the frames that it came in', () => {
    const apart = (hex: string): readonly string[] => segmentLegacy(bytesOf(hex)).map(toHex);
    for (const hex of [
      '43 00',
      '43 01 01 04',
      '4A 04 01 04 01 05 01 06 C1 23',
      '49 00 54 00 00 00',
      '41 0C 1A F8',
    ]) {
      expect(join(...apart(hex)).length, hex).toBe(1);
    }
    expect(apart('43 00')).toEqual(['43000000000000']);
    const vin = concatBytes(Uint8Array.of(0x49, 2, 1), asciiBytes('1D4GP00R55B123456'));
    expect(segmentLegacy(vin).map(toHex)).toEqual(VIN_FRAMES.map((hex) => toHex(bytesOf(hex))));
    expect(() => segmentLegacy(new Uint8Array(8))).toThrow(RangeError);
  });
});
