import { asciiBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { redecode } from './redecode.ts';

describe('what a verifier reads from raw bytes', () => {
  it.each([
    '',
    'hello',
    't7E8803410D32',
    't1238410D320000000000',
    't123406407800\r#no formula Vehicle.Speed',
    'r7E80',
  ])('is nothing where they say nothing: %j', (text) => {
    expect(redecode(asciiBytes(text))).toEqual([]);
  });

  it('is nothing where a frame of the answer is missing, or stands in another place', () => {
    const lines = ['t7E881014490201314434', 't7E882147503030523535', 't7E882242313233343536'];
    const bytes = (parts: readonly string[]): Uint8Array => asciiBytes(parts.join('\r'));
    expect(redecode(bytes(lines))).toHaveLength(1);
    for (const wrong of [lines.slice(0, 2), lines.slice(1), lines.toReversed(), [...lines, lines[2]!]]) {
      expect(redecode(bytes(wrong))).toEqual([]);
    }
  });
});
