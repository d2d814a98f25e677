import { manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { openLog } from './log.ts';
import { supervise, type TaskState } from './supervise.ts';

const setUp = () => {
  const clock = manualClock();
  const lines: string[] = [];
  const log = openLog({ clock, write: (line) => lines.push(line), style: 'systemd', repeatAfterMs: 0 });
  const abort = new AbortController();
  const state: TaskState = { name: 'store', state: 'waiting', restarts: 0, lastWords: '' };
  const parts = { clock, log, signal: abort.signal, backoffMs: 100, backoffMsMax: 1000, deathsMax: 3 };
  return { clock, lines, abort, state, parts };
};

describe('supervise', () => {
  it('runs a task again after it threw, and ends with it', async () => {
    const { clock, state, parts } = setUp();
    let runs = 0;
    const done = supervise(
      state,
      async () => {
        runs += 1;
        if (runs < 3) throw new Error('no luck');
      },
      parts,
    );
    await clock.advance(1000);
    await done;
    expect([runs, state.state, state.restarts]).toEqual([3, 'ended', 2]);
  });

  it('gives a task up that dies at once three times, and says so', async () => {
    const { clock, state, parts, lines } = setUp();
    const done = supervise(state, () => Promise.reject(new Error('broken')), parts);
    await clock.advance(10_000);
    await done;
    expect(state.state).toBe('given-up');
    expect(lines.at(-1)).toContain('given up');
  });

  it('ends without another run when the signal aborts during a wait', async () => {
    const { clock, state, parts, abort } = setUp();
    let runs = 0;
    const done = supervise(
      state,
      () => {
        runs += 1;
        return Promise.reject(new Error('x'));
      },
      parts,
    );
    await clock.advance(1);
    abort.abort(new Error('stop'));
    await done;
    expect([runs, state.state]).toEqual([1, 'ended']);
  });
});

describe('the log', () => {
  it('shows control characters instead of obeying them', () => {
    const { lines, parts } = setUp();
    parts.log.line('info', 'a\nb\u001b[2J');
    expect(lines[0]).toBe('<6>a\\x0ab\\x1b[2J\n');
  });

  it('counts a repeated line instead of writing it', async () => {
    const clock = manualClock();
    const lines: string[] = [];
    const log = openLog({ clock, write: (line) => lines.push(line), style: 'systemd', repeatAfterMs: 1000 });
    for (let i = 0; i < 5; i += 1) log.line('warning', 'away');
    await clock.advance(1001);
    log.line('warning', 'away');
    expect(lines).toEqual(['<4>away\n', '<4>away (4 more since)\n']);
  });
});
