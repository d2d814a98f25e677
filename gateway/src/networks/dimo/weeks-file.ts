import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, fault, type WallNs } from '@outpost/schemas/words';
import { errorCode, writeWhole } from '../../store/whole-file.ts';
import { type Forecast, forecast, type Streak, stepStreak, weekOf } from './week.ts';

const FILE = 'weeks.json';
/** Ten years; what is older is part of no streak that can still change. */
const WEEKS_MAX = 520;

interface Course {
  /** The streak at the start of `fromWeek`, as the owner read it in the app; nothing where nobody said. */
  readonly fromWeek: number;
  readonly before: Streak;
  /** Weeks for which a signal of that week was taken within it, ascending. */
  readonly active: readonly number[];
  /** Nanoseconds of the last signal that was taken, as text. */
  readonly lastSignalAt: string;
}

/** What this box knows of the weeks of its vehicles, by their DIDs. One call after another. */
export interface Weeks {
  /**
   * A signal of that moment was taken now. True where it is the first of its week, and the week is not over: what
   * comes after Monday 05:00 UTC was paid without it.
   */
  taken(subject: string, signalAt: WallNs, now: WallNs): Promise<boolean>;
  /** What the owner read in the app: the streak at the start of the present week. */
  begin(subject: string, before: Streak, now: WallNs): Promise<void>;
  forecast(subject: string, now: WallNs): Forecast;
  readonly subjects: readonly string[];
}

const NONE: Streak = { connected: 0, disconnected: 0 };

/** Two hundred years of weeks: whatever counts them comes to an end. */
const WEEK_MAX = 10_000;

const isCount = (value: unknown): boolean =>
  Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= WEEK_MAX;

const isCourse = (value: unknown): value is Course => {
  const { fromWeek, before, active, lastSignalAt } = (value ?? {}) as Partial<Course>;
  if (!isCount(fromWeek) || !Array.isArray(active) || !active.every(isCount)) return false;
  if (active.length > WEEKS_MAX || !isCount(before?.connected) || !isCount(before?.disconnected))
    return false;
  return typeof lastSignalAt === 'string' && /^-?\d{1,20}$/.test(lastSignalAt);
};

/** Of a file's text; throws where that is no JSON object. */
const coursesIn = (text: string): Map<string, Course> => {
  const entries = Object.entries(JSON.parse(text) as object);
  return new Map(entries.filter((entry): entry is [string, Course] => isCourse(entry[1])));
};

const load = async (path: string): Promise<Map<string, Course>> => {
  try {
    return coursesIn(await readFile(path, 'utf8'));
  } catch {
    // Lost or damaged, it begins anew: it foretells, and decides nothing.
    return new Map();
  }
};

const streakAt = ({ fromWeek, before, active }: Course, week: number): Streak => {
  const set = new Set(active);
  let streak = before;
  for (let each = fromWeek; each < week; each += 1) streak = stepStreak(streak, set.has(each));
  return streak;
};

/** @param alarm told where the file cannot be written; what is known stays in memory. */
export const openWeeks = async (directory: string, alarm: (fault: Fault) => void): Promise<Weeks> => {
  const path = join(directory, FILE);
  let courses = await load(path);

  const keep = async (subject: string, course: Course): Promise<void> => {
    // Another program may have written what the owner said, so that the file goes before what is remembered.
    courses = new Map([...courses, ...(await load(path))]).set(subject, course);
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeWhole(path, `${JSON.stringify(Object.fromEntries(courses))}\n`);
    } catch (error) {
      alarm(fault('unreachable', 'dimo.weeks', path, `cannot be written (${errorCode(error)}).`));
    }
  };

  return {
    get subjects() {
      return [...courses.keys()];
    },
    taken: async (subject, signalAt, now) => {
      const week = weekOf(now).number;
      if (weekOf(signalAt).number !== week) return false;
      if (courses.get(subject)?.active.includes(week) !== true)
        courses = new Map([...courses, ...(await load(path))]);
      const course = courses.get(subject) ?? { fromWeek: week, before: NONE, active: [], lastSignalAt: '0' };
      const lastSignalAt = String(signalAt);
      if (course.active.includes(week)) {
        courses.set(subject, { ...course, lastSignalAt });
        return false;
      }
      const active = [...course.active, week].toSorted((a, b) => a - b);
      if (active.length > WEEKS_MAX) {
        const [first = week, ...others] = active;
        const fromWeek = first + 1;
        await keep(subject, {
          fromWeek,
          before: streakAt({ ...course, active }, fromWeek),
          active: others,
          lastSignalAt,
        });
      } else await keep(subject, { ...course, active, lastSignalAt });
      return true;
    },
    begin: async (subject, before, now) => {
      const fromWeek = weekOf(now).number;
      const course = courses.get(subject);
      const active = course?.active.filter((week) => week >= fromWeek) ?? [];
      await keep(subject, { fromWeek, before, active, lastSignalAt: course?.lastSignalAt ?? '0' });
    },
    forecast: (subject, now) => {
      const { number, startsAt } = weekOf(now);
      const course = courses.get(subject);
      if (course === undefined) return forecast(now, undefined, NONE);
      const isActive = course.active.includes(number);
      return forecast(now, isActive ? (startsAt as WallNs) : undefined, streakAt(course, number));
    },
  };
};
