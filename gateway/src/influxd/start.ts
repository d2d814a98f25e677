import { type Clock, elapsedMs } from '@outpost/schemas/words';
import { openInflux } from '../store/influx.ts';
import { scoped } from '../store/scope.ts';
import { influxTarget } from '../store/target.ts';
import type { Child } from './child.ts';
import type { InfluxdLayout } from './layout.ts';
import { brokenDatabases } from './repair.ts';

const POLL_MS = 50;
const PING_MS = 1_000;
/** An influxd with little to open answers long before; later than this its files are looked at again. */
const LOOK_AGAIN_MS = 5_000;

/** How a start went. `broken` can be repaired; `slow` may only need more time. */
export type Start =
  | { readonly kind: 'ready' | 'broken' | 'slow' }
  | { readonly kind: 'ended'; readonly words: string };

const awaitAnswer = (
  url: string,
  child: Child,
  clock: Clock,
  msMax: number,
  parent: AbortSignal,
): Promise<Start> =>
  scoped(parent, async (signal) => {
    const target = influxTarget(url, '');
    if (!target.ok) throw new Error(`unreachable: ${url} is an address`);
    const influx = openInflux(target.value, { clock, deadlineMs: PING_MS });
    const began = clock.mono();
    const polling = async (): Promise<Start> => {
      while (elapsedMs(began, clock.mono()) < msMax) {
        if ((await influx.ping(signal)).ok) return { kind: 'ready' };
        await clock.sleep(POLL_MS, signal);
      }
      return { kind: 'slow' };
    };
    const ended = child.ended.then((words): Start => ({ kind: 'ended', words }));
    return Promise.race([polling(), ended]);
  });

/** Waits until the child answers, ends, takes longer than `msMax`, or turns out to hang on a broken file. */
export const awaitStart = async (
  url: string,
  layout: InfluxdLayout,
  child: Child,
  clock: Clock,
  msMax: number,
  signal: AbortSignal,
): Promise<Start> => {
  const first = await awaitAnswer(url, child, clock, LOOK_AGAIN_MS, signal);
  if (first.kind !== 'slow') return first;
  if ((await brokenDatabases(layout)).length > 0) return { kind: 'broken' };
  return awaitAnswer(url, child, clock, msMax, signal);
};
