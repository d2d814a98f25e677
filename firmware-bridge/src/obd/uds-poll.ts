import type { MonoNs } from '@outpost/schemas/words';
import type { Question, Reply } from './question.ts';
import type { Row } from './schedule.ts';
import { CONTROL, type ObdTurn, settle } from './turn.ts';
import {
  closed,
  isOpen,
  keepDue,
  keepQuestion,
  kept,
  opened,
  openQuestion,
  opensSession,
  type Sessions,
} from './uds-session.ts';

/** A session is not kept open for what is asked more rarely than this: it would only keep the control unit awake. */
const WORTH_KEEPING_MS = 10_000;

/** What has to be asked before anything else: a session that would end. */
export const udsFirst = (sessions: Sessions, now: MonoNs): Question | undefined =>
  keepQuestion(sessions, now);

/** When `udsFirst` has something next, or the moment given, whichever comes sooner. */
export const udsDue = (sessions: Sessions, due: MonoNs | undefined): MonoNs | undefined => {
  const keep = keepDue(sessions);
  if (keep === undefined || due === undefined) return due ?? keep;
  return keep < due ? keep : due;
};

/** The session that a row needs before it can be asked; undefined where it needs none, or it is open. */
export const sessionFor = (
  { uds }: Row,
  index: number,
  sessions: Sessions,
  now: MonoNs,
): Question | undefined =>
  uds?.session !== 'extended' || isOpen(sessions, uds.target, now)
    ? undefined
    : { ...openQuestion(uds.target), row: index };

/** Whether the reply belongs to a session and to no value. */
export const isOfSession = (question: Question): boolean => opensSession(question) || question.row < 0;

/** After the reply to a question of a session. `failed` where the session that was asked for is not open. */
export const sessionReply = (
  turn: ObdTurn,
  sessions: Sessions,
  question: Question,
  { verdict, answers }: Reply,
): { readonly sessions: Sessions; readonly failed: boolean } => {
  const { target } = question;
  for (const { carriers } of answers) settle(turn, carriers, () => CONTROL);
  if (target === undefined) return { sessions, failed: false };
  if (!opensSession(question)) return { sessions: kept(sessions, target, turn.now), failed: false };
  const isOpened = verdict === 'answered';
  return { sessions: isOpened ? opened(sessions, target, turn.now) : sessions, failed: !isOpened };
};

/** After any reply to a row: the request kept its session, or it was the last that was worth one. */
export const afterRow = (sessions: Sessions, { uds, everyMs }: Row, now: MonoNs): Sessions => {
  if (uds?.session !== 'extended') return sessions;
  return everyMs > WORTH_KEEPING_MS ? closed(sessions, uds.target) : kept(sessions, uds.target, now);
};
