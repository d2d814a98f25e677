export type { MappedMessage, Mapping } from './mapping.ts';

/** What reads and applies mappings; loaded by whoever needs it. */
export const loadMapping = (): Promise<typeof import('./index.ts')> => import('./index.ts');
