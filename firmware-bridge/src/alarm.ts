import { type Clock, elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { abortScope } from './abort-scope.ts';

/** The longest sleep that Node's timers can count. */
const SLEEP_MAX_MS = 2 ** 31 - 1;

/**
 * Waking up this much late means that the event loop was blocked: what is due may be waiting in a socket's buffer,
 * unread. One more turn of the loop tells.
 */
const LATE_MS = 20;
const TURN_MS = 1;

/** One deadline that may be moved at any time, at the cost of a comparison. */
export interface Alarm {
  /** Undefined: never. */
  set(at: MonoNs | undefined): void;
  readonly at: MonoNs | undefined;
  /** Whether the deadline has passed; asking is free. */
  readonly due: boolean;
  /** No more calls after this. */
  stop(): void;
}

/** `wake` is called when the deadline passes, and possibly once too often: ask `due`. */
export const createAlarm = (clock: Clock, signal: AbortSignal, wake: () => void): Alarm => {
  const scope = abortScope(signal);
  let at: MonoNs | undefined;
  let passed = false;
  let sleep: { readonly until: MonoNs; cancel(): void } | undefined;

  const woken = (late: boolean): void => {
    sleep = undefined;
    if (at === undefined || scope.signal.aborted) return;
    const leftMs = elapsedMs(clock.mono(), at);
    if (leftMs > 0) {
      begin(at, leftMs);
    } else if (!late && -leftMs > LATE_MS) {
      begin(at, TURN_MS, true);
    } else {
      passed = true;
      wake();
    }
  };

  const begin = (until: MonoNs, ms: number, late = false): void => {
    const own = abortScope(scope.signal);
    const mine = { until, cancel: () => own.abort() };
    sleep = mine;
    clock.sleep(Math.min(ms, SLEEP_MAX_MS), own.signal).then(
      () => {
        own.release();
        if (sleep === mine) woken(late);
      },
      () => own.release(),
    );
  };

  return {
    set: (next) => {
      at = next;
      passed = false;
      if (next === undefined || scope.signal.aborted) return;
      // A sleep that ends earlier will notice that the deadline moved on; most never need a second one.
      if (sleep !== undefined && sleep.until <= next) return;
      sleep?.cancel();
      begin(next, Math.max(0, elapsedMs(clock.mono(), next)));
    },
    get at() {
      return at;
    },
    get due() {
      return passed;
    },
    stop: () => {
      at = undefined;
      passed = false;
      sleep = undefined;
      scope.release();
      scope.abort();
    },
  };
};
