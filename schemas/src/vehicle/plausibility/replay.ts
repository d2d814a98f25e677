import { sha256 } from '../../evidence/hash.ts';
import { asciiBytes, toHex } from '../../words/index.ts';
import { withSignedCurrent } from './drive.ts';
import { spread } from './numbers.ts';
import { SIGNAL, seriesOf, slice, type Track } from './track.ts';

/** Signals that are never alike for so long in two drives. */
const TELLING: readonly number[] = [SIGNAL.rpm, SIGNAL.load, SIGNAL.airFlow, SIGNAL.packAmperes];
/** Samples of the speed that one print is over. */
const SAMPLES = 40;
/** A standing car tells the same again and again. */
const SPEED_SPREAD_MIN_KMH = 10;
/** One sample in so many begins a print. */
const SPACING = 29;

/** A stretch of a drive by its values alone: the same stretch told at another time has the same print. */
export interface Print {
  readonly at: number;
  readonly hash: string;
}

/** Where prints begin hangs on the values, not on the time, so that a replay that begins elsewhere is still met. */
const isBeginning = (values: readonly number[], i: number): boolean => {
  const [a = 0, b = 0, c = 0] = [values[i - 2], values[i - 1], values[i]];
  return a !== c && (a + 17 * b + 31 * c) % SPACING === 0;
};

export const printsOf = (given: Track): readonly Print[] => {
  const track = withSignedCurrent(given);
  const { at, value } = seriesOf(track, SIGNAL.speed);
  const prints: Print[] = [];
  for (let i = 2; i + SAMPLES <= value.length; i += 1) {
    const speeds = value.slice(i, i + SAMPLES);
    if (!isBeginning(value, i) || spread(speeds) < SPEED_SPREAD_MIN_KMH) continue;
    const [from = 0, to = 0] = [at[i], at[i + SAMPLES - 1]];
    const stretch = slice(track, from, to);
    const others = TELLING.map((signal) => seriesOf(stretch, signal).value.join(' '));
    prints.push({ at: from, hash: toHex(sha256(asciiBytes([speeds.join(' '), ...others].join('\n')))) });
  }
  return prints;
};
