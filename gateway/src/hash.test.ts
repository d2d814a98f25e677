import { sha256 } from '@outpost/schemas/evidence';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { platformHash } from './hash.ts';

describe('the platform’s SHA-256', () => {
  it('equals the one that runs in a browser, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(platformHash(bytes)).toEqual(sha256(bytes));
      }),
    );
  });
});
