import { type Clock, elapsedMs } from '@outpost/schemas/words';
import type { Log } from './log.ts';

export interface Supervision {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** First wait after a death; doubles up to `backoffMsMax`, and starts anew after a minute of life. */
  readonly backoffMs: number;
  readonly backoffMsMax: number;
}

/** What is run again after it threw. */
export interface Supervised {
  run(signal: AbortSignal): Promise<void>;
  /**
   * Told of each death before the next start. Gives one sentence where it was one too many at the same input: the task
   * will step around that.
   */
  died?(words: string): Promise<string | undefined>;
}

export interface TaskState {
  readonly name: string;
  state: 'running' | 'waiting' | 'ended';
  restarts: number;
  /** Inputs that it failed at again and again and steps around now. */
  setAside: number;
  lastWords: string;
}

export const newTaskState = (name: string): TaskState => ({
  name,
  state: 'waiting',
  restarts: 0,
  setAside: 0,
  lastWords: '',
});

const STABLE_MS = 60_000;
const DOUBLINGS_MAX = 16;

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Runs a task again after it threw (a Bug), with backoff, for as long as it takes: a box in the field has nobody who
 * would start it again. Resolves when the task ends by itself or when the signal aborts.
 */
export const supervise = async (
  state: TaskState,
  task: Supervised,
  { clock, log, signal, backoffMs, backoffMsMax }: Supervision,
): Promise<void> => {
  let deaths = 0;
  while (!signal.aborted) {
    const started = clock.mono();
    try {
      state.state = 'running';
      await task.run(signal);
      state.state = 'ended';
      return;
    } catch (error) {
      if (signal.aborted) break;
      deaths = elapsedMs(started, clock.mono()) >= STABLE_MS ? 1 : deaths + 1;
      state.state = 'waiting';
      state.restarts += 1;
      state.lastWords = wordsOf(error);
      log.line('error', `${state.name} failed: ${state.lastWords}${bugTrace(error)}`);
      const stepped = await task.died?.(state.lastWords);
      if (stepped !== undefined) {
        deaths = 1;
        state.setAside += 1;
        state.lastWords = stepped;
        log.line('error', `${state.name}: ${stepped}`);
      }
    }
    const waitMs = Math.min(backoffMs * 2 ** Math.min(deaths - 1, DOUBLINGS_MAX), backoffMsMax);
    await clock.sleep(waitMs, signal).catch(() => undefined);
  }
  state.state = 'ended';
};

/** A Bug is for the developers, so its place in the code belongs into the log; a person reads the first words. */
export const bugTrace = (error: unknown): string => {
  const frame = error instanceof Error ? error.stack?.split('\n')[1]?.trim() : undefined;
  return frame === undefined
    ? ''
    : ` [bug, ${frame.replace(/\(?file:\/\/.*\/(?=[^/]+\/(?:dist|src)\/)/, '(')}]`;
};
