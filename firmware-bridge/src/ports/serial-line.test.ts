import { getEventListeners } from 'node:events';
import { manualClock } from '@outpost/schemas/testing';
import { asciiBytes, asciiText } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type Line, portOverLine } from './serial-line.ts';

/** A line as a kernel would show it, and a hand that pulls it. */
const bench = () => {
  const clock = manualClock();
  const stop = new AbortController();
  const inbound: Uint8Array[] = [];
  const written: string[] = [];
  let wake: ((gone: boolean) => void) | undefined;
  let reads: 'as-usual' | 'nothing' | 'hang-up' | 'error' = 'as-usual';
  let room = Number.POSITIVE_INFINITY;
  let present = true;
  let closes = 0;
  let wakes = 0;
  const ring = (gone: boolean): void => {
    const callback = wake;
    wake = undefined;
    callback?.(gone);
  };
  const line: Line = {
    whenReadable: (callback) => {
      wakes += 1;
      if (inbound.length > 0 || reads !== 'as-usual') queueMicrotask(() => callback(false));
      else wake = callback;
    },
    read: (into) => {
      if (reads === 'hang-up') return 0;
      if (reads === 'error') throw Object.assign(new Error('gone'), { code: 'EIO' });
      const bytes = reads === 'nothing' ? undefined : inbound.shift();
      if (bytes === undefined) return 'again';
      into.set(bytes);
      return bytes.length;
    },
    write: (bytes) => {
      if (reads === 'error') throw Object.assign(new Error('gone'), { code: 'EIO' });
      const count = Math.min(room, bytes.length);
      if (count === 0) return 'again';
      room -= count;
      written.push(asciiText(bytes.subarray(0, count)));
      return count;
    },
    setBaud: (baud) => {
      if (baud > 1_000_000) return Promise.reject(new Error('Invalid argument'));
      written.push(`<${baud}>`);
      return Promise.resolve();
    },
    present: () => Promise.resolve(present),
    close: () => {
      closes += 1;
      return Promise.resolve();
    },
  };
  const port = portOverLine(line, 'serial:///dev/toy', clock, stop.signal, { baud: 38_400, auto: false });
  return {
    clock,
    stop,
    port,
    written,
    counts: () => ({ closes, wakes }),
    say: (text: string) => {
      inbound.push(asciiBytes(text));
      ring(false);
    },
    pollerError: () => ring(true),
    behave: (next: typeof reads) => {
      reads = next;
      ring(false);
    },
    roomFor: (bytes: number) => {
      room = bytes;
    },
    vanish: () => {
      present = false;
    },
  };
};

const { signal: never } = new AbortController();

