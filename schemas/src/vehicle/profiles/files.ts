/** Profiles as files of their owner: read, checked, imported. Apart from the bundled ones, which need no schema library. */
export { profileJsonSchema } from '../../config/vehicle-profile.ts';
export type { Imported, ImportInto, LeftOut } from './import/gather.ts';
export { importObdb, type ObdbInto } from './import/obdb.ts';
export { importWican, type WicanInto } from './import/wican.ts';
export { checkProfile, parseProfile } from './parse.ts';
export { checkVectors } from './vectors.ts';
