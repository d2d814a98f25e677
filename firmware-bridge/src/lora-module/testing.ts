import { asciiBytes, asciiText, type DownlinkItem, type Order, type OrderId } from '@outpost/schemas/words';
import type { FarEnd, Sent } from '../testing/rig.ts';

/** What a module answers to a line: lines without their end; undefined where it says nothing. */
export type LineAnswers = (line: string) => readonly string[] | undefined;

/** Plays a module that takes lines and answers each 20 ms later. */
export const playLines =
  (answers: LineAnswers): FarEnd =>
  (bytes): readonly Sent[] =>
    (answers(asciiText(bytes).trimEnd()) ?? []).map((line) => ({
      afterMs: 20,
      bytes: asciiBytes(`${line}\r\n`),
    }));

export const lines = (...texts: readonly string[]): Uint8Array =>
  asciiBytes(texts.map((text) => `${text}\r\n`).join(''));

/** A downlink that a module at 868.1 MHz, SF7, 125 kHz can send at once, unless something is changed. */
export const downlink = (
  id: string,
  phy: Uint8Array,
  changed: Partial<DownlinkItem> = {},
  kind: 'downlink' | 'beacon' = 'downlink',
): Order => ({
  id: id as OrderId,
  kind,
  gateway: '',
  items: [
    {
      phy,
      at: { kind: 'immediately' },
      frequencyHz: 868_100_000,
      powerDbm: 14,
      modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
      invertPolarity: false,
      preambleSymbols: undefined,
      noCrc: false,
      ...changed,
    },
  ],
});
