import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@outpost/schemas/testing';
import { asciiText, elapsedMs, type Result } from '@outpost/schemas/words';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Port } from '../port.ts';
import { openPort } from './index.ts';

const root = mkdtempSync(join(tmpdir(), 'outpost-replay-'));
afterAll(() => rmSync(root, { recursive: true }));

const record = (name: string, lines: readonly string[]): string => {
  const file = join(root, name);
  writeFileSync(file, lines.join('\n'));
  return `replay://${file}`;
};

const { signal: never } = new AbortController();
const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

const opened = (result: Result<Port>): Port => {
  if (!result.ok) throw new Error(result.fault.words);
  return result.value;
};

const DRIVE = [
  `{"ms":0,"hex":"${hex('one')}"}`,
  '',
  `{"ms":1000.5,"hex":"${hex('two')}"}`,
  `{"ms":1000.5,"hex":"${hex('three').toUpperCase()}"}`,
  `{"ms":4000,"hex":"${hex('four')}"}`,
  // The line end lets the last line be read with the others, so that the tests' clock cannot overtake the disk.
  '',
];

/** Everything a recording says, with its time, as the clock is moved on until it is over. */
const listen = async (uri: string) => {
  const clock = manualClock();
  const port = opened(await openPort(uri, { clock, signal: never }));
  const start = clock.mono();
  const heard: (readonly [number, string])[] = [];
  let over = false;
  const reading = (async () => {
    for await (const { bytes, mono } of port.arrivals) heard.push([elapsedMs(start, mono), asciiText(bytes)]);
    over = true;
  })();
  while (!over) {
    // Files are read by the event loop, not by the clock.
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(50);
  }
  await reading;
  return { port, heard };
};

describe('a recording', () => {
  it('plays with the distances in time it was recorded with, and is then over for good', async () => {
    const { port, heard } = await listen(record('drive.jsonl', DRIVE));
    const [first] = heard;
    const beginning = first?.[0] ?? Number.NaN;
    expect(heard.map(([ms, text]) => [ms - beginning, text])).toEqual([
      [0, 'one'],
      [1_000.5, 'two'],
      [1_000.5, 'three'],
      [4_000, 'four'],
    ]);
    expect(await port.closed).toMatchObject({ kind: 'refused', code: 'replay.ended' });
    await port[Symbol.asyncDispose]();
  });

  it('plays faster on demand', async () => {
    const { heard } = await listen(`${record('fast.jsonl', DRIVE)}?speed=10`);
    expect(heard.map(([ms]) => Math.round(ms - (heard[0]?.[0] ?? 0)))).toEqual([0, 100, 100, 400]);
  });

  it('says of itself that it is one', async () => {
    const port = opened(
      await openPort(record('origin.jsonl', DRIVE), { clock: systemClock(), signal: never }),
    );
    expect(port.origin).toBe('replayed');
    expect((await port.write(Uint8Array.of(1), never)).ok).toBe(true);
    await port[Symbol.asyncDispose]();
    expect(await port.closed).toMatchObject({ code: 'port.closed' });
    expect(await port.write(Uint8Array.of(1), never)).toMatchObject({ fault: { code: 'port.closed' } });
  });

  it.each([
    ['no JSON', '{"ms":1'],
    ['another thing', '[1,"00"]'],
    ['no time', '{"hex":"00"}'],
    ['a time before the beginning', '{"ms":-1,"hex":"00"}'],
    ['a time that goes back', '{"ms":3,"hex":"00"}'],
    ['odd digits', '{"ms":9,"hex":"0"}'],
    ['no bytes', '{"ms":9,"hex":""}'],
    ['far too much', `{"ms":9,"hex":"${'00'.repeat(200_000)}"}`],
  ])('names the line that is none: %s', async (name, line) => {
    const uri = record(`bad-${name.replaceAll(' ', '-')}.jsonl`, ['{"ms":5,"hex":"6f6b"}', line]);
    const port = opened(await openPort(`${uri}?speed=1000`, { clock: systemClock(), signal: never }));
    const heard: string[] = [];
    for await (const { bytes } of port.arrivals) heard.push(asciiText(bytes));
    expect(heard).toEqual(['ok']);
    const why = await port.closed;
    expect(why).toMatchObject({ kind: 'misconfigured', code: 'replay.bad-line' });
    expect(why.words).toMatch(/^line 2 is not a recorded arrival/);
  });

  it('is read in pieces, however long it is', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `{"ms":0,"hex":"${hex(`reading ${i}`)}"}`);
    const port = opened(await openPort(record('long.jsonl', lines), { clock: systemClock(), signal: never }));
    let count = 0;
    for await (const { bytes } of port.arrivals) {
      if (asciiText(bytes) !== `reading ${count}`) break;
      count += 1;
    }
    expect(count).toBe(20_000);
    await port[Symbol.asyncDispose]();
  });

  it('says in a sentence that there is no such file, or that it is none', async () => {
    const context = { clock: systemClock(), signal: never };
    expect(await openPort(`replay://${root}/absent.jsonl`, context)).toMatchObject({
      fault: { kind: 'misconfigured', code: 'replay.absent' },
    });
    const directory = await openPort(`replay://${root}`, context);
    if (directory.ok) {
      for await (const _ of directory.value.arrivals) throw new Error('a directory said something');
      expect(await directory.value.closed).toMatchObject({
        kind: 'misconfigured',
        code: 'replay.unreadable',
      });
    }
  });

  it('stops at an abort, in the middle of a wait', async () => {
    const stop = new AbortController();
    const clock = manualClock();
    const port = opened(await openPort(record('stop.jsonl', DRIVE), { clock, signal: stop.signal }));
    const reader = port.arrivals[Symbol.asyncIterator]();
    expect((await reader.next()).done).toBe(false);
    const next = reader.next();
    stop.abort(new Error('enough'));
    expect((await next).done).toBe(true);
    expect((await port.closed).code).toBe('port.closed');
    expect(clock.sleeping).toBe(0);
  });
});
