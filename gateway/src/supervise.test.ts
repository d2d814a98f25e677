import { manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { openLog } from './log.ts';
import { newTaskState, type Supervised, supervise } from './supervise.ts';
import { newSuspects, PLACES_MAX } from './suspects.ts';

const setUp = () => {
  const clock = manualClock();
  const lines: string[] = [];
  const log = openLog({ clock, write: (line) => lines.push(line), style: 'systemd', repeatAfterMs: 0 });
  const abort = new AbortController();
  const state = newTaskState('store');
  const parts = { clock, log, signal: abort.signal, backoffMs: 100, backoffMsMax: 1000 };
  return { clock, lines, abort, state, parts };
};

describe('supervise', () => {
  it('runs a task again after it threw, and ends with it', async () => {
    const { clock, state, parts } = setUp();
    let runs = 0;
    const run = async (): Promise<void> => {
      runs += 1;
      if (runs < 3) throw new Error('no luck');
    };
    const done = supervise(state, { run }, parts);
    await clock.advance(1000);
    await done;
    expect([runs, state.state, state.restarts]).toEqual([3, 'ended', 2]);
  });

  it('never gives a task up: one that dies at once is started ever more seldom, and the status says why', async () => {
    const { clock, state, parts, abort } = setUp();
    const starts: number[] = [];
    const begun = clock.mono();
    const run = async (): Promise<void> => {
      starts.push(Number((clock.mono() - begun) / 1_000_000n));
      throw new Error('broken');
    };
    const done = supervise(state, { run }, parts);
    await clock.advance(3600);
    expect(starts).toEqual([0, 100, 300, 700, 1500, 2500, 3500]);
    expect(state).toMatchObject({ state: 'waiting', lastWords: 'broken', setAside: 0 });
    abort.abort(new Error('stop'));
    await done;
  });

  it('steps around the input at which it died three times, counts it and says so', async () => {
    const { clock, state, parts, lines } = setUp();
    const suspects = newSuspects<string>((input) => input);
    const inputs = ['a', 'poison', 'b', 'poison', 'c'];
    const taken: string[] = [];
    const run: Supervised['run'] = async () => {
      for (const input of inputs) {
        suspects.at(input);
        if (suspects.isGivenUp(input)) continue;
        if (input === 'poison') throw new Error('cannot take it');
        taken.push(input);
      }
    };
    const died = async (): Promise<string | undefined> => {
      const place = suspects.died();
      return place === undefined ? undefined : `${place} is set aside`;
    };
    const done = supervise(state, { run, died }, parts);
    await clock.advance(2_000);
    await done;
    expect(taken).toEqual(['a', 'a', 'a', 'a', 'b', 'c']);
    expect(state).toMatchObject({
      state: 'ended',
      restarts: 3,
      setAside: 1,
      lastWords: 'poison is set aside',
    });
    expect(lines.at(-1)).toContain('store: poison is set aside');
  });

  it('ends without another run when the signal aborts during a wait', async () => {
    const { clock, state, parts, abort } = setUp();
    let runs = 0;
    const run = (): Promise<void> => {
      runs += 1;
      return Promise.reject(new Error('x'));
    };
    const done = supervise(state, { run }, parts);
    await clock.advance(1);
    abort.abort(new Error('stop'));
    await done;
    expect([runs, state.state]).toEqual([1, 'ended']);
  });
});

describe('suspects', () => {
  it('blame nothing for a death at no place in particular, nor a place for deaths elsewhere', () => {
    const suspects = newSuspects<number>(String);
    const dieAt = (place: number | undefined): number | undefined => {
      suspects.at(place);
      return suspects.died();
    };
    expect([1, 2, 1, undefined, 2].map(dieAt)).toEqual(Array(5).fill(undefined));
    // A place is blamed once for having been there.
    expect([suspects.died(), suspects.died()]).toEqual([undefined, undefined]);
    expect([dieAt(2), suspects.isGivenUp(2), suspects.isGivenUp(1)]).toEqual([2, true, false]);
  });

  it('remember a bounded number of places, the latest', () => {
    const suspects = newSuspects<number>(String);
    const dieAt = (place: number): number | undefined => {
      suspects.at(place);
      return suspects.died();
    };
    for (let round = 0; round < 2; round += 1) dieAt(7);
    for (let place = 100; place < 100 + PLACES_MAX; place += 1) dieAt(place);
    expect(dieAt(7)).toBeUndefined();
    expect(dieAt(100 + PLACES_MAX - 1)).toBeUndefined();
    expect(dieAt(100 + PLACES_MAX - 1)).toBe(100 + PLACES_MAX - 1);
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
