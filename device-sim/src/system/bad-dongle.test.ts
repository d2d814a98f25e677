import type { Status } from '@outpost/gateway';
import { describe, expect, it } from 'vitest';
import { configOf, exportAll, openScene, type Scene, stop, untilStatus, verify } from './box.ts';
import { outpost } from './programs.ts';

/** Again and again from 9 s on, so that on a slow machine too it falls into the time that is looked at. */
const every = (periodMs: number, mishap: object) =>
  Array.from({ length: 20 }, (_, i) => ({ atMs: 9_000 + i * periodMs, ...mishap }));

/** What each of the dongles does, in time from its own start; between, all but the silent one are well. */
const MISCHIEF = {
  garbage: every(12_000, { what: 'garbage', forMs: 2_000 }),
  noise: every(12_000, { what: 'noise', forMs: 2_000 }),
  silent: [{ atMs: 0, what: 'mute', forMs: 3_600_000 }],
  'wrong-pid': every(12_000, { what: 'wrong-pid', forMs: 2_000 }),
  resets: every(15_000, { what: 'lv-reset' }),
  vin: every(10_000, { what: 'vin-swap' }).map((entry, i) => {
    return { ...entry, vin: `WVWZZZ1JZXW0000${10 + i}` };
  }),
} as const;
const NAMES = Object.keys(MISCHIEF) as readonly (keyof typeof MISCHIEF)[];

/** One gateway with one such dongle each. */
const openGarage = async (scene: Scene) => {
  const data = scene.path('garage');
  const devices = await Promise.all(
    NAMES.map(async (name) => {
      const faults = await scene.write(`${name}.json`, MISCHIEF[name]);
      const port = await scene.car('--faults', faults);
      return { name, adapter: 'elm327', port, options: { identityEveryMs: 10_000 } };
    }),
  );
  const config = { ...configOf({ data, port: '' }), devices };
  return { data, gateway: scene.gateway(await scene.write('garage.json', config)) };
};

/** What is said of one that never answers; it is tried again and again for as long as it does not. */
const SILENT_WORDS = 'it says nothing; is it a dongle';

/** Frames of the dialogue under way, which have no fate yet. */
const UNDECIDED_MAX = 64;

type Device = Status['devices'][number];

const countOf = (counts: unknown): number =>
  Object.values(counts as Readonly<Record<string, number>>).reduce((sum, each) => sum + each, 0);

const deviceOf = ({ devices }: Status, name: string): Device => {
  const device = devices.find((each) => each.name === name);
  if (device === undefined) throw new Error(`the status shows no ${name}`);
  return device;
};

/** Frames and bytes that came to nothing. */
const wasted = (status: Status, name: string): number => {
  const { quarantined, dropped, bytesDiscarded } = deviceOf(status, name).tally;
  return quarantined + countOf(dropped) + bytesDiscarded;
};

const statusOf = (status: Status, name: string) => deviceOf(status, name).status;

/** Sees them begin, misbehave and come round; stops the gateway and lets its evidence be judged. */
const drive = async (scene: Scene) => {
  const { data, gateway } = await openGarage(scene);
  const look = (what: string, wanted: (status: Status) => boolean): Promise<Status> =>
    untilStatus(gateway, data, what, wanted);
  const talking = NAMES.filter((name) => name !== 'silent');
  const before = await look('all but one are read', (status) =>
    talking.every((name) => deviceOf(status, name).tally.observed > 20),
  );
  const changing = await look('the VIN is doubted', (status) =>
    statusOf(status, 'vin').words.includes('different identification number'),
  );
  const told = await outpost(['status', '--data', data]);
  const after = await look('the others came round', (status) =>
    ['garbage', 'noise', 'wrong-pid', 'resets'].every((name) => {
      const { observed } = deviceOf(status, name).tally;
      return (
        observed > deviceOf(changing, name).tally.observed + 20 && wasted(status, name) > wasted(before, name)
      );
    }),
  );
  const silent = await look('the silent one is explained', (status) =>
    statusOf(status, 'silent').words.includes(SILENT_WORDS),
  );
  const ended = await stop(gateway);
  const file = await exportAll(data, scene.path('garage.outpost'));
  return {
    before,
    changing,
    told,
    after,
    silent,
    ended,
    judged: await verify(file, '--key', before.gatewayKey),
  };
};

describe('a dongle that misbehaves', () => {
  it('is counted and explained, and nothing that it said wrongly is attested', async () => {
    await using scene = await openScene();
    const { before, changing, told, after, silent, ended, judged } = await drive(scene);
    expect(statusOf(after, 'wrong-pid').facts['damaged']).toBeGreaterThan(0);
    expect(statusOf(after, 'resets').facts['resets']).toBeGreaterThan(0);
    expect(deviceOf(silent, 'silent').tally.observed).toBe(0);

    // A car that changes its number is not believed: what it says goes into quarantine instead.
    expect(told.out).toMatch(/different identification number.*readings are refused/);
    expect(wasted(after, 'vin')).toBeGreaterThan(wasted(before, 'vin'));
    expect(statusOf(changing, 'vin').phase).toBe('polling');

    // Every frame has a fate, every reading a place, and what is signed is what the kept bytes say.
    for (const { tally } of silent.devices) {
      const decided = tally.observed + tally.control + tally.quarantined + countOf(tally.dropped);
      expect(tally.items - decided).toBeGreaterThanOrEqual(0);
      expect(tally.items - decided).toBeLessThanOrEqual(UNDECIDED_MAX);
    }
    expect(silent.tasks.map(({ restarts }) => restarts)).toEqual(silent.tasks.map(() => 0));
    expect([ended.code, judged.code, judged.report.verdict]).toEqual([0, 0, 'holds']);
    const { leaves, redecoded } = judged.report.checked;
    const streams = judged.report.streams.map(({ stream }) => stream).sort();
    expect(streams).toEqual(
      NAMES.filter((name) => name !== 'silent')
        .map((name) => `${name}/telemetry`)
        .sort(),
    );
    // Beside what devices said there is what the box itself says: an anchor a stream, and gaps.
    expect(leaves - redecoded).toBeLessThanOrEqual(2 * streams.length);
    expect(redecoded).toBeGreaterThan(200);
  }, 180_000);
});
