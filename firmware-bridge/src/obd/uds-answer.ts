import {
  decodeProfileAnswer,
  listProfiles,
  type ProfileRequest,
  profileByName,
} from '@outpost/schemas/vehicle';
import { type Body, fail, ok, type Result } from '@outpost/schemas/words';

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
