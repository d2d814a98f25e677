import { expect, it } from 'vitest';
import { lineOf } from './line.ts';

it.each([
  [
    'a number with its integer and its tags',
    {
      measurement: 'vehicle',
      tags: { device: 'car', signal: 'Vehicle.Speed', ecu: '7E8' },
      floats: { value: 813.5 },
      integers: { seq: 7 },
      at: 1_700_000_000_000_000_007n,
    },
    'vehicle,device=car,signal=Vehicle.Speed,ecu=7E8 value=813.5,seq=7i 1700000000000000007',
  ],
  [
    'a tag with commas, equals signs and spaces',
    { measurement: 'm', tags: { device: 'a b,c=d' }, floats: { v: 1 }, at: 1n },
    'm,device=a\\ b\\,c\\=d v=1 1',
  ],
  [
    'a text with quotation marks and backslashes',
    { measurement: 'm', tags: {}, texts: { text: 'a "b" \\c\\' }, at: -1n },
    'm text="a \\"b\\" \\\\c\\\\" -1',
  ],
  [
    'integers of 64 bits and the least of floats',
    { measurement: 'm', tags: {}, floats: { v: 5e-324 }, integers: { a: -(2n ** 63n) }, at: 0n },
    'm v=5e-324,a=-9223372036854775808i 0',
  ],
])('writes %s', (_, point, line) => {
  expect(lineOf(point)).toBe(line);
});
