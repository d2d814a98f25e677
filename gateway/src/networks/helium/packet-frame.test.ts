import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSigned, encodeUp, PACKET_UP } from './codec.ts';
import { frameMessage } from './grpc-frames.ts';
import { framePacket } from './packet-frame.ts';

const zeroOr = <T>(zero: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> => fc.oneof(fc.constant(zero), other);
const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
const long = zeroOr(0n, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const int32 = zeroOr(0, fc.integer());

const packet = fc.record({
  payload: bytes(300),
  timestamp: long,
  rssi: int32,
  frequency: zeroOr(0, fc.nat(0xffff_ffff)),
  datarate: int32,
  snr: zeroOr(0, fc.float({ noNaN: true })),
  region: int32,
  holdTime: long,
  gateway: bytes(34),
  signature: fc.constant(new Uint8Array(0)),
});

describe('a packet in its frame', () => {
  it('has the same bytes as one that is put together step by step, whatever is in it', () => {
    fc.assert(
      fc.property(packet, bytes(72), (message, signature) => {
        const signed: Uint8Array[] = [];
        const sign = (each: Uint8Array): Uint8Array => {
          signed.push(each.slice());
          return signature;
        };
        const framed = framePacket(message, sign);
        expect(framed).toEqual(frameMessage(encodeUp('packet', encodeSigned(PACKET_UP, message, sign))));
        expect(signed[0]).toEqual(signed[1]);
      }),
    );
  });
});
