import { type Fault, fault, type Result } from '@outpost/schemas/words';
import type { Fate } from '../../session.ts';
import { type Answer, matchAnswer, NEGATIVE } from './answer.ts';
import { type CanFrame, type IdBits, readCanLine } from './can-line.ts';
import { type Assembled, assemble, type Padding, type Segment } from './isotp.ts';
import type { Heard } from './state.ts';
import { TROUBLE_ACTION } from './troubles.ts';

/** One control unit's positive answer to exactly the request. */
export interface EcuAnswer {
  readonly ecu: number;
  readonly payload: Uint8Array;
  readonly padding: Padding | undefined;
  readonly lines: readonly Heard[];
}

/** How a reply ended, as far as the dialogue is concerned. */
export type Verdict =
  | 'answered'
  /** Every control unit that spoke said no, or not yet. */
  | 'negative'
  | 'unanswered'
  | 'unsupported'
  | 'absent'
  | 'bus'
  | 'stopped'
  /** Something in it is broken: nothing of it is believed. */
  | 'damaged'
  /** Nothing before the prompt, or an answer to another question: the two sides are out of step. */
  | 'astray';

export interface Judgement {
  readonly verdict: Verdict;
  /** By ascending address; empty unless `answered`. Their lines have no fate yet. */
  readonly answers: readonly EcuAnswer[];
  /** Control units that said no for good, by the code of ISO 14229-1. */
  readonly refusals: ReadonlyMap<number, number>;
  /** Of every line that is not an answer's. */
  readonly fates: readonly Fate[];
  /** The first reason for `damaged` and `astray`. */
  readonly fault: Fault | undefined;
}

const CONTROL: Fate = { kind: 'control' };

interface Sorted {
  readonly frames: Map<number, Segment<Heard>[]>;
  readonly fates: Fate[];
  /** Lines that hold data or rubbish and will be quarantined if the reply is damaged. */
  readonly carriers: Heard[];
  verdict: Verdict | undefined;
  fault: Fault | undefined;
}

const lineFault = (code: string, words: string): Fault =>
  fault('malformed', `elm327.${code}`, 'reply', words);

const damage = (sorted: Sorted, reason: Fault): void => {
  sorted.fault ??= reason;
};

const sortHex = (sorted: Sorted, heard: Heard, frame: Result<CanFrame>, idBits: IdBits | undefined): void => {
  sorted.carriers.push(heard);
  if (!frame.ok) {
    damage(sorted, frame.fault);
  } else if (idBits !== undefined && frame.value.idBits !== idBits) {
    const words = `a ${frame.value.idBits}-bit identifier on a bus of ${idBits}-bit ones`;
    damage(sorted, lineFault('id-width', words));
  } else {
    const { id, bytes } = frame.value;
    const segments = sorted.frames.get(id) ?? [];
    segments.push({ bytes, line: heard });
    sorted.frames.set(id, segments);
  }
};

/** The gravest text of a reply decides: a bus error outweighs that nobody answered. */
const GRAVITY: readonly Verdict[] = ['unanswered', 'unsupported', 'stopped', 'absent', 'bus'];

const sortTrouble = (
  sorted: Sorted,
  heard: Heard,
  event: Extract<Heard['event'], { kind: 'trouble' }>,
): void => {
  const action = TROUBLE_ACTION[event.trouble];
  if (event.groups.length > 0) sorted.carriers.push(heard);
  else sorted.fates.push(CONTROL);
  if (action === 'damaged' || action === 'alert' || action === 'reset' || event.groups.length > 0) {
    damage(sorted, lineFault('damaged-line', `the dongle reports ${event.trouble} within its reply`));
    return;
  }
  const { verdict } = sorted;
  if (verdict === undefined || GRAVITY.indexOf(action) > GRAVITY.indexOf(verdict)) sorted.verdict = action;
};

