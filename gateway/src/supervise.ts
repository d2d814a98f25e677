import { type Clock, elapsedMs } from '@outpost/schemas/words';
import type { Log } from './log.ts';

export interface Supervision {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** First wait after a death; doubles up to `backoffMsMax`, and starts anew after a minute of life. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
  /** Deaths in a row, each within a minute of its start, after which the task is given up. */
  readonly deathsMax: number;
}

export interface TaskState {
  readonly name: string;
  state: 'running' | 'waiting' | 'given-up' | 'ended';
  restarts: number;
  lastWords: string;
}

const STABLE_MS = 60_000;

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs a task again after it threw (a Bug), with backoff. Resolves when the task ends by itself, when the signal
 * aborts, or when it died too often: the others go on and the status says so.
 */
export const supervise = async (
  state: TaskState,
  task: (signal: AbortSignal) => Promise<void>,
  { clock, log, signal, backoffMs, backoffMsMax, deathsMax }: Supervision,
): Promise<void> => {
  let deaths = 0;
  while (!signal.aborted) {
    const started = clock.mono();
    try {
      state.state = 'running';
      await task(signal);
      state.state = 'ended';
      return;
    } catch (error) {
      if (signal.aborted) break;
      deaths = elapsedMs(started, clock.mono()) >= STABLE_MS ? 1 : deaths + 1;
      state.restarts += 1;
      state.lastWords = words(error);
      log.line('error', `${state.name} failed: ${state.lastWords}${bugTrace(error)}`);
    }
    if (deaths >= deathsMax) {
      state.state = 'given-up';
      log.line(
        'error',
        `${state.name} failed ${deaths} times in a row and is given up; restart the gateway to try again.`,
      );
      return;
    }
    state.state = 'waiting';
    await clock.sleep(Math.min(backoffMs * 2 ** (deaths - 1), backoffMsMax), signal).catch(() => undefined);
  }
  state.state = 'ended';
};

/** A Bug is for the developers, so its place in the code belongs into the log; a person reads the first words. */
const bugTrace = (error: unknown): string => {
  const frame = error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined;
  return frame === undefined
    ? ''
    : ` [bug, ${frame.replace(/\(?file:\/\/.*\/(?=[^/]+\/(?:dist|src)\/)/, '(')}]`;
};
