import { type Fault, fault } from '@outpost/schemas/words';
import { type Assembled, assemble, type Segment } from '../../can/isotp.ts';
import { matchAssembled } from '../../obd/judge.ts';
import { assembleLegacy, type LegacyPart } from '../../obd/legacy-message.ts';
import type { Carrier, EcuAnswer, Verdict as ReplyVerdict } from '../../obd/question.ts';
import { CONTROL, quarantined } from '../../obd/turn.ts';
import type { Fate } from '../../session.ts';
import type { Bus } from './bus.ts';
import { type HexLine, readCanLine } from './can-line.ts';
import { readLegacyLine } from './legacy-line.ts';
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

/** Where the lines may come from. */
interface Place {
  /** Undefined while it is being looked for. */
  readonly bus: Bus | undefined;
  /** The only identifier that answers, where one control unit was asked. */
  readonly from: number | undefined;
}

interface Sorted {
  readonly frames: Map<number, Segment<Carrier>[]>;
  readonly legacy: Map<number, LegacyPart<Carrier>[]>;
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

const append = <Part>(parts: Map<number, Part[]>, ecu: number, part: Part): void => {
  const known = parts.get(ecu);
  if (known === undefined) parts.set(ecu, [part]);
  else known.push(part);
};

/** Returns why the line is no frame of a CAN bus. */
const sortCan = (sorted: Sorted, heard: Heard, line: HexLine, { bus, from }: Place): Fault | undefined => {
  const frame = readCanLine(line, from);
  if (!frame.ok) return frame.fault;
  const { id, idBits, bytes } = frame.value;
  if (bus?.kind === 'can' && idBits !== bus.idBits) {
    return lineFault('id-width', `a ${idBits}-bit identifier on a bus of ${bus.idBits}-bit ones`);
  }
  append(sorted.frames, id, { bytes, line: heard });
  return undefined;
};

const sortLegacy = (sorted: Sorted, heard: Heard, line: HexLine, { bus }: Place): Fault | undefined => {
  const frame = readLegacyLine(line, bus?.kind === 'legacy' ? bus.bus : undefined);
  if (!frame.ok) return frame.fault;
  append(sorted.legacy, frame.value.ecu, { data: frame.value.data, line: heard });
  return undefined;
};

/** While the bus is being looked for, a line is whatever it can be read as: identifiers and headers differ. */
const sortHex = (sorted: Sorted, heard: Heard, line: HexLine, place: Place): void => {
  const { bus } = place;
  sorted.carriers.push(heard);
  const noCan = bus?.kind === 'legacy' ? undefined : sortCan(sorted, heard, line, place);
  const triesLegacy = bus === undefined ? noCan !== undefined : bus.kind === 'legacy';
  const noLegacy = triesLegacy ? sortLegacy(sorted, heard, line, place) : undefined;
  const isOther = noLegacy?.code === 'legacy.header';
  const reason = triesLegacy ? (isOther ? (noCan ?? noLegacy) : noLegacy) : noCan;
  if (reason !== undefined) damage(sorted, reason);
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

const sortLine = (sorted: Sorted, heard: Heard, place: Place): void => {
  const { event } = heard;
  switch (event?.kind) {
    case 'searching':
    case 'bus-init':
      sorted.fates.push(CONTROL);
      return;
    case 'hex':
      sortHex(sorted, heard, event, place);
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

/** What each control unit said, put together from its lines. */
const assembled = ({ frames, legacy }: Sorted): ReadonlyMap<number, readonly Assembled<Carrier>[]> =>
  new Map([
    ...[...frames].map(([ecu, segments]) => [ecu, assemble(segments)] as const),
    ...[...legacy].map(([ecu, parts]) => [ecu, assembleLegacy(parts)] as const),
  ]);

/**
 * Judges everything that came between a request and its prompt. A reply is believed as a whole or not at all: after
 * one broken line nobody can say what else is missing.
 */
export const judge = (
  request: Uint8Array,
  lines: readonly Heard[],
  bus: Bus | undefined,
  from?: number,
): Judgement => {
  const sorted: Sorted = {
    frames: new Map(),
    legacy: new Map(),
    fates: [],
    carriers: [],
    verdict: undefined,
    fault: undefined,
  };
  for (const heard of lines) sortLine(sorted, heard, { bus, from });
  const { verdict } = sorted;
  const spoken = assembled(sorted);
  if (sorted.fault !== undefined) return broken(sorted, 'damaged', sorted.fault);
  if (verdict !== undefined && spoken.size > 0) {
    return broken(sorted, verdict, lineFault('damaged-reply', `data and ${verdict} in one reply`));
  }
  const matched = matchAssembled(request, spoken);
  if ('fault' in matched) return broken(sorted, matched.astray ? 'astray' : 'damaged', matched.fault);
  const { answers, refusals, refused } = matched;
  const fates = [...sorted.fates, ...refused.map(() => CONTROL)];
  if (answers.length > 0) return { verdict: 'answered', answers, refusals, fates, fault: undefined };
  if (verdict !== undefined) return { verdict, answers, refusals, fates, fault: undefined };
  if (spoken.size > 0) return { verdict: 'negative', answers, refusals, fates, fault: undefined };
  return broken(sorted, 'astray', lineFault('empty-reply', 'a prompt came without an answer'));
};
