import { decodeSupported } from '@outpost/schemas/vehicle';
import type { Padding } from '../can/isotp.ts';
import type { EcuAnswer, Question, Reply } from './question.ts';
import { type CarFacts, CONTROL, type Ecu, noteTrouble, type ObdTurn, settle } from './turn.ts';

export interface EcuBitmap {
  readonly service: number;
  readonly ecu: number;
  readonly padding: Padding | undefined;
  readonly parameters: readonly number[];
}

/** Finding out what the car offers. */
export interface Discover {
  readonly kind: 'discover';
  /** Service and bitmap now asked for. */
  readonly service: 0x01 | 0x09;
  readonly base: number;
  /** Of the last reply to this bitmap; two in a row must agree. */
  readonly last: string | undefined;
  readonly tries: number;
  /** So that one broken bitmap costs one try again. */
  readonly found: readonly EcuBitmap[];
}

/** How often one bitmap is asked for until two replies in a row agree. */
const TRIES_MAX = 6;

const PIDS_PER_BITMAP = 0x20;
const LAST_BASE = 0xe0;

export const startDiscover = (): Discover => ({
  kind: 'discover',
  service: 0x01,
  base: 0,
  last: undefined,
  tries: 0,
  found: [],
});

/** What is known after a reply during discovery: what to ask next, or how it ended. */
export type Discovered = Discover | 'complete' | 'nobody';

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
const nextService = (turn: ObdTurn, phase: Discover, found: readonly EcuBitmap[]): Discovered => {
  if (phase.service === 0x01 && found.length > 0) return { ...startDiscover(), service: 0x09, found };
  turn.car = { ...turn.car, ecus: ecusOf(found) };
  return found.length > 0 ? 'complete' : 'nobody';
};

const believe = (turn: ObdTurn, phase: Discover, bitmaps: readonly EcuBitmap[]): Discovered => {
  const found = [...phase.found, ...bitmaps];
  const next = phase.base + PIDS_PER_BITMAP;
  const goesOn = next <= LAST_BASE && bitmaps.some(({ parameters }) => parameters.includes(next));
  if (!goesOn) return nextService(turn, phase, found);
  return { ...phase, base: next, last: undefined, tries: 0, found };
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

const again = (turn: ObdTurn, phase: Discover, last: string | undefined): Discovered => {
  if (phase.tries + 1 < TRIES_MAX) return { ...phase, last, tries: phase.tries + 1 };
  noteTrouble(turn, 'the car gives different lists of what it supports');
  return nextService(turn, phase, phase.found);
};

/** Takes the reply to one bitmap. Bitmaps are believed when two replies in a row are equal in every bit. */
export const discoverReply = (turn: ObdTurn, phase: Discover, reply: Reply): Discovered => {
  const { verdict, answers } = reply;
  for (const { carriers } of answers) settle(turn, carriers, () => CONTROL);
  if (verdict === 'damaged' || verdict === 'late') return again(turn, phase, undefined);
  if (verdict === 'answered') {
    const bitmaps = bitmapsOf(phase, answers);
    if (bitmaps === undefined) {
      noteTrouble(turn, 'a list of supported parameters of another length');
      return again(turn, phase, undefined);
    }
    const print = fingerprint(bitmaps);
    return print === phase.last ? believe(turn, phase, bitmaps) : again(turn, phase, print);
  }
  // Nobody has this list, so it ends here; asked twice, because a busy control unit is silent too.
  const twice = phase.tries > 0 && phase.last === undefined;
  return twice ? nextService(turn, phase, phase.found) : again(turn, phase, undefined);
};

export const discoverNext = (phase: Discover): Question => ({
  request: Uint8Array.of(phase.service, phase.base),
  target: undefined,
  frames: undefined,
  row: -1,
});

/**
 * Whether answers to the first bitmap come from the very control units that are known, each offering what it did: then
 * nobody needs to be asked for the other lists again.
 */
export const offersAsKnown = ({ ecus }: CarFacts, answers: readonly EcuAnswer[]): boolean => {
  const bitmaps = bitmapsOf(startDiscover(), answers);
  if (bitmaps === undefined || ecus.length === 0) return false;
  const first = (pids: Iterable<number>): string =>
    [...pids]
      .filter((pid) => pid <= PIDS_PER_BITMAP)
      .toSorted((a, b) => a - b)
      .join();
  return (
    bitmaps.length === ecus.length &&
    bitmaps.every(({ ecu, padding, parameters }) => {
      const known = ecus.find(({ address }) => address === ecu);
      return known !== undefined && known.padding === padding && first(known.pids) === first(parameters);
    })
  );
};
