import { describe, expect, it } from 'vitest';
import { assertReadOnly, READ_ONLY_SERVICES } from './services.ts';

const isSent = (...bytes: readonly number[]): boolean => {
  try {
    assertReadOnly(Uint8Array.from(bytes));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
};

const everyByte = Array.from({ length: 256 }, (_, byte) => byte);

describe('the read-only list', () => {
  it('is these eleven services of all 256, and the others cannot be sent with any length', () => {
    const listed = new Set([0x01, 0x02, 0x03, 0x06, 0x07, 0x09, 0x0a, 0x10, 0x19, 0x22, 0x3e]);
    expect([...READ_ONLY_SERVICES.keys()]).toEqual([...listed]);
    for (const service of everyByte) {
      const lengths = Array.from({ length: 9 }, (_, more) => more).filter(
        (more) =>
          isSent(service, ...new Array<number>(more).fill(0x00)) ||
          isSent(service, 0x01, ...new Array<number>(more).fill(0x02)),
      );
      const needsItsFunction = service === 0x19;
      expect(lengths.length > 0, service.toString(16)).toBe(listed.has(service) && !needsItsFunction);
    }
    expect(isSent()).toBe(false);
  });

  it('lets no function out of the services that have several but those that read', () => {
    const functionsOf = (service: number, ...rest: readonly number[]): readonly number[] =>
      everyByte.filter((byte) => isSent(service, byte, ...rest));
    expect(functionsOf(0x10)).toEqual([0x01, 0x03]);
    expect(functionsOf(0x3e)).toEqual([0x00, 0x80]);
    expect(functionsOf(0x19, 0xff)).toEqual([0x02]);
  });

  it('lets no other length out', () => {
    for (const [service, { bytesMin, bytesMax, subFunctions }] of READ_ONLY_SERVICES) {
      const [second = 0x00] = subFunctions ?? [];
      for (let bytes = 1; bytes <= 12; bytes += 1) {
        const request = [service, second, ...new Array<number>(12).fill(0x00)].slice(0, bytes);
        expect(isSent(...request), `${service} ${bytes}`).toBe(bytes >= bytesMin && bytes <= bytesMax);
      }
    }
  });
});
