import { createServer, type Server, type Socket } from 'node:net';
import { type Adapter, defineAdapter, systemClock, type Wire } from '@outpost/firmware-bridge';
import { parseConfig } from '@outpost/schemas/config';
import { asciiBytes, asciiText, ok } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { openLog } from '../log.ts';
import { KIND, readAside, readHappening } from '../record/entry.ts';
import { newRecordTally } from '../record/tally.ts';
import { newTaskState, supervise } from '../supervise.ts';
import { newDeviceView } from './device.ts';
import { openParts } from './open.ts';
import { deviceTask } from './tasks.ts';

const LF = 0x0a;

const lines: Wire<string> = {
  tailMaxBytes: 64,
  cut(tail, chunk) {
    const all = Uint8Array.from([...tail, ...chunk]);
    const frames: Uint8Array[] = [];
    let from = 0;
    for (let at = all.indexOf(LF); at >= 0; at = all.indexOf(LF, from)) {
      frames.push(all.slice(from, at));
      from = at + 1;
    }
    return { frames, tail: all.slice(from), discardedBytes: 0 };
  },
  decode: (frame) => [{ raw: frame, result: ok(asciiText(frame)) }],
  encode: asciiBytes,
};

/** An adapter with a Bug: it dies of the line `boom`. */
const toy: Adapter = defineAdapter({
  name: 'toy',
  check: () => ok(undefined),
  codec: { command: lines, event: lines },
  session: () => ({
    initial: 0,
    step(state: number, input) {
      const quiet = { state, commands: [], whenKept: [], silenceAfterMs: undefined };
      if (input.kind !== 'event') return { ...quiet, said: [], fates: [] };
      if (input.event === 'boom') throw new Error('no such thing as boom');
      const body = { kind: 'number', signal: 1, mantissa: Number(input.event), ecu: 0 } as const;
      const said = [{ body, raw: input.raw, origin: 'live' as const }];
      return { ...quiet, said, fates: [{ kind: 'observed' as const }] };
    },
  }),
});

/** Says the same to whoever connects. */
const speaker = async (words: string): Promise<Server & AsyncDisposable> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.write(words);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
};

const openDevice = async (directory: string, port: string, signal: AbortSignal) => {
  const clock = systemClock();
  const device = { name: 'car', adapter: 'toy', port };
  const parsed = parseConfig({ dataDirectory: directory, keyKind: 'demo', devices: [device] }, 'test');
  const [config] = parsed.ok ? parsed.value.devices : [];
  if (!parsed.ok || config === undefined) throw new Error('the test configuration is wrong');
  const said: string[] = [];
  const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: (line) => void said.push(line) });
  const opened = await openParts({ config: parsed.value, clock, log, signal }, () => undefined);
  if (!opened.ok) throw new Error(opened.fault.words);
  const view = newDeviceView(config);
  const tally = newRecordTally();
  const task = deviceTask(
    { config: parsed.value, clock, log },
    opened.value,
    { config, adapter: toy },
    view,
    tally,
  );
  const supervision = { clock, log, signal, backoffMs: 5, backoffMsMax: 5 };
  return { clock, said, journal: opened.value.journal, view, tally, task, supervision };
};

describe('a device at one of whose inputs the adapter dies', () => {
  it('is read again, loses only that input, and journal, counts and status say so', async () => {
    await using directory = await scratch();
    await using server = await speaker('1\nboom\n2\n');
    const address = server.address();
    const port = `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const stopping = new AbortController();
    const { clock, said, journal, view, tally, task, supervision } = await openDevice(
      directory.path,
      port,
      stopping.signal,
    );
    const state = newTaskState(task.name);
    const running = supervise(state, task, supervision);
    for (let tries = 0; view.tally.quarantined === 0 || tally.waiting > 0; tries += 1) {
      if (tries > 1_000) throw new Error(`in vain: ${said.join('')}`);
      await clock.sleep(10, stopping.signal);
    }
    expect(state).toMatchObject({ state: 'running', restarts: 3, setAside: 1 });
    expect(state.lastWords).toMatch(/^the 4 bytes 626f6f6d are quarantined unread.*no such thing as boom$/);
    stopping.abort(new Error('the test is over'));
    await running;

    // Each of three dialogues ended at the second of three lines; the fourth went on to the third.
    expect(view.tally).toMatchObject({ items: 12, observed: 5, quarantined: 1 });
    expect([...view.tally.dropped]).toEqual([['dialogue-ended', 6]]);
    expect(tally.quarantined).toBe(1);
    const asides: string[] = [];
    const events: string[] = [];
    for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
      const aside = kind === KIND.quarantined ? readAside(bytes) : undefined;
      if (aside?.ok) asides.push(`${aside.value.device} ${aside.value.code} ${asciiText(aside.value.raw)}`);
      const event = kind === KIND.event ? readHappening(bytes) : undefined;
      if (event?.ok && event.value.what === 'set-aside') events.push(event.value.words);
    }
    await journal[Symbol.asyncDispose]();
    expect(asides).toEqual(['car device.set-aside boom']);
    expect(events).toEqual([state.lastWords]);
  });
});
