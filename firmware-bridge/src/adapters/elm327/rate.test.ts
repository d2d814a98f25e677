import { PIDS, pidLength } from '@outpost/schemas/vehicle';
import { asciiText, type Body, type MonoNs, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { createRig, type Rig } from '../../testing/rig.ts';
import { elm327Codec } from './codec.ts';
import { DEFAULT_OPTIONS, type Elm327Options } from './options.ts';
import { type CarPlay, playCar } from './play-car.ts';
import { redecode } from './redecode.ts';
import { elm327Session } from './session.ts';

const START = monoNs(1_000_000_000n);
const msOf = (now: MonoNs): number => Number(now - START) / 1e6;

/** PIDs that are always of one length and have a value, but for those that change what others mean. */
const MANY = PIDS.filter(
  ({ pid, fields }) =>
    fields.length > 0 && pidLength(pid) !== undefined && pid !== 0x4f && pid !== 0x50 && pid < 0xa0,
)
  .map(({ pid }) => pid)
  .slice(0, 63);

const rigOf = (play: Omit<CarPlay, 'ecus'> & Partial<CarPlay>, options: Partial<Elm327Options>): Rig => {
  const ecus = play.ecus ?? new Map([[0x7e8, MANY]]);
  return createRig(
    elm327Codec,
    elm327Session({ ...DEFAULT_OPTIONS, ...options }),
    playCar({ ...play, ecus }),
  );
};

const every = (pids: readonly number[], everyMs: number): Elm327Options['poll'] =>
  pids.map((pid) => ({ pid, everyMs }));

const asked = (rig: Rig): readonly string[] =>
  rig.sent.map((bytes) => asciiText(bytes).trim()).filter((text) => /^01/.test(text));

/** PIDs answered in a second over a while, once everything is learned. */
const pidsPerSecond = (rig: Rig, warmUpMs: number, seconds: number): number => {
  rig.run(warmUpMs);
  const before = rig.sent.length;
  rig.run(seconds * 1_000);
  const requests = rig.sent.slice(before).map((bytes) => asciiText(bytes).trim());
  const pids = requests.filter((text) => /^01/.test(text)).map((text) => Math.floor((text.length - 2) / 2));
  return pids.reduce((sum, count) => sum + count, 0) / seconds;
};

describe('several parameters in one request', () => {
  const check = (rig: Rig): void => {
    for (const { body, raw } of rig.said) expect(redecode(raw)).toContainEqual(body);
  };

  it('come once each was answered alone twice, and every value stands in its raw bytes', () => {
    const rig = rigOf({ latencyMs: 20 }, { poll: every([0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x11], 500) });
    rig.run(30_000);
    expect(
      asked(rig)
        .slice(-5)
        .every((text) => /^01([0-9A-F]{2}){6}[1-9]$/.test(text)),
    ).toBe(true);
    const signals = new Set(rig.said.flatMap(({ body }) => (body.kind === 'number' ? [body.signal] : [])));
    expect(signals.size).toBeGreaterThanOrEqual(7);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
    check(rig);
  });

  it('are not asked of control units that answer only the first of them', () => {
    const rig = rigOf({ latencyMs: 20, answersMax: 1 }, { poll: every([0x04, 0x05, 0x0c], 500) });
    rig.run(60_000);
    expect(asked(rig).filter((text) => text.length > 5).length).toBeLessThanOrEqual(3);
    expect(
      asked(rig)
        .slice(-10)
        .every((text) => text.length <= 5),
    ).toBe(true);
    check(rig);
  });

  it('are not asked of cars that do not answer such a request, or refuse it', () => {
    for (const parametersMax of [1, 2]) {
      const rig = rigOf({ latencyMs: 20, parametersMax }, { poll: every([0x04, 0x05, 0x0c], 500) });
      rig.run(60_000);
      expect(asked(rig).filter((text) => text.length > 7).length).toBeLessThanOrEqual(3);
    }
  });

  it('are asked only of control units that all answer them', () => {
    const ecus = new Map([
      [0x7e8, [0x04, 0x05, 0x0c, 0x1f]],
      [0x7e9, [0x0c, 0x1f]],
    ]);
    const rig = rigOf({ latencyMs: 20, ecus }, { poll: every([0x04, 0x05, 0x0c, 0x1f], 500) });
    rig.run(30_000);
    const packs = new Set(asked(rig).flatMap((text) => (text.length > 5 ? [text.slice(0, 6)] : [])));
    expect([...packs].toSorted()).toEqual(['010405', '010C1F']);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
  });

  it('are never asked where the owner wants one at a time', () => {
    const rig = rigOf({ latencyMs: 20 }, { poll: every([0x04, 0x05], 500), parametersPerRequestMax: 1 });
    rig.run(20_000);
    expect(asked(rig).filter((text) => /^01/.test(text) && text.length > 5)).toEqual([]);
  });
});

describe('the schedule', () => {
  it('keeps 99 of 100 polls within a second at 1.2 queries a second and 150 ms', () => {
    const poll = [0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x11].map((pid) => ({ pid, everyMs: 5_000 }));
    const rig = rigOf({ latencyMs: 150 }, { poll, parametersPerRequestMax: 1 });
    rig.run(20_000);
    const times = new Map<number, number[]>();
    for (let step = 0; step < 24_000; step += 1) {
      rig.said.length = 0;
      rig.run(50);
      for (const { body } of rig.said) {
        if (body.kind === 'number' && body.ecu !== 0)
          times.set(body.signal, [...(times.get(body.signal) ?? []), msOf(rig.now)]);
      }
    }
    const gaps = [...times.values()].flatMap((at) => at.slice(1).map((ms, index) => ms - (at[index] ?? 0)));
    expect(gaps.length).toBeGreaterThan(1_300);
    const good = gaps.filter((gap) => Math.abs(gap - 5_000) <= 1_000).length;
    expect(good / gaps.length).toBeGreaterThanOrEqual(0.99);
  });

  it('sees a new trouble code within a minute while 63 parameters want more than the limit allows', () => {
    const appearsMs = 61_000;
    const codes = (now: MonoNs): readonly string[] => (msOf(now) >= appearsMs ? ['P0301'] : []);
    for (const parametersPerRequestMax of [1, 6]) {
      const options = { poll: every(MANY, 100), parametersPerRequestMax };
      const rig = rigOf({ latencyMs: 40, codes }, options);
      rig.run(appearsMs);
      rig.said.length = 0;
      rig.run(60_000);
      const isNew = (body: Body): boolean => body.kind === 'codes' && body.codes.includes('P0301');
      expect(rig.said.some(({ body }) => isNew(body))).toBe(true);
    }
  });
});

describe('the rate', () => {
  const bench = { benchRequestsPerSecond: 10_000, poll: every(MANY, 50) };

  it.each([
    ['a clone that counts lines, one at a time', 90, 100, 1],
    ['a clone that counts lines', 90, 100, 6],
    ['an STN at 115,200 baud, one at a time', 8, 14, 1],
    ['an STN at 115,200 baud', 8, 14, 6],
  ])('is at least 95 %% of what latency allows: %s', (_, latencyMs, waitMs, parametersPerRequestMax) => {
    const rig = rigOf({ latencyMs, waitMs }, { ...bench, parametersPerRequestMax });
    const possible = (1_000 / latencyMs) * parametersPerRequestMax;
    expect(pidsPerSecond(rig, 15_000 + 500 * latencyMs, 15)).toBeGreaterThanOrEqual(0.95 * possible);
    expect(rig.fates.filter(({ kind }) => kind === 'quarantined')).toEqual([]);
  });

  it('stays within the limit without the option for benches, whatever is wanted', () => {
    const rig = rigOf({ latencyMs: 8 }, { poll: every(MANY, 50), requestsPerSecondMax: 20 });
    rig.run(10_000);
    const before = asked(rig).length;
    rig.run(20_000);
    expect(asked(rig).length - before).toBeLessThanOrEqual(20 * 20 + 1);
  });
});
