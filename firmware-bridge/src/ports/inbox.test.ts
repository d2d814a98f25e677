import { monoNs, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { Arrival } from '../port.ts';
import { createInbox } from './inbox.ts';

const arrival = (length: number): Arrival => ({
  bytes: new Uint8Array(length),
  wall: wallNs(0n),
  mono: monoNs(0n),
});

const bench = (pauseAtBytes: number) => {
  const told: string[] = [];
  const inbox = createInbox({
    pauseAtBytes,
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
  });
  return { inbox, told, reader: inbox.arrivals[Symbol.asyncIterator]() };
};

describe('an inbox', () => {
  it('pauses its source at the stated number of unread bytes and resumes it at half', async () => {
    const { inbox, told, reader } = bench(100);
    for (let i = 0; i < 10; i += 1) inbox.push(arrival(10));
    expect(inbox.unreadBytes).toBe(100);
    inbox.push(arrival(10));
    expect(told).toEqual(['pause']);
    for (let i = 0; i < 5; i += 1) await reader.next();
    expect(told).toEqual(['pause']);
    await reader.next();
    expect(inbox.unreadBytes).toBe(50);
    expect(told).toEqual(['pause', 'resume']);
  });

  it('pauses at many small arrivals too, because each costs more than its bytes', async () => {
    const { inbox, told } = bench(1_000_000);
    for (let i = 0; i < 1023; i += 1) inbox.push(arrival(1));
    expect(told).toEqual([]);
    inbox.push(arrival(1));
    expect(told).toEqual(['pause']);
  });

  it('hands an arrival straight to a reader who waits', async () => {
    const { inbox, told, reader } = bench(1);
    const next = reader.next();
    inbox.push(arrival(500));
    expect((await next).value?.bytes.length).toBe(500);
    expect([inbox.unreadBytes, told]).toEqual([0, []]);
  });

  it('ends after what is unread, and does not wake its source then', async () => {
    const { inbox, told, reader } = bench(10);
    inbox.push(arrival(10));
    inbox.end();
    inbox.push(arrival(10));
    expect((await reader.next()).done).toBe(false);
    expect((await reader.next()).done).toBe(true);
    expect(told).toEqual(['pause']);
  });

  it('ends a reader who waits, and keeps nothing for one who left', async () => {
    const { inbox, reader } = bench(10);
    const next = reader.next();
    await reader.return?.();
    expect((await next).done).toBe(true);
    inbox.push(arrival(5));
    expect(inbox.unreadBytes).toBe(0);
  });

  it('that gathers wakes its reader once a turn, who then finds all that came in it', async () => {
    const inbox = createInbox({
      pauseAtBytes: 100,
      pause: () => undefined,
      resume: () => undefined,
      gathers: true,
    });
    const reader = inbox.arrivals[Symbol.asyncIterator]();
    const next = reader.next();
    inbox.push(arrival(1));
    expect(await Promise.race([next, 'not yet'])).toBe('not yet');
    inbox.push(arrival(2));
    expect((await next).value?.bytes.length).toBe(1);
    expect(inbox.arrivals.take?.()?.bytes.length).toBe(2);
    expect(inbox.arrivals.take?.()).toBeUndefined();
    const last = reader.next();
    inbox.push(arrival(3));
    inbox.end();
    expect((await last).value?.bytes.length).toBe(3);
    expect((await reader.next()).done).toBe(true);
  });

  it('can be read once', () => {
    const { inbox } = bench(10);
    expect(() => inbox.arrivals[Symbol.asyncIterator]()).toThrow(/once/);
  });
});
