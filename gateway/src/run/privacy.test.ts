import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { nmeaCodec } from '@outpost/firmware-bridge/wires';
import { parseConfig } from '@outpost/schemas/config';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { asciiText, type Body } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { scratch } from '../journal/testing.ts';
import { openLog } from '../log.ts';
import { originOfKind } from '../record/entry.ts';
import { newRecordTally } from '../record/tally.ts';
import { newTaskState, supervise } from '../supervise.ts';
import { checkDevice, newDeviceView } from './device.ts';
import { openParts } from './open.ts';
import { deviceTask } from './tasks.ts';

const INSIDE = 10_000;
const OUTSIDE = 200;
const DAMAGED = 500;
const HOME = { name: 'home', latitude: 47.123_456_7, longitude: -11.765_432_1, radiusM: 800 };

/** Uniform within ± `spread` degrees around the zone's centre; the same at every run. */
const places = (count: number, spread: number, seed: number) => {
  let state = seed;
  const draw = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return Array.from({ length: count }, () => ({
    latitude: Math.round((HOME.latitude + draw() * spread) * 1e7),
    longitude: Math.round((HOME.longitude + draw() * spread) * 1e7),
  }));
};

const sentence = (
  place: { readonly latitude: number; readonly longitude: number },
  index: number,
): string => {
  const time = `${String(Math.floor(index / 3600) % 24).padStart(2, '0')}${String(Math.floor(index / 60) % 60).padStart(2, '0')}${String(index % 60).padStart(2, '0')}`;
  const rest = { speedCmS: undefined, courseCdeg: undefined, at: undefined };
  return asciiText(
    nmeaCodec.event.encode({ kind: 'rmc', talker: 'GP', time, mode: 'autonomous', place, ...rest }),
  );
};

/** 0.004° are 445 m north and 303 m east here: every one of them lies inside. */
const inside = places(INSIDE, 0.004, 1);
const outside = places(OUTSIDE, 0.004, 2).map(({ latitude, longitude }) => ({
  latitude: latitude + 500_000,
  longitude,
}));

/** A damaged sentence still shows where it was; every second one has lost its end as well. */
const damage = (text: string, index: number): string =>
  index % 2 === 0 ? text.replace('*', '*0') : `${text.slice(0, 40)}\n`;

const speaker = async (text: string): Promise<Server & AsyncDisposable> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, {
    [Symbol.asyncDispose]: async () => {
      server.close();
    },
  });
};

const everyFile = async (directory: string): Promise<readonly string[]> => {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

/** Minutes with four digits behind the point: what of a coordinate would give it away in a text. */
const tellTales = (texts: readonly string[]): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => [...text.matchAll(/,(\d{4,5}\.\d{4})/g)].map(([, angle]) => angle ?? '')));

describe('a receiver inside a privacy zone', () => {
  it(`leaves no coordinate of ${INSIDE} random points on the disk or in the log, damaged sentences included`, async () => {
    await using directory = await scratch();
    const secret = inside.map(sentence);
    const open = outside.map(sentence);
    const damaged = secret.slice(0, DAMAGED).map(damage);
    await using server = await speaker([...secret, ...damaged, ...open].join(''));
    const address = server.address();
    const port = `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const device = { name: 'gps', adapter: 'nmea', port, options: { everyMs: 0 } };
    const parsed = parseConfig(
      { dataDirectory: directory.path, keyKind: 'demo', devices: [device], privacy: { zones: [HOME] } },
      'test',
    );
    const [config] = parsed.ok ? parsed.value.devices : [];
    if (!parsed.ok || config === undefined) throw new Error('the test configuration is wrong');
    const clock = systemClock();
    const said: string[] = [];
    const log = openLog({ clock, style: 'time', repeatAfterMs: 0, write: (line) => void said.push(line) });
    const stopping = new AbortController();
    const { signal } = stopping;
    const opened = await openParts({ config: parsed.value, clock, log, signal }, () => undefined);
    if (!opened.ok) throw new Error(opened.fault.words);
    const { journal } = opened.value;
    const [view, tally] = [newDeviceView(config), newRecordTally()];
    const checked = await checkDevice(config);
    if (!checked.ok) throw new Error(checked.fault.words);
    const { adapter } = checked.value;
    const task = deviceTask(
      { config: parsed.value, clock, log },
      opened.value,
      { config, adapter },
      view,
      tally,
    );
    const running = supervise(newTaskState(task.name), task, {
      clock,
      log,
      signal,
      backoffMs: 5,
      backoffMsMax: 5,
    });
    const items = INSIDE + DAMAGED + OUTSIDE;
    for (
      let tries = 0;
      view.tally.observed + view.tally.quarantined < items || tally.waiting > 0;
      tries += 1
    ) {
      if (tries > 1_500) throw new Error(`in vain: ${JSON.stringify([...view.tally.dropped])}`);
      await clock.sleep(10, signal);
    }
    stopping.abort(new Error('the test is over'));
    await running;

    const bodies: Body[] = [];
    for await (const { kind, bytes } of journal.read(journal.start, journal.end)) {
      const leaf = originOfKind(kind) === undefined ? undefined : decodeLeaf(bytes);
      if (leaf?.ok) bodies.push(leaf.value.body);
    }
    await journal[Symbol.asyncDispose]();
    const marks = bodies.flatMap((body) => (body.kind === 'redacted' ? [body.reason] : []));
    expect(marks.filter((reason) => reason === 'zone')).toHaveLength(INSIDE);
    expect(marks.filter((reason) => reason === 'unreadable')).toHaveLength(DAMAGED);
    expect(bodies.filter(({ kind }) => kind === 'position')).toHaveLength(OUTSIDE);

    const tales = tellTales(secret);
    const known = tellTales(open);
    const files = await everyFile(directory.path);
    expect(files.length).toBeGreaterThan(3);
    const kept = await Promise.all(files.map((path) => readFile(path, 'latin1')));
    const found = tellTales([...kept, ...said].map((text) => text));
    expect([...found].filter((angle) => tales.has(angle) && !known.has(angle))).toEqual([]);
    expect(found.size).toBeGreaterThan(OUTSIDE / 2);
  });
});
