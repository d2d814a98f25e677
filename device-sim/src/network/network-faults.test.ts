import { describe, expect, it } from 'vitest';
import { checkNetworkFaults, faultAt, parseNetworkFaults } from './network-faults.ts';
import { must } from './rig.ts';

const wordsOf = (value: unknown): string => {
  const checked = checkNetworkFaults(value, 'faults.json');
  if (checked.ok) throw new Error('expected a fault');
  expect(checked.fault).toMatchObject({ kind: 'misconfigured', where: 'faults.json' });
  return checked.fault.words;
};

describe('a fault script of a network', () => {
  it('applies by number, for a count, or by time', () => {
    const script = must(
      parseNetworkFaults(
        '[{"what":"refuse","item":3,"note":"one"},{"what":"busy","request":2,"count":3},{"what":"slow","atMs":100,"forMs":50,"delayMs":7}]',
        'x',
      ),
    );
    const numbers = (what: 'refuse' | 'busy') =>
      [1, 2, 3, 4, 5].filter((number) => faultAt(script, what, { number, elapsedMs: 0 }) !== undefined);
    expect(numbers('refuse')).toEqual([3]);
    expect(numbers('busy')).toEqual([2, 3, 4]);
    const times = [99, 100, 149, 150].map(
      (elapsedMs) => faultAt(script, 'slow', { number: 1, elapsedMs })?.delayMs,
    );
    expect(times).toEqual([undefined, 7, 7, undefined]);
  });

  it.each([
    [{}, 'JSON list'],
    [['x'], 'entry 1 of the fault script is no object'],
    [[{ what: 'explode' }], 'needs "what", one of refuse, busy'],
    [[{ what: 'busy', request: 1, colour: 'red' }], 'unknown key "colour"'],
    [[{ what: 'busy', request: 1.5 }], '"request" that is no whole number'],
    [[{ what: 'busy', item: 1 }], 'exactly one of "request" and "atMs"'],
    [[{ what: 'refuse', item: 1, atMs: 1 }], 'exactly one of "item" and "atMs"'],
    [[{ what: 'cut' }], 'exactly one of'],
  ])('that is %j is refused with what to write instead', (value, words) => {
    expect(wordsOf(value)).toContain(words);
  });

  it('that is no JSON says so', () => {
    expect(parseNetworkFaults('{', 'faults.json')).toMatchObject({
      ok: false,
      fault: { where: 'faults.json' },
    });
  });
});
