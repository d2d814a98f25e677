import { drawAt } from '../../random/draw-at.ts';
import type { Said } from './said.ts';

/** How often things go wrong, each as a share from 0 to 1. */
export interface Mishaps {
  /** Of turns, after which the device is gone without a word and connects anew. */
  readonly churn: number;
  /** Of messages that are published twice. */
  readonly duplicates: number;
  /** Of messages that are damaged before they leave. */
  readonly badPayloads: number;
  /** Of devices whose clock is wrong: it was never set, or is ahead by days. */
  readonly wrongClocks: number;
}

export const NO_MISHAPS: Mishaps = { churn: 0, duplicates: 0, badPayloads: 0, wrongClocks: 0 };

const CHANNELS = { churn: 11, duplicates: 12, bad: 13, clock: 14, place: 15 } as const;
/** No device speaks more often in its life. */
const TURNS = 2 ** 32;

const DAY_MS = 86_400_000;

/** Draws of one device of a fleet. */
export const mishapsOf = (mishaps: Mishaps, seed: number, index: number) => {
  const draw = (channel: number, at: number): number => drawAt(seed, channel, index * TURNS + at);
  return {
    isChurn: (turn: number): boolean => draw(CHANNELS.churn, turn) < mishaps.churn,
    isTwice: (message: number): boolean => draw(CHANNELS.duplicates, message) < mishaps.duplicates,
    isBad: (message: number): boolean => draw(CHANNELS.bad, message) < mishaps.badPayloads,
    /** What its clock says when it is `nowMs`. */
    clockMs: (nowMs: number): number => {
      const chance = draw(CHANNELS.clock, 0);
      if (chance >= mishaps.wrongClocks) return nowMs;
      return chance < mishaps.wrongClocks / 2 ? nowMs % DAY_MS : nowMs + 3 * DAY_MS;
    },
    /** Cut off, or with one byte that belongs to no text. */
    damaged: (said: Said, message: number): Said => {
      const at = Math.floor(draw(CHANNELS.place, message) * said.payload.length);
      if (message % 2 === 0) return { ...said, payload: said.payload.slice(0, at) };
      const payload = said.payload.slice();
      payload[at] = 0xff;
      return { ...said, payload };
    },
  };
};
