import { describe, expect, it } from 'vitest';
import { gap99Ms, NO_GAPS, withGap } from './gaps.ts';
import type { Stat } from './stat.ts';
import { type Bench, benchOf, frameOf, type GwmpStep, pullData, pushOf } from './testing.ts';

const A = 'b827ebfffe000001';
const HOME = { address: '192.0.2.7', port: 40_000 };

const statOf = (change: Partial<Stat> = {}): Stat => ({
  received: 0,
  receivedOk: 0,
  forwarded: 0,
  ackDecipercent: 1_000,
  downlinks: 0,
  transmitted: 0,
  temperatureDeciC: 300,
  place: undefined,
  simulated: false,
  ...change,
});

const whatOf = (steps: readonly GwmpStep[]): readonly string[] =>
  steps
    .flatMap(({ happenings = [] }) => happenings.map(({ what }) => what))
    .filter((what) => what !== 'address-bound');

const STEP_S = 10;
const HOURS_STEP_S = 30;

/** Runs a gateway that says a statistic each 30 s and hears frames at these seconds. */
const run = (
  bench: Bench,
  forS: number,
  frameAt: (s: number) => boolean,
  stat: Partial<Stat> = {},
  stepS = forS > 7_200 ? HOURS_STEP_S : STEP_S,
) => {
  const steps: GwmpStep[] = [];
  for (let s = stepS; s <= forS; s += stepS) {
    steps.push(...bench.pass(1_000 * stepS));
    if (frameAt(s)) steps.push(...bench.hear(pushOf(A, s), HOME));
    if (s % 30 === 0) steps.push(...bench.hear(pushOf(A, s, { frames: [], stat: statOf(stat) }), HOME));
  }
  return steps;
};

const every = (n: number) => (s: number) => s % n === 0;
const never = () => false;

describe('gaps between frames', () => {
  it('know within which time 99 of 100 end, and forget slowly', () => {
    let gaps = NO_GAPS;
    for (let i = 0; i < 990; i += 1) gaps = withGap(gaps, 10_000);
    for (let i = 0; i < 9; i += 1) gaps = withGap(gaps, 3_600_000);
    expect(gap99Ms(gaps)).toBeCloseTo(1_000 * 2 ** 3.5, 5);
    for (let i = 0; i < 100; i += 1) gaps = withGap(gaps, 3_600_000);
    expect(gap99Ms(gaps)).toBe(1_000 * 2 ** 12);
    for (let i = 0; i < 30_000; i += 1) gaps = withGap(gaps, 0);
    expect([gap99Ms(gaps), gap99Ms(NO_GAPS)]).toEqual([1_000, 0]);
    expect(gaps.total).toBeLessThan(2_000);
  });
});

describe('a radio', () => {
  it('that hears nothing for 15 minutes where frames come each minute is deaf, until it hears', () => {
    const bench = benchOf({ allow: [A] });
    expect(whatOf(run(bench, 3_600, every(60)))).toEqual([]);
    expect(whatOf(run(bench, 900, never))).toEqual([]);
    expect(whatOf(run(bench, 10, never))).toEqual(['radio-deaf']);
    expect(whatOf(run(bench, 3_600, never))).toEqual([]);
    expect(whatOf(run(bench, 120, every(60)))).toEqual(['radio-hears']);
  });

  it('counts as hearing where its gateway only counts frames and passes none on', () => {
    const bench = benchOf({ allow: [A] });
    run(bench, 3_600, every(60));
    expect(whatOf(run(bench, 3_600, never, { received: 3, receivedOk: 0 }))).toEqual([]);
  });

  it('of a quiet place is not called deaf in a day, also where each frame takes an hour', () => {
    const bench = benchOf({ allow: [A] });
    expect(whatOf(run(bench, 86_400, every(3_600)))).toEqual([]);
  });

  it('that never heard anything is called deaf after six hours', () => {
    const bench = benchOf({ allow: [A] });
    expect(whatOf(run(bench, 6 * 3_600, never))).toEqual([]);
    expect(whatOf(run(bench, 120, never))).toEqual(['radio-deaf']);
  });
});

