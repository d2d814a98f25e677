import { type Fault, fault } from '../../words/fault.ts';
import { signalById } from '../signals.ts';
import { decodeProfileAnswer } from './decode.ts';
import { messageOfFrames } from './frames.ts';
import {
  bytesOfHex,
  mantissaOfNumber,
  type Profile,
  type ProfileRequest,
  type VectorFile,
} from './profile.ts';

const checkVector = (request: ProfileRequest, vector: VectorFile): string | undefined => {
  const message = messageOfFrames(vector.frames.map(bytesOfHex), request);
  if (message === undefined) return 'the frames are no whole ISO-TP message.';
  const { quantities, faults } = decodeProfileAnswer(request, message);
  if (faults[0] !== undefined) return faults[0].words;
  const said = new Map(quantities.map(({ signal, mantissa }) => [signalById(signal)?.name ?? '', mantissa]));
  for (const [name, value] of Object.entries(vector.values)) {
    const decimals = request.signals.find(({ signal }) => signal.name === name)?.signal.decimals;
    if (decimals === undefined) return `${name} is no signal of this request.`;
    const wanted = mantissaOfNumber(value, decimals);
    const mantissa = said.get(name);
    if (mantissa === undefined) return `${name} has no value in these bytes, not ${value}.`;
    if (wanted !== BigInt(mantissa)) return `${name} is ${mantissa} × 10^-${decimals}, not ${value}.`;
    said.delete(name);
  }
  const [more] = said.keys();
  return more === undefined ? undefined : `${more} has a value in these bytes and is not listed.`;
};

/** Everything that a profile's own vectors and its formulas disagree on; each fault is `misconfigured`. */
export const checkVectors = (profile: Profile): readonly Fault[] =>
  profile.requests.flatMap((request, index) =>
    (profile.file.requests[index]?.vectors ?? []).flatMap((vector, place) => {
      const words = checkVector(request, vector);
      const where = `${profile.name} requests[${index}].vectors[${place}]`;
      return words === undefined ? [] : [fault('misconfigured', 'profile.vector', where, words)];
    }),
  );
