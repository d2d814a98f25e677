import type { Delivery, Outcome } from '@outpost/gateway';
import { toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { openPlayground, type Playground, type Sender } from './pair.ts';
import type { Box } from './rig.ts';

const NEVER = new AbortController().signal;
const BATCHES = 24;
const ATTEMPTS_MAX = 400;

/** Numbers from 0 to below `below` that a seed repeats (xorshift32). */
const dice = (seed: number): ((below: number) => number) => {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

interface Ended {
  readonly item: Delivery;
  readonly outcome: Outcome;
}

const scriptOf = (roll: (below: number) => number): readonly unknown[] =>
  Array.from({ length: 30 }, (_, index) => {
    const what = (['busy', 'cut', 'cut', 'wrong-key', 'refuse'] as const)[roll(5)];
    return what === 'refuse' ? { what, item: 1 + roll(40) } : { what, request: 1 + 2 * index + roll(2) };
  });

/** Sends as the gateway does: in order, what is open first, and ends only when everything has ended. */
const deliverAll = async (
  play: Playground,
  box: Box,
  sender: () => Sender,
  roll: (below: number) => number,
): Promise<ReadonlyMap<string, Ended>> => {
  const ended = new Map<string, Ended>();
  let open: Delivery[] = [];
  let made = 0;
  for (let attempt = 0; attempt < ATTEMPTS_MAX && (made < BATCHES || open.length > 0); attempt += 1) {
    for (let more = roll(4); more > 0 && made < BATCHES; more -= 1, made += 1) {
      if (roll(6) === 0) box.restart();
      open.push(await box.batch({ readings: 1 + roll(9) }));
    }
    if (roll(8) === 0) await play.restart();
    const outcomes = await sender().network.deliver(open, NEVER);
    open = open.filter((item, index) => {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome.kind === 'kept') return true;
      expect(ended.has(toHex(item.hash))).toBe(false);
      ended.set(toHex(item.hash), { item, outcome });
      return false;
    });
  }
  expect(open).toEqual([]);
  return ended;
};

describe('a network that fails at random', () => {
  it.each([1, 2, 3, 4])('loses nothing and pays nothing twice (seed %i)', async (seed) => {
    const roll = dice(seed * 7919);
    await using play = await openPlayground({}, scriptOf(roll));
    const box = await play.box('box');
    const sender = play.sender(box);
    const ended = await deliverAll(play, box, () => sender, roll);
    expect(ended.size).toBe(BATCHES);
    const kinds = [...ended.values()].map(({ outcome }) =>
      outcome.kind === 'refused' ? outcome.code : outcome.kind,
    );
    expect(new Set(kinds)).toContain('settled');
    // Nothing but the script refuses: no lost answer and no restart of the network ever breaks a chain.
    expect(kinds.filter((kind) => kind !== 'settled' && kind !== 'not-wanted')).toEqual([]);
    expect(play.served.status().attestations).toBe(BATCHES);
    // Whatever is asked again is answered the same way, receipts to the byte, by a network that remembers.
    const quiet = await play.restart({ faults: [] });
    for (const { item, outcome } of ended.values()) {
      expect(await sender.network.deliver([item], NEVER)).toEqual([outcome]);
    }
    expect(quiet.status()).toMatchObject({ settled: 0, repeated: BATCHES, attestations: BATCHES });
    expect(sender.alarms.every(({ code }) => code === 'outpost.receipt-key')).toBe(true);
  });
});
