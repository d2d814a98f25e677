import { monoAfterMs, monoNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OBD_OPTIONS as DEFAULT_OPTIONS } from './options.ts';
import {
  choose,
  knownFrames,
  newSchedule,
  type Row,
  rowAgain,
  rowAnswered,
  rowRetired,
  rowToConfirm,
  rowUnanswered,
  VIN_ROW,
} from './schedule.ts';
import type { Ecu } from './turn.ts';

const NOW = monoNs(1_000_000_000n);
const at = (ms: number) => monoAfterMs(NOW, ms);

const ecu = (address: number, pids: readonly number[], infoTypes: readonly number[] = [2]): Ecu => ({
  address,
  padding: 'padded',
  pids: new Set(pids),
  infoTypes: new Set(infoTypes),
});

const requests = (rows: readonly Row[]): readonly string[] =>
  rows
    .filter(({ retired }) => !retired)
    .map(({ request }) => (request === undefined ? 'ATRV' : [...request].join()));

const [row] = newSchedule(
  { ...DEFAULT_OPTIONS, poll: [{ pid: 12, everyMs: 1_000 }] },
  [ecu(0x7e8, [12])],
  NOW,
).slice(-4);
const everySecond = row as Row;

describe('the schedule of a car', () => {
  it('begins with identity, then scales, voltage, codes, then what was asked for', () => {
    const options = {
      ...DEFAULT_OPTIONS,
      poll: [
        { pid: 12, everyMs: 500 },
        { pid: 13, everyMs: 500 },
      ],
    };
    const rows = newSchedule(options, [ecu(0x7e8, [12, 0x4f])], NOW);
    expect(requests(rows)).toEqual(['9,2', '1,79', 'ATRV', '3', '7', '10', '1,12']);
    expect(rows[VIN_ROW]?.request).toEqual(Uint8Array.of(9, 2));
  });

  it('reads everything that is offered and known, the fastest first, where nothing was asked for', () => {
    const rows = newSchedule(
      DEFAULT_OPTIONS,
      [ecu(0x7e8, [0x05, 0x0c]), ecu(0x7e9, [0x0d, 0x20, 0xfe])],
      NOW,
    );
    expect(requests(rows)).toEqual(['9,2', 'ATRV', '3', '7', '10', '1,12', '1,13', '1,5']);
  });

  it('expects an answer of those control units that offer it, with its length and their padding', () => {
    const rows = newSchedule(DEFAULT_OPTIONS, [ecu(0x7e8, [12]), ecu(0x7e9, [12, 13])], NOW);
    const of = (request: string): unknown =>
      rows.find((one) => one.request?.join() === request)?.learner.expected;
    const trait = (address: number, bytes?: number): object => ({
      ecu: address,
      bytes,
      padding: 'padded',
      longPadding: undefined,
    });
    expect(of('1,12')).toEqual([trait(0x7e8, 4), trait(0x7e9, 4)]);
    expect(of('1,13')).toEqual([trait(0x7e9, 3)]);
    expect(of('3')).toEqual([trait(0x7e8), trait(0x7e9)]);
  });
});

describe('the choice of the next row', () => {
  it('is the one that is latest in proportion to its wait', () => {
    const rows = [
      { ...everySecond, waitMs: 60_000, due: at(-3_000) },
      { ...everySecond, waitMs: 1_000, due: at(-500) },
      { ...everySecond, waitMs: 1_000, due: at(100) },
    ];
    expect(choose(rows, NOW)).toEqual({ row: 1, due: at(-3_000) });
  });

  it('is none before anything is due, and never one that is retired', () => {
    const rows = [{ ...everySecond, due: at(50) }, rowRetired({ ...everySecond, due: at(-50) })];
    expect(choose(rows, NOW)).toEqual({ row: undefined, due: at(50) });
    expect(choose([rowRetired(everySecond)], NOW)).toEqual({ row: undefined, due: undefined });
  });
});

describe('a row', () => {
  const waits = (next: (one: Row) => Row, times: number): readonly number[] => {
    let one = { ...everySecond, waitMs: 1_000 };
    return Array.from({ length: times }, () => {
      one = next(one) as typeof one;
      return one.waitMs;
    });
  };

  it('is asked at its pace, and does not drift', () => {
    const first = rowAnswered({ ...everySecond, waitMs: 1_000, due: NOW }, 1, at(30));
    expect(first.due).toBe(at(1_000));
    expect(rowAnswered(first, 1, at(1_020)).due).toBe(at(2_000));
    // Behind by more than an interval, it starts its pace anew instead of making up for what was missed.
    expect(rowAnswered(first, 1, at(5_000)).due).toBe(at(6_000));
  });

  it('is slowed down from the third time that nobody answers, to once an hour', () => {
    const slowing = waits((one) => rowUnanswered(one, NOW), 16);
    expect(slowing.slice(0, 6)).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(slowing.at(-1)).toBe(3_600_000);
  });

  it('is asked again within a second after damage, six times, and then ever more rarely', () => {
    const slowing = waits((one) => rowAgain(one, NOW), 20);
    expect(slowing.slice(0, 9)).toEqual([1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 2_000, 4_000, 8_000]);
    expect(slowing.at(-1)).toBe(3_600_000);
  });

  it('is confirmed before anything that became due after it', () => {
    const confirm = rowToConfirm({ ...everySecond, waitMs: 60_000, due: at(-10) }, 'codes');
    const other = { ...everySecond, waitMs: 50, due: at(-40) };
    expect(choose([other, confirm], NOW).row).toBe(1);
  });

  it('tells its number of frames once three replies in a row had as many, and nine at most', () => {
    const after = (...lines: readonly number[]): number | undefined =>
      knownFrames(lines.reduce((one, count) => rowAnswered(one, count, NOW), everySecond));
    expect(after(2, 2)).toBeUndefined();
    expect(after(2, 2, 2)).toBe(2);
    expect(after(2, 2, 1)).toBeUndefined();
    expect(after(10, 10, 10)).toBeUndefined();
    expect(knownFrames(rowAgain({ ...everySecond, frames: 2, sameFrames: 5 }, NOW))).toBeUndefined();
  });
});
