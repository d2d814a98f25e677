import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../../journal/testing.ts';
import { gatewayKey, gatewaysWithKeys } from './gateway-keys.ts';

const ROOF = '0016c001ff10a235';

describe('the key of a gateway', () => {
  it('is one, however many networks ask for it at the moment at which it is made', async () => {
    await using directory = await scratch();
    for (let number = 0; number < 10; number += 1) {
      const eui = ROOF.slice(0, -1) + String(number);
      const asked = await Promise.all(Array.from({ length: 4 }, () => gatewayKey(directory.path, eui)));
      const keys = asked.map((each) => (each.ok ? toHex(each.value.key) : each.fault.words));
      expect(new Set(keys).size).toBe(1);
      const again = await gatewayKey(directory.path, eui);
      expect(again.ok && toHex(again.value.key)).toBe(keys[0]);
    }
    expect(await gatewaysWithKeys(directory.path)).toHaveLength(10);
  });
});
