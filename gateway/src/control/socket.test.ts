import { existsSync } from 'node:fs';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { askControl, controlPath, serveControl } from './socket.ts';

const ROUTES = { shows: { '/status': () => '{"up":1}' }, takes: {} };

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

  it('takes what it has a route for by POST, says what is wrong with it, and takes no more than it says', async () => {
    await using directory = await scratch();
    const stopping = new AbortController();
    const take = async (body: string): Promise<Result<string>> => {
      if (body === 'bug') throw new Error('impossible');
      return body === 'no'
        ? fail(fault('malformed', 'x', 'x', 'it says "no".'))
        : ok(`{"took":${body.length}}`);
    };
    await serveControl(directory.path, { shows: {}, takes: { '/take': take } }, stopping.signal);
    const ask = (route: string, body?: string) => askControl(directory.path, route, 5_000, body);
    expect(await ask('/take', 'x'.repeat(65_536))).toEqual({ ok: true, value: '{"took":65536}' });
    expect(await ask('/take', 'no')).toMatchObject({ fault: { kind: 'refused', words: 'it says "no".' } });
    expect(await ask('/take', 'x'.repeat(65_537))).toMatchObject({
      fault: { words: 'takes 65536 bytes at most' },
    });
    expect(await ask('/take', 'bug')).toMatchObject({ fault: { words: 'impossible' } });
    expect(await ask('/take')).toMatchObject({ fault: { words: 'answered 404.' } });
    expect(await ask('/other', 'x')).toMatchObject({ fault: { words: 'answered 404.' } });
    stopping.abort();
  });

  it('of a program that was told to stop while it was starting does not keep it alive', async () => {
    await using directory = await scratch();
    const stopped = AbortSignal.abort(new Error('Ctrl-C'));
    await serveControl(directory.path, ROUTES, stopped);
    expect(existsSync(controlPath(directory.path))).toBe(false);
    expect(await askControl(directory.path, '/status', 5_000)).toMatchObject({ ok: false });
  });
});
