import { fromHex, type Result, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeDelivery,
  decodeRefusal,
  decodeVerdicts,
  encodeDelivery,
  encodeRefusal,
  encodeVerdicts,
  statedVersion,
  type WireDelivery,
  type WireRefusal,
  type WireVerdict,
} from './codec.ts';
import file from './vectors/bodies.json' with { type: 'json' };

interface Vector {
  readonly body: string;
  readonly comment: string;
  readonly hex: string;
  readonly result: string;
  readonly value?: unknown;
}

const vectors: readonly Vector[] = file.vectors;
const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array(0);

/** Byte strings stand in the file as hex, everywhere but where a text of the wire is meant. */
const TEXTS = new Set(['kind', 'code', 'words']);
const revive = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (key, each: unknown) =>
    typeof each === 'string' && !TEXTS.has(key) ? bytesOf(each) : each,
  );

const decode = ({ body, hex, value }: Vector): Result<unknown> => {
  const bytes = bytesOf(hex);
  if (body === 'delivery') return decodeDelivery(bytes);
  return body === 'refusal'
    ? decodeRefusal(bytes)
    : decodeVerdicts(bytes, Array.isArray(value) ? value.length : 1);
};

const encode = ({ body, value }: Vector): Uint8Array => {
  const revived = revive(value);
  if (body === 'delivery') return encodeDelivery(revived as WireDelivery);
  return body === 'refusal'
    ? encodeRefusal(revived as WireRefusal)
    : encodeVerdicts(revived as readonly WireVerdict[]);
};

describe('the wire of the network outpost', () => {
  it.each(vectors.filter(({ result }) => result === 'valid'))(
    'reads and writes a $body: $comment',
    (vector) => {
      expect(decode(vector)).toEqual({ ok: true, value: revive(vector.value) });
      expect(toHex(encode(vector))).toBe(vector.hex);
    },
  );

  it.each(vectors.filter(({ result }) => result === 'invalid'))('refuses a $body with $comment', (vector) => {
    expect(decode(vector)).toMatchObject({ ok: false, fault: { kind: 'malformed' } });
  });

  const bytes = fc.uint8Array({ maxLength: 40 });
  const words = fc.string({ maxLength: 60 });

  it('gives back every delivery that it was given', () => {
    const item = fc.record({ attestation: bytes, leaves: fc.array(bytes, { maxLength: 5 }) });
    const delivery = fc.record({
      records: fc.array(bytes, { maxLength: 4 }),
      items: fc.array(item, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(delivery, (value) => {
        expect(decodeDelivery(encodeDelivery(value))).toEqual({ ok: true, value });
      }),
    );
  });

  it('gives back every list of verdicts, and refuses it for another number of items', () => {
    const verdict: fc.Arbitrary<WireVerdict> = fc.oneof(
      fc.record({ kind: fc.constant('settled' as const), receipt: bytes }),
      fc.record({ kind: fc.constant('refused' as const), code: words, words }),
      fc.record({ kind: fc.constant('again' as const), afterMs: fc.nat(3_600_000), code: words, words }),
    );
    fc.assert(
      fc.property(fc.array(verdict, { maxLength: 8 }), (value) => {
        expect(decodeVerdicts(encodeVerdicts(value), value.length)).toEqual({ ok: true, value });
        expect(decodeVerdicts(encodeVerdicts(value), value.length + 1).ok).toBe(false);
      }),
    );
  });

  it('throws at no bytes whatever, and reads none of them as two things', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(3), (noise, count) => {
        const read = [decodeDelivery(noise), decodeVerdicts(noise, count), decodeRefusal(noise)];
        expect(read.filter(({ ok }) => ok).length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('survives every flipped bit and every cut of a real delivery', () => {
    const whole = encodeDelivery({
      records: [Uint8Array.of(1, 2)],
      items: [{ attestation: Uint8Array.of(3), leaves: [Uint8Array.of(4), Uint8Array.of(5, 6)] }],
    });
    for (let bit = 0; bit < 8 * whole.length; bit += 1) {
      const flipped = whole.slice();
      flipped.set([(flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))], bit >> 3);
      const read = decodeDelivery(flipped);
      if (read.ok) expect(toHex(encodeDelivery(read.value))).toBe(toHex(flipped));
    }
    for (let end = 0; end < whole.length; end += 1)
      expect(decodeDelivery(whole.subarray(0, end)).ok).toBe(false);
  });

  it('tells another version from something that states none', () => {
    expect(statedVersion(Uint8Array.of(0xa1, 1, 7))).toBe(7);
    expect(statedVersion(Uint8Array.of(0xa0))).toBeUndefined();
    expect(statedVersion(Uint8Array.of(0x80))).toBeUndefined();
    expect(statedVersion(new Uint8Array(0))).toBeUndefined();
  });
});
