import { concatBytes } from '@outpost/schemas/words';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import type { Moment } from './pid-table.ts';

/**
 * One result of an on-board monitor as service 06 tells it. `scaling` is an identifier of SAE J1979 annex E; value and
 * limits are raw numbers in it.
 */
interface Finding {
  readonly test: number;
  readonly scaling: number;
  readonly min: number;
  readonly max: number;
  /** Where between its limits the result lies in a sound car, and how far cars differ, as shares of the range. */
  readonly share: number;
  readonly spread: number;
  /** With one of these codes stored it lies beyond its upper limit. */
  readonly failsWith?: readonly string[];
}

const MILLIVOLTS = 0x0a;
const MILLISECONDS = 0x10;
const OHMS = 0x14;
const RATIO = 0x20;
const COUNTS = 0x24;
const DEGREES = 0x1c;
const PASCAL = 0xfe;

const finding = (
  test: number,
  scaling: number,
  limits: readonly [min: number, max: number],
  [share, spread]: readonly [share: number, spread: number],
  failsWith: readonly string[] = [],
): Finding => ({ test, scaling, min: limits[0], max: limits[1], share, spread, failsWith });

/** The counts of misfires in the last ten drive cycles, averaged, and in this one (SAE J1979 annex D). */
const misfires = (codes: readonly string[]): readonly Finding[] => [
  finding(0x0b, COUNTS, [0, 40], [0.02, 0.02], codes),
  finding(0x0c, COUNTS, [0, 120], [0.01, 0.01], codes),
];

/** What the monitors of a petrol engine with one bank last found, by monitor identifier. */
const PETROL_MONITORS: ReadonlyMap<number, readonly Finding[]> = new Map([
  [
    0x01,
    [finding(0x05, MILLISECONDS, [0, 120], [0.4, 0.1]), finding(0x06, MILLISECONDS, [0, 120], [0.42, 0.1])],
  ],
  [
    0x02,
    [
      finding(0x07, MILLIVOLTS, [0, 2_000], [0.3, 0.1]),
      finding(0x08, MILLIVOLTS, [4_500, 8_000], [0.4, 0.1]),
    ],
  ],
  [
    0x03,
    [
      finding(0x07, MILLIVOLTS, [0, 2_000], [0.35, 0.1]),
      finding(0x08, MILLIVOLTS, [4_500, 8_000], [0.3, 0.1]),
    ],
  ],
  [0x21, [finding(0x80, RATIO, [0, 384], [0.25, 0.1], ['P0420'])]],
  [0x31, [finding(0x80, COUNTS, [10, 250], [0.5, 0.2], ['P0401'])]],
  [0x35, [finding(0x80, DEGREES, [0, 1_000], [0.2, 0.1], ['P0011'])]],
  [0x39, [finding(0x80, PASCAL, [0, 4_000], [0.3, 0.1], ['P0455'])]],
  [0x3a, [finding(0x80, PASCAL, [0, 3_000], [0.3, 0.1], ['P0442', 'P0455'])]],
  [0x3b, [finding(0x80, PASCAL, [0, 2_000], [0.3, 0.1], ['P0442', 'P0455'])]],
  [0x3c, [finding(0x80, PASCAL, [0, 1_200], [0.3, 0.1], ['P0456', 'P0455'])]],
  [0x3d, [finding(0x80, PASCAL, [200, 8_000], [0.5, 0.1], ['P0441'])]],
  [0x41, [finding(0x80, OHMS, [2, 40], [0.2, 0.1], ['P0031'])]],
  [0x42, [finding(0x80, OHMS, [2, 40], [0.25, 0.1], ['P0037'])]],
  [0x43, [finding(0x80, OHMS, [2, 40], [0.25, 0.1], ['P0043'])]],
  [0x81, [finding(0x80, RATIO, [150, 362], [0.5, 0.1], ['P0171', 'P0172'])]],
  [0xa1, misfires(['P0300'])],
  [0xa2, misfires(['P0300', 'P0301'])],
  [0xa3, misfires(['P0300', 'P0302'])],
  [0xa4, misfires(['P0300', 'P0303'])],
  [0xa5, misfires(['P0300', 'P0304'])],
]);

/** The monitors that a petrol engine's control unit has results of. */
export const petrolMonitors: readonly number[] = [...PETROL_MONITORS.keys()];

const word = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 0xff, value & 0xff);

const measured = ({ model, car }: Moment, monitor: number, one: Finding): number => {
  const range = one.max - one.min;
  const failed = one.failsWith?.some((code) => car.codes.stored.includes(code)) === true;
  if (failed) return Math.min(0x7fff, one.max + Math.ceil(range / 4));
  const draw = drawAt(model.seed, CHANNEL.identity, 0x1000 + monitor * 256 + one.test);
  return Math.round(one.min + range * (one.share + one.spread * (2 * draw - 1)));
};

/** The bytes after `46` for one monitor: nine for each of its tests; undefined where there is no such monitor. */
export const monitorResults = (monitor: number, moment: Moment): Uint8Array | undefined => {
  const results = PETROL_MONITORS.get(monitor);
  if (results === undefined) return undefined;
  return concatBytes(
    ...results.map((one) =>
      concatBytes(
        Uint8Array.of(monitor, one.test, one.scaling),
        word(measured(moment, monitor, one)),
        word(one.min),
        word(one.max),
      ),
    ),
  );
};
