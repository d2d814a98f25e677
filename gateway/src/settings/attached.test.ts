import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@outpost/firmware-bridge';
import { manualClock } from '@outpost/schemas/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { statusLines } from '../cli/status-text.ts';
import type { Status } from '../control/status.ts';
import type { Log } from '../log.ts';
import { createAttached } from './attached.ts';

const root = mkdtempSync(join(tmpdir(), 'outpost-attached-'));
afterAll(() => rmSync(root, { recursive: true }));

const OBDLINK = 'usb-ScanTool.net_LLC_OBDLink_SX_1130-if00-port0';
const TOASTER = 'usb-Acme_Toaster_7-if00-port0';

const machine = () => {
  const directory = mkdtempSync(join(root, 'machine-'));
  const places = { sys: join(directory, 'sys'), dev: join(directory, 'dev'), proc: join(directory, 'proc') };
  const names = join(places.dev, 'serial', 'by-id');
  mkdirSync(names, { recursive: true });
  return {
    places,
    addressOf: (id: string, baud: number) => `serial://${join(names, id)}?baud=${baud}`,
    plug: (id: string, node: string): void => {
      writeFileSync(join(places.dev, node), '');
      symlinkSync(`../../${node}`, join(names, id));
    },
    unplug: (id: string, node: string): void => {
      rmSync(join(names, id));
      rmSync(join(places.dev, node));
    },
  };
};

const watched = (places: ReturnType<typeof machine>['places']) => {
  const clock = manualClock();
  const said: string[] = [];
  const log: Log = { line: (_, words) => void said.push(words), fault: ({ words }) => void said.push(words) };
  const attached = createAttached({ places, clock, log });
  const stopping = new AbortController();
  const ended = attached.watch(stopping.signal).catch(() => undefined);
  const real = systemClock();
  const settle = async (): Promise<void> => {
    for (let tries = 0; clock.sleeping === 0 && tries < 1_000; tries += 1)
      await real.sleep(1, stopping.signal);
  };
  return {
    attached,
    said,
    pass: async (ms: number): Promise<void> => {
      await settle();
      for (let step = 0; step < ms; step += 100) {
        await clock.advance(100);
        await settle();
      }
    },
    stop: async (): Promise<void> => {
      stopping.abort(new Error('enough'));
      await ended;
    },
  };
};

describe('what is attached to the box', () => {
  it('is offered within two seconds, said in the log, and withdrawn', async () => {
    const { places, plug, unplug, addressOf } = machine();
    plug(TOASTER, 'ttyUSB0');
    const { attached, said, pass, stop } = watched(places);
    await pass(100);
    expect(attached.lines).toMatchObject([{ certainty: 'seen', device: '', sinceMs: 0 }]);
    const before = attached.version;
    plug(OBDLINK, 'ttyUSB1');
    await pass(1_900);
    expect(attached.version).toBeGreaterThan(before);
    expect(attached.lines.map(({ address }) => address)).toEqual([
      addressOf(TOASTER, 38_400),
      addressOf(OBDLINK, 115_200),
    ]);
    const line = attached.lines[1];
    expect(line).toMatchObject({ certainty: 'known', couldBe: ['obd-dongle'], device: '' });
    expect(line?.sinceMs).toBeGreaterThan(0);
    expect(said).toEqual([
      `plugged in: ${line?.words} It is no device yet: add it on the page, or to "devices" with the port ${line?.address}`,
    ]);
    unplug(OBDLINK, 'ttyUSB1');
    await pass(1_900);
    expect(attached.lines).toHaveLength(1);
    expect(said[1]).toBe(`unplugged: ${line?.words}`);
    await stop();
  });

  it('is no offer where it is a device already, by whichever name the configuration has', async () => {
    const { places, plug, unplug } = machine();
    plug(OBDLINK, 'ttyUSB1');
    const { attached, said, pass, stop } = watched(places);
    await attached.expect([{ name: 'car', port: `serial://${join(places.dev, 'ttyUSB1')}?baud=115200` }]);
    await pass(100);
    expect(attached.lines).toMatchObject([{ device: 'car' }]);
    unplug(OBDLINK, 'ttyUSB1');
    await pass(2_000);
    plug(OBDLINK, 'ttyUSB1');
    await pass(2_000);
    expect(attached.lines).toMatchObject([{ device: 'car' }]);
    expect(said).toEqual([]);
    await attached.expect([]);
    expect(attached.lines).toMatchObject([{ device: '' }]);
    await stop();
  });

  it('stands in the status of who has no page open, but for what nobody knows and what was always there', () => {
    const line = { address: 'serial:///dev/ttyUSB0', couldBe: [], words: 'A thing.', sinceMs: 0 } as const;
    const attached = [
      { ...line, certainty: 'seen', device: '' },
      { ...line, certainty: 'known', device: 'car' },
      { ...line, certainty: 'possible', device: '', words: 'An Arduino.' },
    ] as const;
    const none = { at: '', devices: [], networks: [], tasks: [], broker: undefined, attached };
    const status = {
      ...none,
      record: { refused: {} },
      journal: {},
      attest: {},
      store: {},
    } as unknown as Status;
    expect(statusLines(status).filter((each) => each.startsWith('attached '))).toEqual([
      'attached  An Arduino. No device of the configuration; its port is serial:///dev/ttyUSB0',
    ]);
  });
});
