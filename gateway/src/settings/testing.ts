import { outpostApart } from '../cli/apart.ts';
import { createSessions } from '../page/logins.ts';
import type { Attached } from './attached.ts';
import type { BoxControls } from './box-controls.ts';

/** What tells of restarts: how many there were, and when the next one comes. */
export interface Restarts {
  readonly count: number;
  /** Resolves with the next one that nobody waited for yet. */
  next(): Promise<void>;
}

/** Nothing is plugged in, and nothing ever will be. */
const NOTHING: Attached = {
  lines: [],
  version: 0,
  expect: () => Promise.resolve(),
  watch: () => new Promise(() => undefined),
};

/** A box whose commands are real, and whose restarts only count. */
export const newBox = (configPath: string, attached: Attached = NOTHING) => {
  const said: string[] = [];
  const waiting: (() => void)[] = [];
  let [count, told] = [0, 0];
  const restarts: Restarts = {
    get count() {
      return count;
    },
    next: () =>
      new Promise((resolve) => {
        told += 1;
        if (told <= count) resolve();
        else waiting.push(resolve);
      }),
  };
  const { signal } = new AbortController();
  const box: BoxControls = {
    configPath,
    restart: () => {
      count += 1;
      waiting.shift()?.();
    },
    sessions: createSessions(),
    lines: () => said,
    attached,
    outpost: (args, env = {}) => outpostApart(args, { env: { ...process.env, ...env }, signal }),
  };
  return { box, restarts, said };
};
