import { elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Question, Target } from './question.ts';

/** Extended sessions that are open, by the identifier that their control unit listens at. */
export type Sessions = ReadonlyMap<number, OpenSession>;

export interface OpenSession {
  readonly target: Target;
  /** When it was opened, or last kept. */
  readonly keptAt: MonoNs;
}

export const NO_SESSIONS: Sessions = new Map();

const EXTENDED_SESSION = Uint8Array.of(0x10, 0x03);
/** “Tester present”, and no answer to it. */
const TESTER_PRESENT = Uint8Array.of(0x3e, 0x80);

/** A control unit falls back into its default session after 5 s without a word (S3, ISO 14229-2). */
export const SESSION_LASTS_MS = 5_000;
export const KEEP_EVERY_MS = 2_000;

/** No row: the reply belongs to the session itself. */
export const SESSION_ROW = -2;

const ask = (request: Uint8Array, target: Target): Question => ({
  request,
  target,
  frames: undefined,
  row: SESSION_ROW,
});

/** Whether the control unit is still in the session that was opened. */
export const isOpen = (sessions: Sessions, { to }: Target, now: MonoNs): boolean => {
  const open = sessions.get(to);
  return open !== undefined && elapsedMs(open.keptAt, now) < SESSION_LASTS_MS;
};

export const openQuestion = (target: Target): Question => ask(EXTENDED_SESSION, target);

/** When the next session has to be kept; undefined where none is open. */
export const keepDue = (sessions: Sessions): MonoNs | undefined => {
  const moments = [...sessions.values()].map(({ keptAt }) => monoAfterMs(keptAt, KEEP_EVERY_MS));
  return moments.toSorted((a, b) => (a < b ? -1 : 1))[0];
};

/** Keeps the session that has waited longest, where one has to be kept now. */
export const keepQuestion = (sessions: Sessions, now: MonoNs): Question | undefined => {
  const waiting = [...sessions.values()]
    .filter(({ keptAt }) => elapsedMs(keptAt, now) >= KEEP_EVERY_MS)
    .toSorted((a, b) => (a.keptAt < b.keptAt ? -1 : 1));
  const [first] = waiting;
  return first === undefined ? undefined : ask(TESTER_PRESENT, first.target);
};

/** After a request to the control unit was sent, whatever came of it: every request keeps its session. */
export const kept = (sessions: Sessions, { to }: Target, now: MonoNs): Sessions => {
  const open = sessions.get(to);
  return open === undefined ? sessions : new Map(sessions).set(to, { ...open, keptAt: now });
};

/** After `50 03`. */
export const opened = (sessions: Sessions, target: Target, now: MonoNs): Sessions =>
  new Map(sessions).set(target.to, { target, keptAt: now });

/** Nobody needs it any more; it ends by itself. */
export const closed = (sessions: Sessions, { to }: Target): Sessions => {
  const rest = new Map(sessions);
  rest.delete(to);
  return rest;
};

export const opensSession = ({ request }: Question): boolean => request[0] === EXTENDED_SESSION[0];
