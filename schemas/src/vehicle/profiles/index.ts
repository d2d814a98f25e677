export { decodeProfileAnswer, type ProfileAnswer } from './decode.ts';
export { encodeProfileAnswer } from './encode.ts';
export {
  isProfileName,
  listProfiles,
  type ProfileEntry,
  type ProfileQuery,
  profileByName,
  profileFile,
  profilesFor,
  requestsOf,
} from './list.ts';
export type { Profile, ProfileRequest, ProfileSignal, VehicleProfileFile } from './profile.ts';