describe('a gateway', () => {
  it('is offline 90 s after its last word, and online with the next one', () => {
    const bench = benchOf({ allow: [A] });
    run(bench, 120, every(10));
    expect(whatOf(bench.pass(84_000))).toEqual([]);
    const steps = bench.pass(6_000);
    expect(whatOf(steps)).toEqual(['gateway-offline']);
    expect(steps.at(-1)?.status).toMatchObject({ phase: 'troubled', facts: { [`${A}.state`]: 'offline' } });
    expect(whatOf([...bench.hear(pullData(A), HOME), ...bench.pass(5_000)])).toEqual(['gateway-online']);
  });

  it('of which one statistic was lost, or that has said two in a row, is offline after 90 s all the same', () => {
    const bench = benchOf({ allow: [A] });
    run(bench, 120, never);
    bench.hear(pushOf(A, 1, { frames: [], stat: statOf() }), HOME);
    bench.pass(60_000);
    bench.hear(pushOf(A, 1, { frames: [], stat: statOf() }), HOME);
    expect(whatOf(bench.pass(80_000))).toEqual([]);
    expect(whatOf(bench.pass(10_000))).toEqual(['gateway-offline']);
  });

  it('that says its statistics every two minutes is given six', () => {
    const bench = benchOf({ allow: [A] });
    for (let i = 0; i < 3; i += 1) {
      bench.hear(pushOf(A, 1, { frames: [], stat: statOf() }), HOME);
      bench.pass(i < 2 ? 120_000 : 345_000);
    }
    expect(whatOf(bench.pass(0))).toEqual([]);
    expect(whatOf(bench.pass(10_000))).toEqual(['gateway-offline']);
  });

  it('whose datagrams are acknowledged too late is told of once', () => {
    const bench = benchOf({ allow: [A] });
    const busy = { received: 30, receivedOk: 30, forwarded: 30 };
    expect(whatOf(run(bench, 600, every(10), { ...busy, ackDecipercent: 910 }))).toEqual([]);
    expect(whatOf(run(bench, 600, every(10), { ...busy, ackDecipercent: 800 }))).toEqual(['ack-ratio']);
    expect(whatOf(run(bench, 600, every(10), { ...busy, ackDecipercent: 990 }))).toEqual(['ack-ratio-ended']);
  });

  it('of a quiet place may lose a datagram now and then', () => {
    const bench = benchOf({ allow: [A] });
    const steps = Array.from({ length: 30 }, () => [
      ...run(bench, 270, never, { ackDecipercent: 1_000 }),
      ...run(bench, 30, never, { ackDecipercent: 300 }),
    ]).flat();
    expect(whatOf(steps)).toEqual([]);
    expect(whatOf(run(bench, 1_800, never, { ackDecipercent: 300 }))).toEqual(['ack-ratio']);
  });

  it('whose frames are mostly damaged, or that is hot, is told of', () => {
    const bench = benchOf({ allow: [A] });
    expect(whatOf(run(bench, 600, every(10), { received: 10, receivedOk: 4 }))).toEqual([]);
    expect(whatOf(run(bench, 600, every(10), { received: 10, receivedOk: 3 }))).toEqual(['crc-ratio']);
    const hot = benchOf({ allow: [A] });
    expect(whatOf(run(hot, 60, every(10), { temperatureDeciC: 810 }))).toEqual(['temperature']);
    expect(whatOf(run(hot, 60, every(10), { temperatureDeciC: 760 }))).toEqual([]);
    expect(whatOf(run(hot, 60, every(10), { temperatureDeciC: 740 }))).toEqual(['temperature-ended']);
  });

  it('whose noise rises by more than 6 dB is told of', () => {
    const bench = benchOf({ allow: [A] });
    const hear = (rssiDeciDbm: number, times: number): readonly string[] => {
      const frame = { ...frameOf(1), rssiDeciDbm, snrDeciDb: -100 };
      const bytes = pushOf(A, 1, { frames: [{ bodies: [frame] }] });
      return whatOf(
        Array.from({ length: times }, () => [...bench.hear(bytes, HOME), ...bench.pass(1_000)]).flat(),
      );
    };
    expect(hear(-1_150, 400)).toEqual([]);
    expect(hear(-1_070, 60)).toEqual(['noise']);
    expect(bench.state.gateways.get(A)?.health?.noise?.usual).toBeLessThan(-1_140);
  });

  it('shows what it is like as facts', () => {
    const bench = benchOf({ allow: [A] });
    const steps = run(bench, 120, every(10), { received: 3, receivedOk: 3 });
    const status = steps.flatMap((each) => (each.status === undefined ? [] : [each.status])).at(-1);
    expect(status).toMatchObject({
      phase: 'listening',
      words: '1 gateway is heard.',
      facts: {
        gateways: 1,
        pending: 0,
        [`${A}.state`]: 'hearing',
        [`${A}.address`]: '192.0.2.7',
        [`${A}.ackPercent`]: 100,
        [`${A}.temperatureC`]: 30,
        [`${A}.noiseDbm`]: -104.1,
      },
    });
  });

  it('whose two clocks disagree is told of once a day', () => {
    const bench = benchOf({ allow: [A] });
    const json = '{"rxpk":[{"time":"2020-10-02T09:30:52.592567Z","tmms":1285666271592,"data":"AQID"}]}';
    const bytes = new Uint8Array([...pushOf(A).subarray(0, 12), ...new TextEncoder().encode(json)]);
    expect(whatOf([...bench.hear(bytes, HOME), ...bench.hear(bytes, HOME)])).toEqual(['clock-disagrees']);
  });
});
