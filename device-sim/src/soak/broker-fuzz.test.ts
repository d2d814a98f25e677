import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runBrokerFuzz } from './broker-fuzz.ts';
import { leftBehind } from './broker-fuzz-left.ts';

/** A process of its own runs what is compiled. */
const CHILD = join(
  fileURLToPath(new URL('.', import.meta.url)),
  '..',
  '..',
  'dist',
  'soak',
  'broker-fuzz.child.js',
);

describe('the fuzz of the broker', () => {
  it('finds nothing uncaught and nothing left behind, over TCP and WebSocket', async () => {
    const { signal } = new AbortController();
    const plan = { child: CHILD, sessions: 640, minutes: 1, seed: 5, signal, say: () => undefined };
    const tally = await runBrokerFuzz(plan);
    expect(tally.uncaught).toEqual([]);
    expect(tally.after).toMatchObject({ connections: 0, sessions: 0 });
    expect(tally.sessions.tcp).toBeGreaterThan(100);
    expect(tally.sessions.webSocket).toBeGreaterThan(100);
    expect(tally.arrivals).toBeGreaterThan(50);
  }, 60_000);

  it('says what is left behind', () => {
    const none = {
      heapMebibytes: 20,
      descriptors: 21,
      connections: 0,
      sessions: 0,
      resources: { Timeout: 4 },
    };
    expect(
      leftBehind({ before: none, after: { ...none, heapMebibytes: 23, resources: { Timeout: 6 } } }),
    ).toEqual([]);
    const much = {
      heapMebibytes: 30,
      descriptors: 22,
      connections: 1,
      sessions: 2,
      resources: { Timeout: 9 },
    };
    expect(leftBehind({ before: none, after: much })).toHaveLength(5);
  });
});
