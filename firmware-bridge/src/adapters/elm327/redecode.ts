import { type Body, concatBytes } from '@outpost/schemas/words';
import { assembleLegacy } from '../../obd/legacy-message.ts';
import { redecodeAnswer, redecodeFrames } from '../../obd/redecode.ts';
import { adapterTextBody } from './adapter-text.ts';
import { type HexLine, readCanLine } from './can-line.ts';
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

/** What one control unit's lines say, whichever bus they came over. */
const redecodeLines = (lines: readonly HexLine[]): readonly Body[] => {
  const frames = lines.flatMap((line) => {
    const frame = readCanLine(line);
    return frame.ok ? [frame.value] : [];
  });
  return frames.length === lines.length ? redecodeFrames(frames) : redecodeLegacy(lines);
};

/**
 * Every body that a reading's raw bytes say, computed again from nothing but those bytes: whoever verifies evidence
 * checks that the signed body is among them. Empty where the bytes say nothing.
 */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const lines = linesOf(raw);
  const [first, second] = lines ?? [];
  if (lines === undefined || first === undefined) return [];
  if (second === undefined) {
    if (first.kind === 'text') return [adapterTextBody(first.text)];
    if (first.kind === 'hex' && first.groups.join('').length <= 2)
      return [adapterTextBody(first.groups.join(''))];
  }
  const shown = lines.filter((line) => line.kind === 'hex');
  return shown.length === lines.length ? redecodeLines(shown) : [];
};
