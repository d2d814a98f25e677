import { asciiBytes } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { segment } from '../../can/isotp.ts';
import { canLine } from './can-line.ts';
import { GOOD_VIN, vinLines } from './play-dongle.ts';
import { redecode } from './redecode.ts';

const of = (text: string): readonly unknown[] => redecode(asciiBytes(text.replaceAll('|', '\r')));
const rpm = (ecu: number): object => ({ kind: 'number', signal: 2, mantissa: 172_600, ecu });
const adapter = (text: string): object => ({ kind: 'identity', of: 'adapter', text, ecu: 0 });

describe('what raw bytes say, decoded again from nothing but themselves', () => {
  it.each([
    ['a short answer', '7E804410C1AF8', [rpm(0x7e8)]],
    ['the same with spaces, the last one too', '7E8 04 41 0C 1A F8 ', [rpm(0x7e8)]],
    ['the same of a 29-bit bus', '18DAF11004410C1AF8', [rpm(0x18daf110)]],
    ['the same with NUL bytes and small letters', '7e8\x000441\x000c1af8', [rpm(0x7e8)]],
    [
      'a long answer',
      vinLines(GOOD_VIN),
      [{ kind: 'identity', of: 'vin', text: '1D4GP00R55B123456', ecu: 0x7e8 }],
    ],
    ['a voltage', '12.6V', [{ kind: 'number', signal: 3, mantissa: 1_260, ecu: 0 }]],
    ['a voltage with two decimals', '13.98V', [{ kind: 'number', signal: 3, mantissa: 1_398, ecu: 0 }]],
    [
      'a protocol',
      'A6',
      [{ kind: 'identity', of: 'protocol', text: 'ISO 15765-4 CAN 11 bit 500 kbit/s', ecu: 0 }],
    ],
    ['a name', 'ELM327 v1.5', [adapter('ELM327 v1.5')]],
    ['nothing', '', []],
    ['a length that does not fit', '7E805410C1AF8', []],
    ['two answers', '7E804410C1AF8|7E804410C1AF8', []],
    ['lines of two control units', '7E81014490201314434|7E92147503030523535|7E82242313233343536', []],
    ['an answer with a missing line', '7E81014490201314434|7E82242313233343536', []],
    ['a refusal', '7E8037F0112', []],
    ['a service that is never asked', '7E8024400', []],
    ['a damaged line', '7E804410C1AF8 <DATA ERROR', []],
    ['bytes that are no ASCII', '7E804410C1AF8\xff', []],
  ])('%s', (_, raw, bodies) => {
    expect(of(raw)).toEqual(bodies);
  });

  it('is never an exception, whatever the bytes are', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'7E8 041C|49023FA'), maxLength: 80 });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 600 }).map((b) => String.fromCharCode(...b)),
          digits,
        ),
        (text) => {
          expect(Array.isArray(of(text))).toBe(true);
        },
      ),
    );
  });

  it('is the same however the lines were printed', () => {
    const payload = fc.constantFrom(Uint8Array.of(0x41, 0x0c, 0x1a, 0xf8), Uint8Array.of(0x43, 1, 1, 4));
    fc.assert(
      fc.property(payload, fc.boolean(), fc.constantFrom(undefined, 0x00, 0x55), (bytes, spaces, padding) => {
        const lines = segment(bytes, padding).map((frame) =>
          canLine({ id: 0x7e8, idBits: 11, bytes: frame }, spaces),
        );
        const plain = segment(bytes).map((frame) => canLine({ id: 0x7e8, idBits: 11, bytes: frame }, false));
        const text = (printed: typeof lines): string =>
          printed.map(({ groups }) => groups.join(' ')).join('|');
        expect(of(text(lines))).toEqual(of(text(plain)));
      }),
    );
  });
});
