import { manualClock } from '@outpost/schemas/testing';
import { asciiBytes, type DeviceName, fault, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type AdapterContext, newTally, type Observed } from '../../adapter.ts';
import { memoryPort } from '../../testing/memory-port.ts';
import { adapter, redecode } from './index.ts';
import { pullData, pushOf } from './testing.ts';

const A = 'b827ebfffe000001';
const HOME = { address: '192.0.2.7', port: 40_000 };
const full = fault('refused', 'journal.full', 'journal', 'there is no room.');

/** Lets the dialogue do all that it can do without time passing. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const running = () => {
  const clock = manualClock();
  const memory = memoryPort({ clock });
  const tally = newTally();
  const context: AdapterContext = {
    device: 'hotspots' as DeviceName,
    clock,
    signal: new AbortController().signal,
    tally,
    report: () => undefined,
  };
  const observed = adapter.read(memory.port, { allow: [A] }, context)[Symbol.asyncIterator]();
  return {
    memory,
    tally,
    next: async (): Promise<Observed> => {
      const next = await observed.next();
      if (next.done === true) throw new Error('the dialogue is over');
      return next.value;
    },
    written: (): readonly string[] => memory.written.map((text) => toHex(asciiBytes(text))),
  };
};

describe('the adapter of gateways', () => {
  it('answers a PULL_DATA at once and a PUSH_DATA when what it said is kept', async () => {
    const { memory, next, written, tally } = running();
    memory.say(pullData(A, 0x0102), { peer: HOME });
    memory.say(pushOf(A), { peer: HOME });
    const observed = await next();
    await settled();
    expect(written()).toEqual(['02010204']);
    expect(observed.isAwaited).toBe(true);
    for (const { body, raw } of observed.readings) expect(redecode(raw)).toContainEqual(body);
    observed.kept();
    await settled();
    expect(written()).toEqual(['02010204', '02000101']);
    expect(tally).toMatchObject({ items: 3, observed: 1, control: 2, quarantined: 0 });
  });

  it('never answers a PUSH_DATA whose frames are not kept', async () => {
    const { memory, next, written } = running();
    memory.say(pushOf(A), { peer: HOME });
    (await next()).refused(full);
    await settled();
    expect(written()).toEqual([]);
  });

  it('takes freshest-first what it hears, and orders for gateways alone', () => {
    expect(adapter).toMatchObject({ name: 'gwmp', lane: 'coverage', bearsPosition: true });
    expect(adapter.takes).toEqual(['downlink', 'beacon', 'approve', 'forbid']);
  });
});
