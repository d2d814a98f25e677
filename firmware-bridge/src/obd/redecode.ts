import type { Body } from '@outpost/schemas/words';
import { assemble } from '../can/isotp.ts';
import { answerBodies, POSITIVE_OFFSET } from './answer.ts';
import { bodyByMeaning } from './meaning-line.ts';
import { READ_ONLY_SERVICES } from './services.ts';
import { redecodeUds } from './uds-answer.ts';

const BY_IDENTIFIER = 0x22;

/**
 * Every body that one whole answer says, by its payload alone; empty where it says nothing. `meaning` is the line of
 * the owner's own profile behind it, where there is one.
 */
export const redecodeAnswer = (ecu: number, payload: Uint8Array, meaning?: string): readonly Body[] => {
  const service = (payload[0] ?? 0) - POSITIVE_OFFSET;
  if (!READ_ONLY_SERVICES.has(service)) return [];
  if (meaning !== undefined) {
    const body = service === BY_IDENTIFIER ? bodyByMeaning(ecu, payload, meaning) : undefined;
    return body === undefined ? [] : [body];
  }
  if (service === BY_IDENTIFIER) return redecodeUds(ecu, payload);
  const bodies = answerBodies(ecu, payload);
  return bodies.ok ? bodies.value : [];
};

/**
 * The same for the frames that carried it, all of them and no others, in the order of arrival. `mayAnswer` are the
 * services that are answered from such an identifier.
 */
export const redecodeFrames = (
  frames: readonly { readonly id: number; readonly bytes: Uint8Array }[],
  mayAnswer: (service: number) => boolean = () => true,
  meaning?: string,
): readonly Body[] => {
  const [answer, ...others] = assemble(frames.map(({ id, bytes }) => ({ bytes, line: id })));
  if (answer?.payload.ok !== true || others.length > 0) return [];
  const [ecu, ...rest] = answer.lines;
  if (ecu === undefined || rest.some((id) => id !== ecu)) return [];
  const payload = answer.payload.value;
  return mayAnswer((payload[0] ?? 0) - POSITIVE_OFFSET) ? redecodeAnswer(ecu, payload, meaning) : [];
};
