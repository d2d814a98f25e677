import { type Fault, fault, type Result } from '@outpost/schemas/words';
import type { CanFrame, IdBits } from '../../obd/can-frame.ts';
import type { Segment } from '../../obd/isotp.ts';
import { matchFrames } from '../../obd/judge.ts';
import type { Carrier, EcuAnswer, Verdict as ReplyVerdict } from '../../obd/question.ts';
import { CONTROL, quarantined } from '../../obd/turn.ts';
import type { Fate } from '../../session.ts';
import { readCanLine } from './can-line.ts';
import type { Heard } from './state.ts';
import { TROUBLE_ACTION } from './troubles.ts';

/** How a reply ended, as far as the dongle is concerned. */
export type Verdict =
  | Exclude<ReplyVerdict, 'late'>
  /** Our own byte interrupted the request. */
  | 'stopped'
  /** Nothing before the prompt, or an answer to another question: the two sides are out of step. */
  | 'astray';

export interface Judgement {
  readonly verdict: Verdict;
  /** By ascending address; empty unless `answered`. Their carriers have no fate yet. */
  readonly answers: readonly EcuAnswer[];
  /** Control units that said no for good, by the code of ISO 14229-1. */
  readonly refusals: ReadonlyMap<number, number>;
  /** Of every line that is not an answer's. */
  readonly fates: readonly Fate[];
  /** The first reason for `damaged` and `astray`. */
  readonly fault: Fault | undefined;
}

interface Sorted {
  readonly frames: Map<number, Segment<Carrier>[]>;
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

const broken = (sorted: Sorted, verdict: Verdict, reason: Fault): Judgement => ({
  verdict,
  answers: [],
  refusals: new Map(),
  fates: [...sorted.fates, ...sorted.carriers.map(quarantined(reason))],
  fault: reason,
});

/**
 * Judges everything that came between a request and its prompt. A reply is believed as a whole or not at all: after
 * one broken line nobody can say what else is missing.
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
  const matched = matchFrames(request, frames);
  if ('fault' in matched) return broken(sorted, matched.astray ? 'astray' : 'damaged', matched.fault);
  const { answers, refusals, refused } = matched;
  const fates = [...sorted.fates, ...refused.map(() => CONTROL)];
  if (answers.length > 0) return { verdict: 'answered', answers, refusals, fates, fault: undefined };
  if (verdict !== undefined) return { verdict, answers, refusals, fates, fault: undefined };
  if (frames.size > 0) return { verdict: 'negative', answers, refusals, fates, fault: undefined };
  return broken(sorted, 'astray', lineFault('empty-reply', 'a prompt came without an answer'));
};
