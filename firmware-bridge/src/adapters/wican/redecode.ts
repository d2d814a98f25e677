import type { Body } from '@outpost/schemas/words';
import type { CanFrame } from '../../can/frame.ts';
import { bodiesByMeaning } from '../../mapping/index.ts';
import { readMessage, TOPIC_MAX_BYTES } from '../../message.ts';
import { redecodeFrames } from '../../obd/redecode.ts';
import { readFrame } from './frame.ts';
import { isAnswer } from './overheard.ts';

const CLOSING_BRACE = 0x7d;
const CR = 0x0d;
const LENGTH_BYTES = 2;
/** As many frames as the longest answer has. */
const FRAMES_MAX = 600;

/** Topic and one frame, again and again, with carriage returns between; undefined where it is something else. */
const framesOf = (raw: Uint8Array): readonly CanFrame[] | undefined => {
  const frames: CanFrame[] = [];
  for (let at = 0; at < raw.length; ) {
    const topicBytes = ((raw[at] ?? 0) << 8) | (raw[at + 1] ?? 0);
    const end = raw.indexOf(CLOSING_BRACE, at + LENGTH_BYTES + Math.min(topicBytes, TOPIC_MAX_BYTES)) + 1;
    const message = end === 0 ? undefined : readMessage(raw.subarray(at, end));
    if (message?.ok !== true || frames.length === FRAMES_MAX) return undefined;
    const frame = readFrame(new TextDecoder().decode(message.value.payload));
    if (!frame.ok || !isAnswer(frame.value)) return undefined;
    frames.push(frame.value);
    if (end < raw.length && raw[end] !== CR) return undefined;
    at = end + 1;
  }
  return frames;
};

/** What raw bytes say: a message with the line that says how it is meant, or the frames of one answer. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const meant = bodiesByMeaning(raw);
  if (meant.length > 0) return meant;
  const frames = framesOf(raw);
  return frames === undefined
    ? []
    : redecodeFrames(
        frames.map(({ id, data }) => ({ id, bytes: data })),
        (service) => service !== 0x22,
      );
};
