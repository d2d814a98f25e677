import {
  decodeProfileAnswer,
  listProfiles,
  type ProfileRequest,
  profileByName,
} from '@outpost/schemas/vehicle/profiles';
import { type Body, fail, ok, type Result } from '@outpost/schemas/words';
import { meaningOf } from './meaning-line.ts';

/**
 * What one answer to a request of a profile says. A value that is not believed takes none of its siblings with it; the
 * fault is that of the whole answer, or of the first value where there is no other.
 */
export const udsBodies = (
  request: ProfileRequest,
  ecu: number,
  payload: Uint8Array,
): Result<readonly Body[]> => {
  const { quantities, faults } = decodeProfileAnswer(request, payload);
  const [reason] = faults;
  if (quantities.length === 0 && reason !== undefined) return fail(reason);
  return ok(quantities.map((value) => ({ kind: 'number', ...value, ecu })));
};

/** Every request of every bundled profile. */
const KNOWN: readonly ProfileRequest[] = listProfiles().flatMap(({ name }) => {
  const profile = profileByName(name);
  return profile.ok ? profile.value.requests : [];
});

/**
 * Everything that any bundled profile would say of an answer. Which of them its owner chose is not in the bytes, and
 * two makers may use one identifier for two things, so that a signed value must be among these, not be all of them.
 */
export const redecodeUds = (ecu: number, payload: Uint8Array): readonly Body[] =>
  KNOWN.filter(({ answer }) => answer === ecu).flatMap((request) => {
    const bodies = udsBodies(request, ecu, payload);
    return bodies.ok ? bodies.value : [];
  });

const isSame = (a: Body, b: Body): boolean =>
  a.kind === 'number' && b.kind === 'number' && a.signal === b.signal && a.mantissa === b.mantissa;

/** What has to stand behind an answer's bytes for each value that no bundled profile finds in them. */
export const ownMeanings = (
  request: ProfileRequest,
  ecu: number,
  payload: Uint8Array,
): ((body: Body) => Uint8Array | undefined) => {
  const known = redecodeUds(ecu, payload);
  return (body) => (known.some((each) => isSame(each, body)) ? undefined : meaningOf(request, payload, body));
};
