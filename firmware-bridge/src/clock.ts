import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, type MonoNs, monoNs, type WallNs, wallNs } from '@outpost/schemas/words';

const NS_PER_US = 1_000n;

/** The machine's own clocks. The only file that reads them. */
export const systemClock = (): Clock => ({
  wall: (): WallNs => {
    // performance.timeOrigin + now() does not follow steps of the wall clock; Date does, at 1 ms.
    return wallNs(BigInt(Date.now()) * 1_000n * NS_PER_US);
  },
  mono: (): MonoNs => monoNs(process.hrtime.bigint()),
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  },
});
