import type { LeftOut } from '@outpost/schemas/vehicle/profile-files';
import type { Profile, ProfileEntry, VehicleProfileFile } from '@outpost/schemas/vehicle/profiles';

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

const yearsText = (vehicles: ProfileEntry['vehicles']): string => {
  const years = vehicles.flatMap((vehicle) => vehicle.years);
  return `${Math.min(...years)}–${Math.max(...years)}`;
};

/** One line for each profile. */
export const listLines = (entries: readonly ProfileEntry[]): readonly string[] => {
  const width = Math.max(0, ...entries.map(({ name }) => name.length));
  return entries.map(
    ({ name, title, vehicles, requests, signals }) =>
      `${name.padEnd(width)}  ${yearsText(vehicles)}  ${title}: ${count(signals, 'signal')} in ${count(requests, 'request')}`,
  );
};

export const checkedLines = (
  file: string,
  { requests, file: { requests: written } }: Profile,
): readonly string[] => {
  const signals = requests.reduce((sum, request) => sum + request.signals.length, 0);
  const vectors = written.reduce((sum, request) => sum + (request.vectors?.length ?? 0), 0);
  const bare = written.filter((request) => (request.vectors ?? []).length === 0).map(({ name }) => name);
  return [
    `${file}: good; ${count(signals, 'signal')} in ${count(requests.length, 'request')}, ${count(vectors, 'vector')}.`,
    ...(bare.length === 0
      ? []
      : [
          `Nothing shows yet that these mean what they say: ${bare.join(', ')}. Add an answer of your car as a vector.`,
        ]),
  ];
};

/** What was taken, then everything that was not, each with its reason. */
export const importedLines = (
  out: string,
  profile: VehicleProfileFile | undefined,
  left: readonly LeftOut[],
): readonly string[] => {
  const signals = profile?.requests.reduce((sum, request) => sum + request.signals.length, 0) ?? 0;
  return [
    profile === undefined
      ? 'Nothing of it could be taken; no file was written.'
      : `${out}: ${count(signals, 'signal')} in ${count(profile.requests.length, 'request')}; compare them with your car before you trust them.`,
    ...left.map(({ what, why }) => `left out: ${what}: ${why}`),
  ];
};
