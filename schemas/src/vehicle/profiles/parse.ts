import { pathText } from '../../config/issues.ts';
import { checkProfileShape, PROFILE_TEXT_MAX } from '../../config/vehicle-profile.ts';
import { type Fault, fail, fault, ok, type Result } from '../../words/fault.ts';
import { compileProfile } from './compile.ts';
import { brokenLineOf } from './json-break.ts';
import { lineOf } from './line-of.ts';
import type { Profile } from './profile.ts';

/** Faults that are listed of one file; the first ones, with how many more there are in the last. */
export const PROFILE_FAULTS_MAX = 20;

const invalid = (where: string, words: string): Fault =>
  fault('misconfigured', 'profile.invalid', where, words);

const jsonOf = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

const bounded = (faults: readonly Fault[], where: string): readonly Fault[] => {
  if (faults.length <= PROFILE_FAULTS_MAX) return faults;
  const more = faults.length - PROFILE_FAULTS_MAX + 1;
  return [...faults.slice(0, PROFILE_FAULTS_MAX - 1), invalid(where, `${more} more faults.`)];
};

/**
 * Reads a profile from a file's text: the profile, or everything that is wrong with it, one sentence each
 * with line and field. All faults are `misconfigured`: `profile.invalid`.
 *
 * @param where the file's name, for the sentences.
 */
export const checkProfile = (
  text: string,
  where: string,
): { readonly profile: Profile } | { readonly faults: readonly [Fault, ...Fault[]] } => {
  const refuse = (faults: readonly Fault[]) => ({
    faults: bounded(faults, where) as readonly [Fault, ...Fault[]],
  });
  if (text.length > PROFILE_TEXT_MAX) {
    return refuse([
      invalid(where, `a profile has at most ${PROFILE_TEXT_MAX} characters, not ${text.length}.`),
    ]);
  }
  const json = jsonOf(text);
  if (json === undefined) {
    return refuse([invalid(`${where} line ${brokenLineOf(text)}`, 'is not JSON from here on.')]);
  }
  const at = (path: readonly PropertyKey[]): string => `${where} line ${lineOf(text, path)}`;
  const shaped = checkProfileShape(json.value);
  if ('problems' in shaped) return refuse(shaped.problems.map((each) => invalid(at(each.path), each.words)));
  const compiled = compileProfile(shaped.file);
  if ('profile' in compiled) return compiled;
  return refuse(compiled.problems.map(({ path, words }) => invalid(at(path), `${pathText(path)} ${words}`)));
};

/** As `checkProfile`, with the first fault alone, which says how many more there are. */
export const parseProfile = (text: string, where: string): Result<Profile> => {
  const checked = checkProfile(text, where);
  if ('profile' in checked) return ok(checked.profile);
  const [first, ...rest] = checked.faults;
  const more = rest.length === 0 ? '' : ` There are ${rest.length} more faults in it.`;
  return fail({ ...first, words: `${first.words}${more}` });
};
