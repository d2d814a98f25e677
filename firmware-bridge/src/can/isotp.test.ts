import { fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble, ISOTP_MAX_BYTES, segment } from './isotp.ts';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

/** Payloads or fault codes, each with the numbers of its lines. */
const assembled = (...frames: readonly string[]): readonly string[] =>
  assemble(frames.map((hex, line) => ({ bytes: bytes(hex), line }))).map(
    ({ payload, lines }) =>
      `${payload.ok ? toHex(payload.value).toUpperCase() : payload.fault.code} ${lines.join(',')}`,
  );

const VIN = ['1014490201314434', '2147503030523535', '2242313233343536'] as const;
const VIN_PAYLOAD = '4902013144344750303052353542313233343536';

describe('answers from segments', () => {
  it.each([
    ['a single frame', ['04410C1AF8'], ['410C1AF8 0']],
    ['a single frame with padding', ['04410C1AF8555555'], ['410C1AF8 0']],
    ['a full single frame', ['0741020304050607'], ['41020304050607 0']],
    ['three frames', [...VIN], [`${VIN_PAYLOAD} 0,1,2`]],
    ['a last frame with padding', ['100B4906026953CD', '214B611F6EF20000'], ['4906026953CD4B611F6EF2 0,1']],
    ['a pending note before the answer', ['037F0178', '04410C1AF8'], ['7F0178 0', '410C1AF8 1']],
    ['no bytes announced', ['00'], ['isotp.length 0']],
    ['more announced than there is', ['05410C1AF8'], ['isotp.length 0']],
    ['fewer announced than an unpadded frame has', ['03410C1AF8'], ['isotp.length 0']],
    ['a padded frame that lost a byte', ['0341057855555'.padEnd(14, '5')], ['isotp.length 0']],
    ['a first frame for a short answer', ['1007490201314434', VIN[1]], ['isotp.length 0,1']],
    ['a first frame with the 32-bit escape', ['1000490201314434', VIN[1]], ['isotp.length 0,1']],
    ['a first frame that lost a byte', ['10144902013144', VIN[1], VIN[2]], ['isotp.length 0,1,2']],
    ['no first frame', [VIN[1], VIN[2]], ['isotp.no-first 0,1']],
    ['two first frames', [VIN[0], ...VIN], ['isotp.second-first 0,1,2,3']],
    ['a single frame in between', [VIN[0], '03410D32', VIN[1], VIN[2]], ['isotp.second-first 0,1,2,3']],
    ['a missing frame', [VIN[0], VIN[2]], ['isotp.sequence 0,1']],
    ['a missing last frame', [VIN[0], VIN[1]], ['isotp.missing 0,1']],
    ['swapped frames', [VIN[0], VIN[2], VIN[1]], ['isotp.sequence 0,1,2']],
    ['a doubled frame', [VIN[0], VIN[1], VIN[1], VIN[2]], ['isotp.sequence 0,1,2,3']],
    ['a frame too many', [...VIN, '2355555555555555'], [`${VIN_PAYLOAD} 0,1,2`, 'isotp.overrun 3']],
    ['a consecutive frame that lost a byte', [VIN[0], '21475030305235', VIN[2]], ['isotp.length 0,1,2']],
    ['flow control', ['300000'], ['isotp.kind 0']],
    ['a reserved kind', ['F00000'], ['isotp.kind 0']],
  ] as const)('%s', (_, frames, expected) => {
    expect(assembled(...frames)).toEqual(expected);
  });

  it('say how the last frame is filled up, where it shows', () => {
    const paddingOf = (...frames: readonly string[]): unknown =>
      assemble(frames.map((hex) => ({ bytes: bytes(hex), line: 0 })))[0]?.padding;
    expect(paddingOf('04410C1AF8')).toBe('exact');
    expect(paddingOf('04410C1AF8555555')).toBe('padded');
    expect(paddingOf(...VIN)).toBeUndefined();
    expect(paddingOf('100B4906026953CD', '214B611F6EF20000')).toBe('padded');
    expect(paddingOf('100B4906026953CD', '214B611F6EF2')).toBe('exact');
  });

  it('are the exact inverse of segments, at every length and padding', () => {
    const padding = fc.constantFrom(undefined, 0x00, 0x55, 0xaa, 0xcc);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), padding, (payload, pad) => {
        const frames = segment(payload, pad);
        expect(frames.every((frame) => frame.length <= 8 && (pad === undefined || frame.length === 8))).toBe(
          true,
        );
        const [answer, ...others] = assemble(frames.map((frame, line) => ({ bytes: frame, line })));
        expect(others).toEqual([]);
        expect(answer?.payload).toEqual({ ok: true, value: payload });
      }),
    );
    const longest = new Uint8Array(ISOTP_MAX_BYTES).fill(7);
    const frames = segment(longest).map((frame, line) => ({ bytes: frame, line }));
    expect(assemble(frames)[0]?.payload).toEqual({ ok: true, value: longest });
    expect(() => segment(new Uint8Array(0))).toThrow(RangeError);
    expect(() => segment(new Uint8Array(ISOTP_MAX_BYTES + 1))).toThrow(RangeError);
  });
});
