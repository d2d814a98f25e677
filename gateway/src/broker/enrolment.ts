import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fail, fault, isDeviceName, ok, type Result } from '@outpost/schemas/words';
import { writeWhole } from '../store/whole-file.ts';
import { isFilter } from './topics.ts';

/** How one device shows that it is itself. */
export type Proof =
  /** `salt` and `digest` in hex: HMAC-SHA-256 of a password that was drawn, not thought up. */
  | { readonly kind: 'password'; readonly salt: string; readonly digest: string }
  /** SHA-256 of the certificate's public key, in hex. */
  | { readonly kind: 'certificate'; readonly keyHash: string };

/** What the broker knows of one device or reader. */
export interface Enrolment {
  readonly name: string;
  readonly proof: Proof;
  /** The MQTT client identifier that it must use; null where its firmware makes one up. */
  readonly clientId: string | null;
  /** Filters of the topics that it may publish and subscribe to. */
  readonly topics: readonly string[];
  /** Filters that it may subscribe to besides. */
  readonly reads: readonly string[];
}

export const DEVICES_MAX = 1_024;
export const FILTERS_MAX = 16;

export const brokerDirectory = (dataDirectory: string): string => join(dataDirectory, 'broker');
export const enrolmentsPath = (dataDirectory: string): string =>
  join(brokerDirectory(dataDirectory), 'enrolments.json');

const isText = (value: unknown, pattern: RegExp): value is string =>
  typeof value === 'string' && pattern.test(value);

const isFilters = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length <= FILTERS_MAX &&
  value.every((each) => typeof each === 'string' && isFilter(each));

const HASH = /^[0-9a-f]{64}$/;
const SALT = /^[0-9a-f]{32}$/;
/** Printable, so that it can be shown and typed. */
export const CLIENT_ID: RegExp = /^[\x21-\x7e]{1,128}$/;

const proofOf = (value: unknown): Proof | undefined => {
  const { kind, salt, digest, keyHash } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (kind === 'password' && isText(salt, SALT) && isText(digest, HASH)) return { kind, salt, digest };
  return kind === 'certificate' && isText(keyHash, HASH) ? { kind, keyHash } : undefined;
};

const enrolmentOf = (value: unknown): Enrolment | undefined => {
  const { name, proof, clientId, topics, reads } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const shown = proofOf(proof);
  const isWhole =
    typeof name === 'string' &&
    isDeviceName(name) &&
    (clientId === null || isText(clientId, CLIENT_ID)) &&
    isFilters(topics) &&
    isFilters(reads);
  return isWhole && shown !== undefined ? { name, proof: shown, clientId, topics, reads } : undefined;
};

export type Enrolments = ReadonlyMap<string, Enrolment>;

/** Reads what `writeEnrolments` wrote. A fault is `misconfigured`: nobody is let in by a file that is not understood. */
export const parseEnrolments = (text: string, where: string): Result<Enrolments> => {
  const wrong = (words: string) => fail(fault('misconfigured', 'broker.enrolments', where, words));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return wrong('is no JSON; restore it from a backup, or remove it and enrol the devices again.');
  }
  const { version, enrolments } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (version !== 1 || !Array.isArray(enrolments) || enrolments.length > DEVICES_MAX) {
    return wrong('is not of version 1; restore it from a backup, or enrol the devices again.');
  }
  const found = new Map<string, Enrolment>();
  for (const each of enrolments) {
    const enrolment = enrolmentOf(each);
    if (enrolment === undefined || found.has(enrolment.name)) {
      return wrong('holds an enrolment that is none; remove it, or enrol the devices again.');
    }
    found.set(enrolment.name, enrolment);
  }
  return ok(found);
};

/** None where there is no file yet. */
export const readEnrolments = async (dataDirectory: string): Promise<Result<Enrolments>> => {
  const path = enrolmentsPath(dataDirectory);
  try {
    return parseEnrolments(await readFile(path, 'utf8'), path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? ok(new Map())
      : fail(fault('misconfigured', 'broker.enrolments', path, `cannot be read: ${message}.`));
  }
};

/** The file is replaced as a whole: a running gateway sees the old or the new. */
export const writeEnrolments = async (dataDirectory: string, enrolments: Enrolments): Promise<void> => {
  await mkdir(brokerDirectory(dataDirectory), { recursive: true, mode: 0o700 });
  const text = JSON.stringify({ version: 1, enrolments: [...enrolments.values()] }, null, 2);
  await writeWhole(enrolmentsPath(dataDirectory), `${text}\n`);
};

/** Changes whenever the file does. */
export const enrolmentsMark = async (dataDirectory: string): Promise<string> => {
  try {
    const { ino, mtimeMs, size } = await stat(enrolmentsPath(dataDirectory));
    return `${ino} ${mtimeMs} ${size}`;
  } catch {
    return '';
  }
};
