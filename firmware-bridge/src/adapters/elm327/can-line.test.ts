import { fromHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanFrame } from '../../obd/can-frame.ts';
import { bareLines, canLine, readCanLine } from './can-line.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);
const read = (line: string): ReturnType<typeof readCanLine> =>
  readCanLine({ kind: 'hex', groups: line.split(' ') });

const frame: fc.Arbitrary<CanFrame> = fc
  .tuple(fc.boolean(), fc.integer({ min: 0, max: 7 }), fc.uint8Array({ minLength: 1, maxLength: 8 }))
  .map(([wide, unit, data]) => ({
    id: wide ? 0x18daf110 + unit : 0x7e8 + unit,
    idBits: wide ? 29 : 11,
    bytes: data,
  }));

describe('a line with header', () => {
  it.each([
    ['7E8064100BE3FA813', 0x7e8, 11, '064100BE3FA813'],
    ['7E8 06 41 00 BE 3F A8 13', 0x7e8, 11, '064100BE3FA813'],
    ['18DAF11004410C1AF8', 0x18daf110, 29, '04410C1AF8'],
    ['18 DA F1 10 04 41 0C 1A F8', 0x18daf110, 29, '04410C1AF8'],
  ] as const)('is an identifier and bytes: %s', (line, id, idBits, data) => {
    expect(read(line)).toEqual({ ok: true, value: { id, idBits, bytes: bytes(data) } });
  });

  it.each([
    ['half a byte', '7E80', 'elm327.not-a-frame'],
    ['an identifier alone', '7E8', 'elm327.not-a-frame'],
    ['nine bytes', '7E8064100BE3FA8135500', 'elm327.not-a-frame'],
    ['a length digit between (ATD1), spaces on', '7E8 8 06 41 00 BE 3F A8 13', 'elm327.not-a-frame'],
    ['a length digit between (ATD1), spaces off', '7E88064100BE3FA813', 'elm327.foreign-id'],
    ['an odd number of digits in a group', '7E8 06 410 0', 'elm327.not-a-frame'],
    ['headers off', '41 00 BE 3F A8 13', 'elm327.foreign-id'],
    ['a request', '7DF02010C', 'elm327.foreign-id'],
    ['an address beyond the eight', '7F0 03 41 0D 32', 'elm327.foreign-id'],
    ['a frame to another tester', '18DAF21004410C1AF8', 'elm327.foreign-id'],
  ])('is refused with %s', (_, line, code) => {
    expect(read(line)).toMatchObject({ ok: false, fault: { kind: 'malformed', code } });
  });

  it('is the exact inverse of what is printed, with spaces and without', () => {
    fc.assert(
      fc.property(frame, fc.boolean(), (one, spaces) => {
        expect(readCanLine(canLine(one, spaces))).toEqual({ ok: true, value: one });
      }),
    );
  });
});

describe('lines without header', () => {
  it('are the data sheet’s example of an identification number', () => {
    const payload = bytes('4902013144344750303052353542313233343536');
    expect(bareLines(payload, true)).toEqual([
      { kind: 'hex', groups: ['014'] },
      { kind: 'numbered', index: 0, groups: ['49', '02', '01', '31', '44', '34'] },
      { kind: 'numbered', index: 1, groups: ['47', '50', '30', '30', '52', '35', '35'] },
      { kind: 'numbered', index: 2, groups: ['42', '31', '32', '33', '34', '35', '36'] },
    ]);
  });

  it('are one line up to seven bytes, and count round from F to 0', () => {
    expect(bareLines(bytes('410C1AF8'), false)).toEqual([{ kind: 'hex', groups: ['410C1AF8'] }]);
    expect(bareLines(new Uint8Array(6 + 16 * 7), false).at(-1)).toMatchObject({ index: 0 });
  });
});
