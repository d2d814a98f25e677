import { type Fault, fault, type Result } from '@outpost/schemas/words';
import { type Assembled, assemble, type Segment } from '../can/isotp.ts';
import { type Answer, matchAnswer, NEGATIVE } from './answer.ts';
import type { Carrier, EcuAnswer } from './question.ts';

/** What frames hold that answer one request. */
export interface Matched {
  /** By ascending address. */
  readonly answers: readonly EcuAnswer[];
  /** Control units that said no for good, by the code of ISO 14229-1. */
  readonly refusals: ReadonlyMap<number, number>;
  /** What carried refusals and requests for patience: control. */
  readonly refused: readonly Carrier[];
}

/** Nothing may be believed, for this reason; `astray` where it answers another question. */
export interface Mismatch {
  readonly fault: Fault;
  readonly astray: boolean;
}

interface Collected {
  readonly answers: EcuAnswer[];
  readonly refusals: Map<number, number>;
  readonly refused: Carrier[];
}

const secondAnswer = fault('malformed', 'obd.second-answer', 'reply', 'a control unit answered twice');

/** How often a control unit may ask for patience before its answer (5 s each, P2* of ISO 14229-2). */
export const PENDING_MAX = 10;

const tooPatient = fault(
  'malformed',
  'obd.pending',
  'reply',
  `a control unit asked for patience more than ${PENDING_MAX} times`,
);

/** One control unit's part of the reply. Returns why nothing of the reply can be believed. */
const collect = (
  request: Uint8Array,
  ecu: number,
  assembled: readonly Assembled<Carrier>[],
  collected: Collected,
): Mismatch | undefined => {
  let final = false;
  let pending = 0;
  for (const { payload, lines, padding } of assembled) {
    if (!payload.ok) return { fault: payload.fault, astray: false };
    const answer: Result<Answer> = matchAnswer(request, payload.value);
    if (!answer.ok) return { fault: answer.fault, astray: true };
    if (final) return { fault: secondAnswer, astray: false };
    if (answer.value.kind === 'positive') {
      collected.answers.push({ ecu, payload: payload.value, padding, carriers: lines });
      final = true;
      continue;
    }
    collected.refused.push(...lines);
    if (answer.value.code === NEGATIVE.pending) {
      pending += 1;
      if (pending > PENDING_MAX) return { fault: tooPatient, astray: false };
      continue;
    }
    collected.refusals.set(ecu, answer.value.code);
    final = true;
  }
  return undefined;
};

/**
 * Compares what each control unit said with the request. Answers are exact echoes of it, one for each control unit;
 * one that is not takes the whole reply with it. Whether these are the control units that should answer is for
 * `believe.ts` to compare.
 */
export const matchAssembled = (
  request: Uint8Array,
  byEcu: ReadonlyMap<number, readonly Assembled<Carrier>[]>,
): Matched | Mismatch => {
  const collected: Collected = { answers: [], refusals: new Map(), refused: [] };
  for (const ecu of [...byEcu.keys()].toSorted((a, b) => a - b)) {
    const mismatch = collect(request, ecu, byEcu.get(ecu) ?? [], collected);
    if (mismatch !== undefined) return mismatch;
  }
  return collected;
};

/** The same for frames of a CAN bus, by the identifier that they came from. */
export const matchFrames = (
  request: Uint8Array,
  frames: ReadonlyMap<number, readonly Segment<Carrier>[]>,
): Matched | Mismatch =>
  matchAssembled(request, new Map([...frames].map(([ecu, segments]) => [ecu, assemble(segments)])));
