import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { askControl, controlPath, serveControl } from './socket.ts';

const ROUTES = { '/status': () => '{"up":1}' };

describe('the control socket', () => {
  it('answers what it has a route for until it is told to stop, and leaves nothing behind', async () => {
    await using directory = await scratch();
    const stopping = new AbortController();
    expect(await serveControl(directory.path, ROUTES, stopping.signal)).toEqual({
      ok: true,
      value: undefined,
    });
    expect(await askControl(directory.path, '/status', 5_000)).toEqual({ ok: true, value: '{"up":1}' });
    expect(await askControl(directory.path, '/other', 5_000)).toMatchObject({ ok: false });
    stopping.abort();
    expect(existsSync(controlPath(directory.path))).toBe(false);
    expect(await askControl(directory.path, '/status', 5_000)).toMatchObject({ ok: false });
  });

  it('of a program that was told to stop while it was starting does not keep it alive', async () => {
    await using directory = await scratch();
    const stopped = AbortSignal.abort(new Error('Ctrl-C'));
    await serveControl(directory.path, ROUTES, stopped);
    expect(existsSync(controlPath(directory.path))).toBe(false);
    expect(await askControl(directory.path, '/status', 5_000)).toMatchObject({ ok: false });
  });
});
