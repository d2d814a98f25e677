import { asciiBytes, asciiText, type Body } from '@outpost/schemas/words';
import type { CanFrame } from '../../can/frame.ts';
import { isAnswerId } from '../../obd/can-frame.ts';
import { redecodeJ1939 } from '../../obd/j1939-bodies.ts';
import { splitMeaning } from '../../obd/meaning-line.ts';
import { redecodeFrames } from '../../obd/redecode.ts';
import { identityOfLine } from './adapter-line.ts';
import { type Event, eventWire } from './event.ts';
import { bodyByFormula, FORMULA_MARK } from './formula-line.ts';

const eventOf = (line: string): Event | undefined => {
  const [item, ...others] = eventWire.decode(asciiBytes(`${line}\r`));
  return item?.result.ok === true && others.length === 0 ? item.result.value : undefined;
};

const frameOf = (line: string): CanFrame | undefined => {
  const event = eventOf(line);
  return event?.kind === 'frame' && !event.frame.rtr ? event.frame : undefined;
};

/** Read data by identifier (ISO 14229-1), answered. */
const UDS_DATA = 0x62;

/** From the identifiers of ISO 15765-4 comes any answer; from others, only what a vehicle profile asked for. */
const isAnswer = ([first]: readonly CanFrame[]): boolean => {
  if (first === undefined) return false;
  const { id, extended, data } = first;
  const long = (data[0] ?? 0) >> 4 === 1;
  return isAnswerId(id, extended ? 29 : 11) || data[long ? 2 : 1] === UDS_DATA;
};

/**
 * Every body that a reading's raw bytes say, computed again from nothing but those bytes: the lines of the frames of
 * one answer as they came, joined by carriage returns; or of one broadcast frame and its formula; or of the
 * frames of one message of J1939; or one line that the
 * adapter printed about itself. Empty where the bytes say nothing.
 */
export const redecode = (signed: Uint8Array): readonly Body[] => {
  const { raw, meaning } = splitMeaning(signed);
  const lines = asciiText(raw).split('\r');
  const [first = '', second] = lines;
  if (second === undefined && meaning === undefined) {
    const body = identityOfLine(eventOf(first));
    if (body !== undefined) return [body];
  }
  if (second?.startsWith(FORMULA_MARK) === true && lines.length === 2 && meaning === undefined) {
    const frame = frameOf(first);
    const body = frame === undefined ? undefined : bodyByFormula(frame, second.slice(1));
    return body === undefined ? [] : [body];
  }
  const frames = lines.map(frameOf).filter((frame) => frame !== undefined);
  if (frames.length < lines.length) return [];
  const shown = frames.map(({ id, data }) => ({ id, bytes: data }));
  const answered = isAnswer(frames) ? redecodeFrames(shown, undefined, meaning) : [];
  if (answered.length > 0 || meaning !== undefined) return answered;
  return frames.every(({ extended }) => extended) ? redecodeJ1939(shown) : [];
};
