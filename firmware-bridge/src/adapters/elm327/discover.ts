import { decodeSupported } from '@outpost/schemas/vehicle';
import { fault } from '@outpost/schemas/words';
import type { IdBits } from './can-line.ts';
import { type EcuAnswer, type Judgement, judge } from './judge.ts';
import { synchronise } from './link.ts';
import type { Ecu, EcuBitmap, Phase, Reply } from './state.ts';
import { askCar, CONTROL, requestTimeoutMs, sensible, settle, strike, type Turn } from './turn.ts';

type Discover = Extract<Phase, { kind: 'discover' }>;

/** How often one bitmap is asked for until two replies in a row agree. */
const TRIES_MAX = 6;

const PIDS_PER_BITMAP = 0x20;
const LAST_BASE = 0xe0;

export const startDiscover = (turn: Turn): void => {
  turn.phase = { kind: 'discover', service: 0x01, base: 0, last: undefined, tries: 0, found: [] };
};

/** Width of the identifiers on the bus in use: odd protocol numbers of ISO 15765-4 have 29 bits. */
export const idBitsOf = (turn: Turn): IdBits =>
  turn.facts.protocol === '7' || turn.facts.protocol === '9' ? 29 : 11;

/** What is known after a reply during discovery. */
export type Discovered = 'asking' | 'complete' | 'nobody';

const bitmapsOf = (phase: Discover, answers: readonly EcuAnswer[]): readonly EcuBitmap[] | undefined => {
  const bitmaps: EcuBitmap[] = [];
  for (const { ecu, payload, padding } of answers) {
    const parameters = decodeSupported(phase.base, payload.subarray(2));
    if (!parameters.ok) return undefined;
    bitmaps.push({ service: phase.service, ecu, padding, parameters: parameters.value });
  }
  return bitmaps;
};

const fingerprint = (bitmaps: readonly EcuBitmap[]): string => JSON.stringify(bitmaps);

/** From the bitmaps of service 01 to those of 09, then to the end. */
const nextService = (turn: Turn, phase: Discover, found: readonly EcuBitmap[]): Discovered => {
  if (phase.service === 0x01 && found.length > 0) {
    turn.phase = { kind: 'discover', service: 0x09, base: 0, last: undefined, tries: 0, found };
    return 'asking';
  }
  turn.facts = { ...turn.facts, ecus: ecusOf(found) };
  return found.length > 0 ? 'complete' : 'nobody';
};

const believe = (turn: Turn, phase: Discover, bitmaps: readonly EcuBitmap[]): Discovered => {
  const found = [...phase.found, ...bitmaps];
  const next = phase.base + PIDS_PER_BITMAP;
  const goesOn = next <= LAST_BASE && bitmaps.some(({ parameters }) => parameters.includes(next));
  if (!goesOn) return nextService(turn, phase, found);
  turn.phase = { ...phase, base: next, last: undefined, tries: 0, found };
  return 'asking';
};

const ecusOf = (found: readonly EcuBitmap[]): readonly Ecu[] => {
  const addresses = [...new Set(found.map(({ ecu }) => ecu))].toSorted((a, b) => a - b);
  return addresses.map((address) => {
    const own = found.filter(({ ecu }) => ecu === address);
    const listed = (service: number): ReadonlySet<number> =>
      new Set(own.filter((bitmap) => bitmap.service === service).flatMap(({ parameters }) => parameters));
    return { address, padding: own[0]?.padding, pids: listed(0x01), infoTypes: listed(0x09) };
  });
};

const again = (turn: Turn, phase: Discover, last: string | undefined): Discovered => {
  if (phase.tries + 1 >= TRIES_MAX) {
    turn.counts = { ...turn.counts, lastTrouble: 'the car gives different lists of what it supports' };
    return nextService(turn, phase, phase.found);
  }
  turn.phase = { ...phase, last, tries: phase.tries + 1 };
  return 'asking';
};

const unclear = fault(
  'malformed',
  'elm327.bitmap',
  'answer',
  'a list of supported parameters of another length',
);

const takeJudged = (turn: Turn, phase: Discover, judged: Judgement): Discovered => {
  if (judged.verdict === 'answered') {
    const bitmaps = bitmapsOf(phase, judged.answers);
    if (bitmaps === undefined) {
      strike(turn, unclear);
      return again(turn, phase, undefined);
    }
    sensible(turn);
    const print = fingerprint(bitmaps);
    return print === phase.last ? believe(turn, phase, bitmaps) : again(turn, phase, print);
  }
  if (judged.verdict === 'damaged' || judged.verdict === 'astray' || judged.verdict === 'stopped') {
    strike(turn, judged.fault ?? unclear);
    if (judged.verdict !== 'damaged') synchronise(turn, undefined);
    return again(turn, phase, undefined);
  }
  sensible(turn);
  // Nobody has this list, so it ends here; asked twice, because a busy control unit is silent too.
  const twice = phase.tries > 0 && phase.last === undefined;
  return twice ? nextService(turn, phase, phase.found) : again(turn, phase, undefined);
};

/** Takes the reply to one bitmap. Bitmaps are believed when two replies in a row are equal in every bit. */
export const discoverReply = (turn: Turn, phase: Discover, reply: Reply): Discovered => {
  if (reply.silent) return again(turn, phase, undefined);
  const judged = judge(Uint8Array.of(phase.service, phase.base), reply.lines, idBitsOf(turn));
  turn.fates.push(...judged.fates);
  for (const { lines } of judged.answers) settle(turn, lines, () => CONTROL);
  return takeJudged(turn, phase, judged);
};

export const discoverNext = (turn: Turn, phase: Discover): void =>
  askCar(turn, Uint8Array.of(phase.service, phase.base), requestTimeoutMs(turn));
