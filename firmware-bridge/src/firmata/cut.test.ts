import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutFirmata, FRAME_MAX_BYTES } from './cut.ts';

const NONE = new Uint8Array();

test('Messages of every kind are cut, and bytes that belong to none are counted.', () => {
  const bytes = Uint8Array.of(0x01, 0xf9, 2, 4, 0xe2, 0x7f, 0x07, 0x90, 0xf0, 0x6c, 0xf7, 0x91, 1);
  const { frames, tail, discardedBytes } = cutFirmata(NONE, bytes);
  expect(frames.map((frame) => [...frame])).toEqual([
    [0xf9, 2, 4],
    [0xe2, 0x7f, 7],
    [0xf0, 0x6c, 0xf7],
  ]);
  expect([...tail]).toEqual([0x91, 1]);
  expect(discardedBytes).toBe(2);
});

test('Any cut of any bytes gives the same frames, loses none of them and keeps a bounded tail.', () => {
  const byte = fc.oneof(fc.constantFrom(0xf0, 0xf7, 0xe0, 0x90, 0xf9), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 3_000 }), fc.integer({ min: 1, max: 50 }), (all, size) => {
      const bytes = Uint8Array.from(all);
      const whole = cutFirmata(NONE, bytes);
      const frames: Uint8Array[] = [];
      let tail: Uint8Array = NONE;
      let discarded = 0;
      for (let at = 0; at < bytes.length; at += size) {
        const cut = cutFirmata(tail, bytes.subarray(at, at + size));
        frames.push(...cut.frames);
        tail = cut.tail;
        discarded += cut.discardedBytes;
        expect(tail.length).toBeLessThan(FRAME_MAX_BYTES);
      }
      expect(frames).toEqual(whole.frames);
      expect(tail).toEqual(whole.tail);
      const kept = frames.reduce((sum, frame) => sum + frame.length, tail.length);
      expect(kept + discarded).toBe(bytes.length);
    }),
  );
});