describe('a port over a serial line', () => {
  it('stamps and hands over what it reads', async () => {
    const all = bench();
    const reader = all.port.arrivals[Symbol.asyncIterator]();
    await all.clock.advance(12);
    all.say('ELM327');
    const { value } = await reader.next();
    expect([asciiText(value?.bytes ?? new Uint8Array()), value?.mono]).toEqual(['ELM327', all.clock.mono()]);
  });

  it.each(['hang-up', 'error'] as const)('ends at once when a read says %s', async (how) => {
    const all = bench();
    all.behave(how);
    expect(await all.port.closed).toMatchObject({ kind: 'unreachable', code: 'serial.unplugged' });
    expect(all.counts().closes).toBe(1);
  });

  it('ends at once when the poller says that the line is dead, and once only', async () => {
    const all = bench();
    all.pollerError();
    all.pollerError();
    all.behave('hang-up');
    expect((await all.port.closed).code).toBe('serial.unplugged');
    await all.port[Symbol.asyncDispose]();
    await all.port[Symbol.asyncDispose]();
    expect(all.counts().closes).toBe(1);
    // Thousands of ports come and go below one signal of the program.
    expect(getEventListeners(all.stop.signal, 'abort')).toEqual([]);
    expect(all.clock.sleeping).toBe(0);
  });

  it('ends within a second when its path leads elsewhere and the line says nothing', async () => {
    const all = bench();
    await all.clock.advance(5_500);
    all.vanish();
    await all.clock.advance(499);
    expect(await Promise.race([all.port.closed, 'open'])).toBe('open');
    await all.clock.advance(1);
    expect((await all.port.closed).code).toBe('serial.unplugged');
  });

  it('ends a line that wakes for ever without a byte, instead of burning the processor', async () => {
    const all = bench();
    all.behave('nothing');
    expect((await all.port.closed).code).toBe('serial.spinning');
    expect(all.counts().wakes).toBeLessThan(3_000);
    expect(all.counts().closes).toBe(1);
  });

  it('bears a line on which somebody else steals bytes now and then', async () => {
    const all = bench();
    for (let second = 0; second < 10; second += 1) {
      for (let i = 0; i < 500; i += 1) {
        all.behave('nothing');
        all.behave('as-usual');
        await Promise.resolve();
      }
      await all.clock.advance(1_000);
    }
    expect(await Promise.race([all.port.closed, 'open'])).toBe('open');
  });

  it('writes whole chunks in the order of the calls while the line takes them in pieces', async () => {
    const all = bench();
    all.roomFor(4);
    const first = all.port.write(asciiBytes('abcdef'), never);
    const second = all.port.write(asciiBytes('ghi'), never);
    await all.clock.advance(100);
    expect(all.written.join('')).toBe('abcd');
    all.roomFor(3);
    await all.clock.advance(5);
    all.roomFor(100);
    await all.clock.advance(5);
    expect([(await first).ok, (await second).ok, all.written.join('')]).toEqual([true, true, 'abcdefghi']);
  });

  it('refuses to queue writes without end', async () => {
    const all = bench();
    all.roomFor(0);
    const stop = new AbortController();
    const writes = Array.from({ length: 200 }, () => all.port.write(asciiBytes('x'), stop.signal));
    const settled = Promise.allSettled(writes);
    await all.clock.advance(1);
    stop.abort(new Error('enough'));
    const outcomes = await settled;
    const refused = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(refused.length).toBeGreaterThan(100);
    expect(refused[0]).toMatchObject({ value: { fault: { code: 'serial.stalled' } } });
  });

  it('fails a write on a dead line and closes it', async () => {
    const all = bench();
    const reason = new Error('enough');
    await expect(all.port.write(asciiBytes('x'), AbortSignal.abort(reason))).rejects.toBe(reason);
    all.roomFor(0);
    const waiting = all.port.write(asciiBytes('x'), never);
    await all.clock.advance(1);
    all.pollerError();
    await all.clock.advance(5);
    expect(await waiting).toMatchObject({ fault: { code: 'serial.unplugged' } });
    const other = bench();
    other.behave('error');
    expect(await other.port.write(asciiBytes('x'), never)).toMatchObject({
      fault: { code: 'serial.unplugged' },
    });
  });

  it('stops reading at a bound while nobody reads, still notices the unplugging, and loses nothing', async () => {
    const all = bench();
    const chunk = 'x'.repeat(4096);
    for (let i = 0; i < 40; i += 1) all.say(chunk);
    await all.clock.advance(10);
    const before = all.counts().wakes;
    await all.clock.advance(900);
    expect(all.counts().wakes).toBe(before);
    const reader = all.port.arrivals[Symbol.asyncIterator]();
    for (let i = 0; i < 16; i += 1) expect((await reader.next()).value?.bytes.length).toBe(4096);
    await all.clock.advance(1);
    expect(all.counts().wakes).toBeGreaterThan(before);
    for (let i = 16; i < 40; i += 1) expect((await reader.next()).value?.bytes.length).toBe(4096);

    for (let i = 0; i < 40; i += 1) all.say(chunk);
    all.vanish();
    await all.clock.advance(2_000);
    expect((await all.port.closed).code).toBe('serial.unplugged');
  });

  it('is closed by the abort of its context', async () => {
    const all = bench();
    all.stop.abort();
    expect((await all.port.closed).code).toBe('port.closed');
    expect(all.counts().closes).toBe(1);
    expect(all.clock.sleeping).toBe(0);
  });

  it('changes its rate when it is told to, and says why where it cannot', async () => {
    const { port, written, stop } = bench();
    expect(port.rate).toEqual({ baud: 38_400, auto: false });
    expect(await port.setBaud?.(115_200, stop.signal)).toEqual({ ok: true });
    expect(written).toEqual(['<115200>']);
    expect(await port.setBaud?.(2_000_000, stop.signal)).toMatchObject({
      ok: false,
      fault: { kind: 'unreachable', code: 'serial.baud' },
    });
    await port[Symbol.asyncDispose]();
    expect(await port.setBaud?.(115_200, stop.signal)).toMatchObject({ ok: false });
  });
});
