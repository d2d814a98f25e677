import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, fault } from '@outpost/schemas/words';
import { errorCode, writeWhole } from '../../store/whole-file.ts';
import { CLAIM_KINDS, type ClaimKind } from './claims.ts';

/** An attestation that DIMO has taken, so that its owner can find it again and take it back. */
export interface Taken {
  /** Hex of 32 bytes. */
  readonly id: string;
  readonly kind: ClaimKind;
  /** As the settings name the vehicle. */
  readonly device: string;
  /** RFC 3339: the moment that it speaks of. */
  readonly time: string;
}

/** The newest are kept: half a year of a car that drives daily. */
const TAKEN_MAX = 1_000;
/** Fewer letters of an id than this could be anybody's. */
export const ID_LETTERS_MIN = 8;

// Two files, for two programs: the gateway writes what was taken, the command what was taken back.
const TAKEN_FILE = 'statements.json';
const BACK_FILE = 'taken-back.json';

const isTaken = (value: unknown): value is Taken => {
  const { id, kind, device, time } = (value ?? {}) as Partial<Record<keyof Taken, unknown>>;
  const isKind = typeof kind === 'string' && (CLAIM_KINDS as readonly string[]).includes(kind);
  return typeof id === 'string' && isKind && typeof device === 'string' && typeof time === 'string';
};

const isText = (value: unknown): value is string => typeof value === 'string';

/** What reads of a list; nothing where the file is not there or damaged: it is for people alone. */
const readList = async <T>(path: string, fits: (value: unknown) => value is T): Promise<readonly T[]> => {
  try {
    const list: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(list) ? list.filter(fits) : [];
  } catch {
    return [];
  }
};

/** Oldest first. */
export const readTaken = (directory: string): Promise<readonly Taken[]> =>
  readList(join(directory, TAKEN_FILE), isTaken);

/** Ids that were taken back. */
export const readTakenBack = (directory: string): Promise<readonly string[]> =>
  readList(join(directory, BACK_FILE), isText);

const add = async <T>(
  directory: string,
  file: string,
  list: readonly T[],
  alarm: (fault: Fault) => void,
): Promise<void> => {
  const path = join(directory, file);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeWhole(path, `${JSON.stringify(list.slice(-TAKEN_MAX))}\n`);
  } catch (error) {
    alarm(fault('unreachable', 'dimo.statements', path, `cannot be written (${errorCode(error)}).`));
  }
};

/** Notes it once, however often it is sent. */
export const noteTaken = async (
  directory: string,
  taken: Taken,
  alarm: (fault: Fault) => void,
): Promise<void> => {
  const before = await readTaken(directory);
  if (before.some(({ id }) => id === taken.id)) return;
  await add(directory, TAKEN_FILE, [...before, taken], alarm);
};

export const noteTakenBack = async (
  directory: string,
  id: string,
  alarm: (fault: Fault) => void,
): Promise<void> => {
  const before = await readTakenBack(directory);
  if (!before.includes(id)) await add(directory, BACK_FILE, [...before, id], alarm);
};
