import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '@outpost/schemas/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { FoundSerial } from './found.ts';
import { isAtAddress, watchSerial } from './watch-serial.ts';

const root = mkdtempSync(join(tmpdir(), 'outpost-watch-'));
afterAll(() => rmSync(root, { recursive: true }));

const DONGLE = 'usb-ScanTool.net_LLC_OBDLink_SX_1130-if00-port0';

const machine = () => {
  const directory = mkdtempSync(join(root, 'machine-'));
  const places = { sys: join(directory, 'sys'), dev: join(directory, 'dev'), proc: join(directory, 'proc') };
  const names = join(places.dev, 'serial', 'by-id');
  return {
    places,
    dongle: join(names, DONGLE),
    plug: () => {
      mkdirSync(names, { recursive: true });
      writeFileSync(join(places.dev, 'ttyUSB0'), '');
      symlinkSync('../../ttyUSB0', join(names, DONGLE));
    },
    // udev takes the directories away with the last device that has a name in them.
    unplug: () => {
      rmSync(join(places.dev, 'serial'), { recursive: true });
      rmSync(join(places.dev, 'ttyUSB0'));
    },
  };
};

describe('serial lines that come and go', () => {
  it('are told once at the beginning, and within two seconds of each change', async () => {
    const { places, plug, unplug, dongle } = machine();
    const clock = manualClock();
    const stopping = new AbortController();
    const told: (readonly FoundSerial[])[] = [];
    const watching = watchSerial({
      places,
      clock,
      signal: stopping.signal,
      told: (found) => void told.push(found),
    });
    const real = systemClock();
    /** Lets that much time pass, with real time for the directories to be read. */
    const pass = async (ms: number): Promise<void> => {
      for (let step = 0; step < ms; step += 100) {
        for (let tries = 0; clock.sleeping === 0 && tries < 1_000; tries += 1) {
          await real.sleep(1, stopping.signal);
        }
        await clock.advance(100);
      }
      for (let tries = 0; clock.sleeping === 0 && tries < 1_000; tries += 1) {
        await real.sleep(1, stopping.signal);
      }
    };
    await pass(3_000);
    expect(told).toEqual([[]]);
    plug();
    await pass(2_000);
    expect(told.map((found) => found.map(({ stablePath }) => stablePath))).toEqual([[], [dongle]]);
    await pass(3_000);
    expect(told).toHaveLength(2);
    unplug();
    await pass(2_000);
    expect(told.at(-1)).toEqual([]);
    expect(told).toHaveLength(3);
    stopping.abort(new Error('enough'));
    await expect(watching).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });

  it('are those of the configuration by whichever name it has for them', async () => {
    const { places, plug, dongle } = machine();
    plug();
    const path = join(places.dev, 'ttyUSB0');
    const found: FoundSerial = {
      kind: 'serial',
      address: `serial://${dongle}?baud=115200`,
      path,
      stablePath: dongle,
      usb: undefined,
      certainty: 'known',
      couldBe: ['obd-dongle'],
      words: '',
    };
    expect(await isAtAddress(found, `serial://${path}?baud=9600`)).toBe(true);
    expect(await isAtAddress(found, `serial://${dongle}`)).toBe(true);
    expect(await isAtAddress(found, `serial://${places.dev}/ttyUSB1`)).toBe(false);
    expect(await isAtAddress(found, 'serial:///%E0%A4%A')).toBe(false);
    expect(await isAtAddress(found, 'tcp://192.168.0.10:35000')).toBe(false);
  });
});