const sortLine = (sorted: Sorted, heard: Heard, idBits: IdBits | undefined): void => {
  const { event } = heard;
  switch (event?.kind) {
    case 'searching':
    case 'bus-init':
      sorted.fates.push(CONTROL);
      return;
    case 'hex':
      sortHex(sorted, heard, readCanLine(event), idBits);
      return;
    case 'trouble':
      sortTrouble(sorted, heard, event);
      return;
    case 'numbered':
    case 'text':
    case 'ok':
    case 'error-number':
    case 'prompt':
    case undefined:
      sorted.carriers.push(heard);
      damage(sorted, heard.fault ?? lineFault('no-data-line', 'a line that is no answer of a control unit'));
  }
};

interface Matched {
  readonly answers: EcuAnswer[];
  readonly refusals: Map<number, number>;
  readonly settled: Heard[];
}

/** One control unit's part of the reply. Returns why nothing of the reply can be believed. */
const matchEcu = (
  request: Uint8Array,
  ecu: number,
  assembled: readonly Assembled<Heard>[],
  matched: Matched,
): Fault | undefined => {
  let final = false;
  for (const { payload, lines, padding } of assembled) {
    if (!payload.ok) return payload.fault;
    const answer: Result<Answer> = matchAnswer(request, payload.value);
    if (!answer.ok) return answer.fault;
    if (final) return lineFault('second-answer', 'a control unit answered twice');
    if (answer.value.kind === 'positive') {
      matched.answers.push({ ecu, payload: payload.value, padding, lines });
      final = true;
      continue;
    }
    matched.settled.push(...lines);
    if (answer.value.code === NEGATIVE.pending) continue;
    matched.refusals.set(ecu, answer.value.code);
    final = true;
  }
  return undefined;
};

const quarantine = (heard: Heard, reason: Fault): Fate => ({
  kind: 'quarantined',
  fault: heard.fault ?? reason,
  raw: heard.raw,
});

const broken = (sorted: Sorted, verdict: Verdict, reason: Fault): Judgement => ({
  verdict,
  answers: [],
  refusals: new Map(),
  fates: [...sorted.fates, ...sorted.carriers.map((heard) => quarantine(heard, reason))],
  fault: reason,
});

/**
 * Judges everything that came between a request and its prompt. A reply is believed as a whole or not at all: after
 * one broken line nobody can say what else is missing. Answers are exact echoes of the request, one for each control
 * unit; whether these are the control units that should answer is for the caller to compare.
 */
export const judge = (
  request: Uint8Array,
  lines: readonly Heard[],
  idBits: IdBits | undefined,
): Judgement => {
  const sorted: Sorted = { frames: new Map(), fates: [], carriers: [], verdict: undefined, fault: undefined };
  for (const heard of lines) sortLine(sorted, heard, idBits);
  const { frames, verdict } = sorted;
  if (sorted.fault !== undefined) return broken(sorted, 'damaged', sorted.fault);
  if (verdict !== undefined && frames.size > 0) {
    return broken(sorted, verdict, lineFault('damaged-reply', `data and ${verdict} in one reply`));
  }
  const matched: Matched = { answers: [], refusals: new Map(), settled: [] };
  for (const ecu of [...frames.keys()].toSorted((a, b) => a - b)) {
    const reason = matchEcu(request, ecu, assemble(frames.get(ecu) ?? []), matched);
    if (reason !== undefined) {
      return broken(sorted, reason.code === 'elm327.echo-mismatch' ? 'astray' : 'damaged', reason);
    }
  }
  const { answers, refusals, settled } = matched;
  const fates = [...sorted.fates, ...settled.map(() => CONTROL)];
  if (answers.length > 0) return { verdict: 'answered', answers, refusals, fates, fault: undefined };
  if (verdict !== undefined) return { verdict, answers, refusals, fates, fault: undefined };
  if (frames.size > 0) return { verdict: 'negative', answers, refusals, fates, fault: undefined };
  return broken(sorted, 'astray', lineFault('empty-reply', 'a prompt came without an answer'));
};
