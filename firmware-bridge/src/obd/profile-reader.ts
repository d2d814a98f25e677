import { isProfilePath, type ReadProfile } from './options.ts';
import { readText } from './read-text.ts';

/** Where no file is expected to be named. */
export const noProfileFile: ReadProfile = (path) => {
  throw new Error(`${path} was not expected to be a profile.`);
};

/**
 * Reads the profile that the options name where they name a file. What checks it brings a schema library along, 11 MiB
 * of memory, which is loaded only then.
 */
export const profileReader = async (options: unknown): Promise<ReadProfile> => {
  const profile: unknown = Object(options).profile;
  if (typeof profile !== 'string' || !isProfilePath(profile)) return noProfileFile;
  const { parseProfile } = await import('@outpost/schemas/vehicle/profile-files');
  return (path) => {
    const text = readText(path);
    return text.ok ? parseProfile(text.value, path) : text;
  };
};
