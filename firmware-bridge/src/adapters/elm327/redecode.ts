import { type Body, concatBytes } from '@outpost/schemas/words';
import { adapterTextBody } from './adapter-text.ts';
import { answerBodies, POSITIVE_OFFSET } from './answer.ts';
import { readCanLine } from './can-line.ts';
import { READ_ONLY_SERVICES } from './command.ts';
import { type Event, eventWire } from './event.ts';
import { assemble, type Segment } from './isotp.ts';

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

/** The identifier and the one complete answer that the lines carry; undefined where they carry anything else. */
const answerOf = (lines: readonly Event[]): { ecu: number; payload: Uint8Array } | undefined => {
  const segments: Segment<number>[] = [];
  for (const line of lines) {
    const frame = line.kind === 'hex' ? readCanLine(line) : undefined;
    if (frame?.ok !== true) return undefined;
    segments.push({ bytes: frame.value.bytes, line: frame.value.id });
  }
  const [answer, ...others] = assemble(segments);
  if (answer?.payload.ok !== true || others.length > 0) return undefined;
  const [ecu, ...rest] = answer.lines;
  if (ecu === undefined || rest.some((id) => id !== ecu)) return undefined;
  return { ecu, payload: answer.payload.value };
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
  const answer = answerOf(lines);
  if (answer === undefined) return [];
  const service = (answer.payload[0] ?? 0) - POSITIVE_OFFSET;
  if (!READ_ONLY_SERVICES.has(service)) return [];
  const bodies = answerBodies(answer.ecu, answer.payload);
  return bodies.ok ? bodies.value : [];
};
