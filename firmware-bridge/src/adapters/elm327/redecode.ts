import { type Body, concatBytes } from '@outpost/schemas/words';
import { isAnswerId } from '../../obd/can-frame.ts';
import { assembleLegacy } from '../../obd/legacy-message.ts';
import { splitMeaning } from '../../obd/meaning-line.ts';
import { redecodeAnswer, redecodeFrames } from '../../obd/redecode.ts';
import { adapterTextBody } from './adapter-text.ts';
import { type HexLine, readAnyCanLine } from './can-line.ts';
import { type Event, eventWire } from './event.ts';
import { readLegacyLine } from './legacy-line.ts';

const CR = Uint8Array.of(0x0d);

/** The lines of a reading's raw bytes, which are joined by carriage returns; undefined where one is no line. */
const linesOf = (raw: Uint8Array): readonly Event[] | undefined => {
  const events: Event[] = [];
  for (const frame of eventWire.cut(new Uint8Array(0), concatBytes(raw, CR)).frames) {
    for (const { result } of eventWire.decode(frame)) {
      if (!result.ok) return undefined;
      events.push(result.value);
    }
  }
  return events;
};

/** The same for lines of the buses before CAN. */
const redecodeLegacy = (lines: readonly HexLine[]): readonly Body[] => {
  const frames = lines.flatMap((line) => {
    const frame = readLegacyLine(line, undefined);
    return frame.ok ? [frame.value] : [];
  });
  const [first] = frames;
  if (first === undefined || frames.length < lines.length) return [];
  if (frames.some(({ ecu }) => ecu !== first.ecu)) return [];
  const [answer, ...others] = assembleLegacy(frames.map(({ data }) => ({ data, line: undefined })));
  return answer?.payload.ok === true && others.length === 0
    ? redecodeAnswer(first.ecu, answer.payload.value)
    : [];
};

/** Answers to 19 and 22 (ISO 14229-1). */
const isOfOne = (service: number): boolean => service === 0x19 || service === 0x22;

/** What one control unit's lines say, whichever bus they came over. */
const redecodeLines = (lines: readonly HexLine[], meaning: string | undefined): readonly Body[] => {
  const frames = lines.flatMap((line) => {
    const frame = readAnyCanLine(line);
    return frame.ok ? [frame.value] : [];
  });
  if (frames.length < lines.length) return meaning === undefined ? redecodeLegacy(lines) : [];
  // Outside the addresses of the law only what one control unit was asked for by itself is an answer.
  const isLawful = frames.every(({ id, idBits }) => isAnswerId(id, idBits));
  return redecodeFrames(frames, isLawful ? undefined : isOfOne, meaning);
};

/**
 * Every body that a reading's raw bytes say, computed again from nothing but those bytes: whoever verifies evidence
 * checks that the signed body is among them. Empty where the bytes say nothing.
 */
export const redecode = (signed: Uint8Array): readonly Body[] => {
  const { raw, meaning } = splitMeaning(signed);
  const lines = linesOf(raw);
  const [first, second] = lines ?? [];
  if (lines === undefined || first === undefined) return [];
  if (second === undefined && meaning === undefined) {
    if (first.kind === 'text') return [adapterTextBody(first.text)];
    if (first.kind === 'hex' && first.groups.join('').length <= 2)
      return [adapterTextBody(first.groups.join(''))];
  }
  const shown = lines.filter((line) => line.kind === 'hex');
  return shown.length === lines.length ? redecodeLines(shown, meaning) : [];
};
