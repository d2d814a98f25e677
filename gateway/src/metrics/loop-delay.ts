import { monitorEventLoopDelay } from 'node:perf_hooks';
import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';

/** How late the event loop is. */
export interface LoopDelay {
  /** Of what passed since about a minute ago. */
  p99Ms(): number;
  stop(): void;
}

const RESOLUTION_MS = 20;
const NS_PER_MS = 1e6;
const WINDOW_MS = 60_000;

/** Measures from now on, in windows of a minute. */
export const measureLoopDelay = (mono: () => MonoNs): LoopDelay => {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let endsAt = monoAfterMs(mono(), WINDOW_MS);
  let before = 0;
  return {
    p99Ms: () => {
      // The timer's own step is in every sample.
      const current = Math.max(0, histogram.percentile(99) / NS_PER_MS - RESOLUTION_MS);
      const highest = Math.max(before, current);
      if (elapsedMs(endsAt, mono()) >= 0) {
        before = current;
        endsAt = monoAfterMs(mono(), WINDOW_MS);
        histogram.reset();
      }
      return Number.isFinite(highest) ? highest : 0;
    },
    stop: () => void histogram.disable(),
  };
};
