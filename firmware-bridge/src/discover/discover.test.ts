import { createServer } from 'node:net';
import { manualClock } from '@outpost/schemas/testing';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { acceptsConnection } from './accepts-connection.ts';
import { discover } from './index.ts';

const { signal: never } = new AbortController();

describe('discovery', () => {
  it('tells what could be attached to this very machine', async () => {
    const found = await discover({ clock: systemClock(), signal: never });
    for (const { words, certainty } of found) {
      expect(words).toMatch(/^\S+: .*\.$/);
      expect(['known', 'possible', 'seen']).toContain(certainty);
    }
    const ranks = found.map(({ certainty }) => ['known', 'possible', 'seen'].indexOf(certainty));
    expect(ranks).toEqual([...ranks].sort());
  });

  it('opens a connection, writes not one byte and closes it', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const heard = new Promise<number>((resolve) => {
      server.once('connection', (socket) => {
        let bytes = 0;
        socket.on('data', (chunk) => {
          bytes += chunk.length;
        });
        socket.once('close', () => resolve(bytes));
      });
    });
    expect(await acceptsConnection('127.0.0.1', port, { clock: systemClock(), signal: never })).toBe(true);
    expect(await heard).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    expect(await acceptsConnection('127.0.0.1', port, { clock: systemClock(), signal: never })).toBe(false);
  });

  it('waits a second for an answer and no longer, and stops at an abort', async () => {
    const clock = manualClock();
    const late = acceptsConnection('127.0.0.1', 9, { clock, signal: never });
    await clock.advance(1_000);
    expect(await late).toBe(false);
    const aborted = AbortSignal.abort(new Error('enough'));
    await expect(discover({ clock, signal: aborted })).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });
});
