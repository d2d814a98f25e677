import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type Cycle, cycleOfSpeeds } from './cycle.ts';

/** A day, in seconds: what is longer is several drives. */
export const PLAY_BACK_MAX_S = 86_400;
/** Rows of a file: ten a second for the longest drive. */
export const PLAY_BACK_MAX_ROWS = 10 * PLAY_BACK_MAX_S;

const SPEED_MAX_KMH = 250;
/** Racing cars on slicks brake harder; no car on a road does. */
const ACCELERATION_MAX_MPS2 = 10;
const GRADE_MAX = 30;

interface Row {
  readonly line: number;
  readonly atS: number;
  readonly kmh: number;
  readonly gradePercent: number;
}

const COLUMNS = 'time in s, speed in km/h and, if you like, grade in percent';

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'sim.play-back', where, words));

/** What is wrong with a row by itself, as the end of a sentence. */
const objection = (row: Row): string | undefined => {
  if (row.atS < 0) return 'has a time before 0';
  if (row.atS > PLAY_BACK_MAX_S) return `has a time beyond ${PLAY_BACK_MAX_S} s, which is a day`;
  if (row.kmh < 0 || row.kmh > SPEED_MAX_KMH) {
    return `has a speed of ${row.kmh} km/h; it must be from 0 to ${SPEED_MAX_KMH}`;
  }
  if (Math.abs(row.gradePercent) > GRADE_MAX) {
    return `has a grade of ${row.gradePercent} %; it must be from -${GRADE_MAX} to ${GRADE_MAX}`;
  }
  return undefined;
};

/** What is wrong with a row after the one before it. */
const jump = (before: Row, row: Row): string | undefined => {
  if (row.atS <= before.atS) return `has the time ${row.atS} s, which is not after ${before.atS} s`;
  const mps2 = Math.abs(row.kmh - before.kmh) / 3.6 / (row.atS - before.atS);
  return mps2 > ACCELERATION_MAX_MPS2
    ? `changes the speed by ${mps2.toFixed(1)} m/s²; no car on a road does more than ${ACCELERATION_MAX_MPS2}`
    : undefined;
};

const cellsOf = (text: string): readonly string[] => text.split(/[,;\t]/).map((cell) => cell.trim());
const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell));

const rowsOf = (text: string, where: string): Result<readonly Row[]> => {
  const rows: Row[] = [];
  let headed = false;
  for (const [i, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = i + 1;
    if (raw.trim() === '' || raw.startsWith('#')) continue;
    const cells = cellsOf(raw);
    if (rows.length === 0 && !headed && !cells.some(isNumber)) {
      headed = true;
      continue;
    }
    if (cells.length < 2 || cells.length > 3 || !cells.every(isNumber)) {
      return wrong(where, `line ${line} is not ${COLUMNS}, separated by commas.`);
    }
    const [atS = 0, kmh = 0, gradePercent = 0] = cells.map(Number);
    const row = { line, atS, kmh, gradePercent };
    const before = rows.at(-1);
    const why = objection(row) ?? (before && jump(before, row));
    if (why !== undefined) return wrong(where, `line ${line} ${why}.`);
    if (rows.length >= PLAY_BACK_MAX_ROWS) {
      return wrong(where, `the file has more than ${PLAY_BACK_MAX_ROWS} rows.`);
    }
    rows.push(row);
  }
  return ok(rows);
};

/** A column by straight lines between its rows, at 0 s, 1 s, … after the first. */
const resampled = (rows: readonly Row[], seconds: number, column: (row: Row) => number): Float64Array => {
  const startS = rows[0]!.atS;
  const values = new Float64Array(seconds + 1);
  for (let s = 0, after = 1; s <= seconds; s += 1) {
    while (after < rows.length - 1 && rows[after]!.atS - startS < s) after += 1;
    const [a, b] = [rows[after - 1]!, rows[after]!];
    const share = Math.min(1, (s - (a.atS - startS)) / (b.atS - a.atS));
    values[s] = column(a) + (column(b) - column(a)) * share;
  }
  return values;
};

/**
 * A file of chosen speeds as a cycle: CSV with a time in s, a speed in km/h and optionally the road's grade in
 * percent in each line; a first line of names, empty lines and lines that begin with `#` are passed over. Times
 * ascend, may be spaced as you like and are brought to one a second by straight lines. A drive begins and ends at
 * rest. `where` names the file in messages; faults are `misconfigured` with code `sim.play-back`.
 */
export const parsePlayBack = (text: string, where: string): Result<Cycle> => {
  const rows = rowsOf(text, where);
  if (!rows.ok) return rows;
  const [first, last] = [rows.value[0], rows.value.at(-1)];
  if (first === undefined || last === undefined || rows.value.length < 2) {
    return wrong(where, `the file needs two lines or more of ${COLUMNS}.`);
  }
  for (const [row, verb] of [
    [first, 'begins'],
    [last, 'ends'],
  ] as const) {
    if (row.kmh !== 0) {
      return wrong(
        where,
        `the drive ${verb} at ${row.kmh} km/h in line ${row.line}; let it begin and end at 0.`,
      );
    }
  }
  if (rows.value.every(({ kmh }) => kmh === 0)) return wrong(where, 'the car never moves in this file.');
  const seconds = Math.ceil(last.atS - first.atS);
  const speeds = resampled(rows.value, seconds, ({ kmh }) => kmh / 3.6);
  const level = rows.value.every(({ gradePercent }) => gradePercent === 0);
  const grades = level ? undefined : resampled(rows.value, seconds, ({ gradePercent }) => gradePercent / 100);
  return ok(cycleOfSpeeds(where, `play-back of ${where}`, speeds, grades === undefined ? {} : { grades }));
};
