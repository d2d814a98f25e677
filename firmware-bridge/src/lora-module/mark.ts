import { asciiBytes, asciiText, concatBytes, fromHex, toHex } from '@outpost/schemas/words';
import type { Tuned } from './settings.ts';

const SETTINGS = '(\\d{9,10}) SF(\\d{1,2}) BW(\\d{6}) 4\\/([5-8])';
const SET = new RegExp(`^#set ${SETTINGS}\\n`);
const SENT = new RegExp(`^#sent ${SETTINGS} (-?\\d{1,2}) dBm ((?:[0-9a-f]{2}){1,255})\\n`);

/** The longest mark: 255 bytes in hex and some sixty characters. */
const MARK_MAX_BYTES = 600;

const text = ({ frequencyHz, spreadingFactor, bandwidthHz, codingRate }: Tuned): string =>
  `${frequencyHz} SF${spreadingFactor} BW${bandwidthHz} 4/${codingRate + 4}`;

const tunedFrom = (found: readonly (string | undefined)[]): Tuned => ({
  frequencyHz: Number(found[1]),
  spreadingFactor: Number(found[2]),
  bandwidthHz: Number(found[3]),
  codingRate: Number(found[4]) - 4,
});

/**
 * A line before the bytes of the module, that no module prints: what its owner had set it to, without which the
 * frame would be of no frequency.
 */
export const withMark = (tuned: Tuned | undefined, raw: Uint8Array): Uint8Array =>
  tuned === undefined ? raw : concatBytes(asciiBytes(`#set ${text(tuned)}\n`), raw);

/** The same before a module's word that it has sent a frame: the settings, the power and the frame. */
export const withSentMark = (tuned: Tuned, eirpDbm: number, phy: Uint8Array, raw: Uint8Array): Uint8Array =>
  concatBytes(asciiBytes(`#sent ${text(tuned)} ${Math.round(eirpDbm)} dBm ${toHex(phy)}\n`), raw);

export interface Marked {
  /** What the module itself said. */
  readonly raw: Uint8Array;
  readonly tuned: Tuned | undefined;
  readonly sent?: { readonly phy: Uint8Array; readonly eirpDbm: number };
}

/** Takes the mark off signed bytes, where there is one. */
export const splitMark = (signed: Uint8Array): Marked => {
  const head = asciiText(signed.subarray(0, MARK_MAX_BYTES));
  const set = SET.exec(head);
  if (set !== null) return { raw: signed.subarray(set[0].length), tuned: tunedFrom(set) };
  const sent = SENT.exec(head);
  if (sent === null) return { raw: signed, tuned: undefined };
  return {
    raw: signed.subarray(sent[0].length),
    tuned: tunedFrom(sent),
    sent: { eirpDbm: Number(sent[5]), phy: fromHex(sent[6] ?? '') ?? new Uint8Array(0) },
  };
};
