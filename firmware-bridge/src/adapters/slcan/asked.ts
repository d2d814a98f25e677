import { elapsedMs, type Fault, fault, type MonoNs } from '@outpost/schemas/words';
import { encodeFlowControl, type FlowControl } from '../../can/flow-control.ts';
import { type CanFrame, dataFrame, STANDARD_ID_MAX } from '../../can/frame.ts';
import type { Assembled } from '../../can/isotp.ts';
import { type ReceiveRules, receiveFrame, receiveOverdue } from '../../can/isotp-receive.ts';
import { NEGATIVE, NEGATIVE_RESPONSE } from '../../obd/answer.ts';
import { isAnswerId } from '../../obd/can-frame.ts';
import { matchAssembled } from '../../obd/judge.ts';
import { emptyReply, type Reply } from '../../obd/question.ts';
import { CONTROL, quarantined, settle } from '../../obd/turn.ts';
import type { Asked, Heard } from './state.ts';
import { after, type Turn } from './turn.ts';

/**
 * Everything at once and as fast as the control unit likes: the adapter passes frames on faster than a bus can carry
 * them. The time between two frames is ISO 15765-2's own, because a radio link may hold them up.
 */
const RULES: ReceiveRules = { blockSize: 0, separationUs: 0, bytesMax: 4_095, consecutiveTimeoutMs: 1_000 };

/** What fills a flow control up to eight bytes. */
const PADDING = 0xaa;

/** P2*: how long a control unit may take after it asked for patience, and how often it may ask. */
const PATIENCE_MS = 5_000;
const PATIENCE_MAX = 10;

/** Frames of one reply: seven control units with a screenful each. Beyond it something is wrong with the bus. */
const REPLY_FRAMES_MAX = 1_024;

const replyFault = (code: string, words: string): Fault =>
  fault('malformed', `slcan.${code}`, 'reply', words);

/** Whether a frame can be part of the reply. */
export const isPartOf = ({ question }: Asked, { id, extended, rtr }: CanFrame): boolean => {
  const { target } = question;
  if (rtr) return false;
  if (target !== undefined) return target.from === id && extended === id > STANDARD_ID_MAX;
  return isAnswerId(id, extended ? 29 : 11);
};

/** Where one control unit listens that answers from this identifier (ISO 15765-4). */
const physicalOf = ({ id, extended }: CanFrame): number =>
  extended ? 0x18da00f1 | ((id & 0xff) << 8) : id - 8;

/** Some makers' units send nothing without a pause between frames. */
const rulesOf = ({ question: { target } }: Asked): ReceiveRules => {
  if (target?.flowControl === undefined) return RULES;
  const { blockSize, separationMs } = target.flowControl;
  return { ...RULES, blockSize, separationUs: 1_000 * separationMs };
};

const flowFrame = (turn: Turn, { question }: Asked, frame: CanFrame, flow: FlowControl): void => {
  const id = question.target?.to ?? physicalOf(frame);
  const to = dataFrame(id, frame.extended, encodeFlowControl(flow, PADDING));
  turn.commands.push({ kind: 'frame', frame: to, timestampMs: undefined });
};

const isPatience = ({ payload }: Assembled<Heard>): boolean =>
  payload.ok && payload.value[0] === NEGATIVE_RESPONSE && payload.value[2] === NEGATIVE.pending;

const withAssembled = (turn: Turn, asked: Asked, id: number, assembled: Assembled<Heard>): Asked => {
  const list = [...(asked.assembled.get(id) ?? []), assembled];
  const next = { ...asked, assembled: new Map(asked.assembled).set(id, list) };
  const pending = new Set(asked.pending);
  if (!isPatience(assembled) || asked.patience >= PATIENCE_MAX) {
    pending.delete(id);
    return { ...next, pending };
  }
  pending.add(id);
  return { ...next, pending, patience: asked.patience + 1, deadline: after(turn, PATIENCE_MS) };
};

/** Takes one frame of the reply; a flow control that it calls for goes out in the same step. */
export const takeFrame = (turn: Turn, asked: Asked, frame: CanFrame, heard: Heard): Asked => {
  const { id, data } = frame;
  const frames = [...asked.frames, heard];
  if (frames.length > REPLY_FRAMES_MAX) {
    return { ...asked, frames, fault: asked.fault ?? replyFault('flood', 'a reply of too many frames') };
  }
  const before = asked.receptions.get(id);
  const received = receiveFrame(before, { bytes: data, line: heard }, rulesOf(asked), turn.now);
  if (received.flow !== undefined) flowFrame(turn, asked, frame, received.flow);
  const receptions = new Map(asked.receptions);
  if (received.reception === undefined) receptions.delete(id);
  else receptions.set(id, received.reception);
  const next = { ...asked, frames, receptions };
  return received.assembled === undefined ? next : withAssembled(turn, next, id, received.assembled);
};

/** A line that cannot be read may have been any frame of the reply. */
export const takeMalformed = (asked: Asked, heard: Heard): Asked => ({
  ...asked,
  frames: [...asked.frames, heard],
  fault: asked.fault ?? heard.fault,
});

/** When to look at a question again although nothing came. */
export const askedUntil = ({ receptions, deadline }: Asked): MonoNs => {
  let until: MonoNs | undefined;
  for (const reception of receptions.values()) {
    if (until === undefined || reception.deadline < until) until = reception.deadline;
  }
  return until ?? deadline;
};

const overdue = (turn: Turn, moment: MonoNs): boolean => elapsedMs(turn.now, moment) <= 0;

/** Gives up the long answers whose next frame did not come. */
const withoutOverdue = (turn: Turn, asked: Asked): Asked => {
  let next = asked;
  for (const [id, reception] of asked.receptions) {
    const broken = receiveOverdue(reception, turn.now);
    if (broken === undefined) continue;
    const receptions = new Map(next.receptions);
    receptions.delete(id);
    next = withAssembled(turn, { ...next, receptions }, id, broken);
  }
  return next;
};

const damaged = (turn: Turn, { frames }: Asked, reason: Fault): Reply => {
  settle(turn, frames, quarantined(reason));
  return emptyReply('damaged', reason);
};

const replyOf = (turn: Turn, asked: Asked): Reply => {
  const { question, frames, assembled } = asked;
  if (asked.fault !== undefined) return damaged(turn, asked, asked.fault);
  if (frames.length === 0) return emptyReply('unanswered');
  const matched = matchAssembled(question.request, assembled);
  if ('fault' in matched) return damaged(turn, asked, matched.fault);
  const { answers, refusals, refused } = matched;
  settle(turn, refused, () => CONTROL);
  return { verdict: answers.length > 0 ? 'answered' : 'negative', answers, refusals, fault: undefined };
};

/**
 * The reply, once every control unit has had its time, or as many frames have come as always do. Undefined while more
 * may come; `asked` is then as it stands now.
 */
export const replyWhenDone = (turn: Turn, before: Asked): { asked: Asked; reply: Reply | undefined } => {
  const asked = withoutOverdue(turn, before);
  const { question, receptions, pending, deadline, frames } = asked;
  const enough = question.frames !== undefined && frames.length >= question.frames && pending.size === 0;
  const done = receptions.size === 0 && (enough || overdue(turn, deadline));
  return { asked, reply: done ? replyOf(turn, asked) : undefined };
};

/** The adapter could not send the request. */
export const notSent = (turn: Turn, asked: Asked): Reply => {
  const reason = replyFault('not-sent', 'the adapter could not send the request');
  settle(turn, asked.frames, quarantined(reason));
  return emptyReply('bus', reason);
};
