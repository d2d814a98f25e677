import type { Body, Fault, MonoNs } from '@outpost/schemas/words';
import type { CanFrame } from '../../can/frame.ts';
import { type ReceiveRules, type Reception, receiveFrame, receiveOverdue } from '../../can/isotp-receive.ts';
import { isAnswerId } from '../../obd/can-frame.ts';
import type { Carrier } from '../../obd/question.ts';
import { redecodeAnswer } from '../../obd/redecode.ts';
import { joinRaw } from '../../obd/turn.ts';

/** Answers under way, by the identifier that they come from. */
export type Receptions = ReadonlyMap<number, Reception<Carrier>>;

export const NO_RECEPTIONS: Receptions = new Map();

/** The firmware gathers frames into messages, which wait for the network. */
const RULES: ReceiveRules = { blockSize: 0, separationUs: 0, bytesMax: 4_095, consecutiveTimeoutMs: 5_000 };
const RECEPTIONS_MAX = 64;

/** By service 22 every maker means something else; without the question nobody knows what. */
const BY_IDENTIFIER = 0x62;

/** What became of one frame. */
export type Overheard =
  | { readonly kind: 'said'; readonly bodies: readonly Body[]; readonly raw: Uint8Array }
  /** Part of an answer that is not complete. */
  | { readonly kind: 'part' }
  | { readonly kind: 'dropped'; readonly reason: 'not-an-answer' | 'not-asked' | 'no-value' }
  | { readonly kind: 'broken'; readonly fault: Fault; readonly raw: Uint8Array };

/** Whether a frame is an answer of an emission-related control unit (ISO 15765-4). */
export const isAnswer = ({ id, extended, rtr }: CanFrame): boolean =>
  !rtr && isAnswerId(id, extended ? 29 : 11);

const NEGATIVE = 0x7f;

const ended = (ecu: number, payload: Uint8Array, raw: Uint8Array): Overheard => {
  const [service] = payload;
  if (service === NEGATIVE || service === BY_IDENTIFIER) return { kind: 'dropped', reason: 'not-asked' };
  const bodies = redecodeAnswer(ecu, payload);
  return bodies.length > 0 ? { kind: 'said', bodies, raw } : { kind: 'dropped', reason: 'no-value' };
};

/** Takes a frame that somebody else asked for; nothing is ever sent, flow controls neither. */
export const overhear = (
  before: Receptions,
  frame: CanFrame,
  raw: Uint8Array,
  now: MonoNs,
): { readonly receptions: Receptions; readonly overheard: Overheard } => {
  if (!isAnswer(frame))
    return { receptions: before, overheard: { kind: 'dropped', reason: 'not-an-answer' } };
  const { id, data } = frame;
  const receptions = new Map(before);
  const known = before.get(id);
  const open = known !== undefined && receiveOverdue(known, now) === undefined ? known : undefined;
  receptions.delete(id);
  const line: Carrier = { raw, fault: undefined };
  const { reception, assembled } = receiveFrame(open, { bytes: data, line }, RULES, now);
  const [oldest] = receptions.keys();
  if (receptions.size >= RECEPTIONS_MAX && oldest !== undefined) receptions.delete(oldest);
  if (reception !== undefined) receptions.set(id, reception);
  if (assembled === undefined) return { receptions, overheard: { kind: 'part' } };
  const whole = joinRaw(assembled.lines);
  const { payload } = assembled;
  const overheard: Overheard = payload.ok
    ? ended(id, payload.value, whole)
    : { kind: 'broken', fault: payload.fault, raw: whole };
  return { receptions, overheard };
};
