import { readFile, stat } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { concatBytes, fail, fault, fromBase64, ok, type Result } from '@outpost/schemas/words';
import { CREDENTIALS_MAX_BYTES } from './cups.ts';

/** What a station stores as `tc.trust`, `tc.cert` and `tc.key`, in one piece. */
export interface Credentials {
  readonly bytes: Uint8Array;
  /** By which a station says what it has. */
  readonly crc: number;
}

/** Files whose names may hold `{eui}`, so that each station has its own. */
export interface CredentialFiles {
  /** PEM: the authority that the server's certificate is from. */
  readonly trust: string;
  /** PEM, both or none: what the station shows. */
  readonly cert?: string;
  readonly key?: string;
  /** In place of them: what the station says in its Authorization header. */
  readonly token?: string;
}

const NAMES = ['trust', 'cert', 'key', 'token'] as const;
/** A part that is not there (doc.sm.tc/station/cupsproto.html). */
const ABSENT = new Uint8Array(4);

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'basics-station.credentials', where, words));

/** Checks the names of files, not the files. */
export const checkFiles = (value: unknown, where: string): Result<CredentialFiles | undefined> => {
  if (value === undefined) return ok(undefined);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(where, 'must be an object with trust, and token or cert and key.');
  const files = value as Readonly<Record<string, unknown>>;
  for (const [name, file] of Object.entries(files)) {
    if (!NAMES.some((each) => each === name))
      return wrong(`${where}.${name}`, `is none of ${NAMES.join(', ')}.`);
    if (typeof file !== 'string' || !file.startsWith('/'))
      return wrong(`${where}.${name}`, 'must be the absolute path of a file.');
  }
  const { trust, cert, key, token } = files as Partial<Record<(typeof NAMES)[number], string>>;
  if (trust === undefined) return wrong(`${where}.trust`, 'must be the absolute path of a file.');
  if ((cert === undefined) !== (key === undefined)) return wrong(where, '"cert" and "key" belong together.');
  if (cert !== undefined && token !== undefined)
    return wrong(where, 'a station shows a certificate or says a token, not both.');
  if (token !== undefined) return ok({ trust, token });
  return ok(cert === undefined || key === undefined ? { trust } : { trust, cert, key });
};

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

/** The bytes of the first part of a PEM file. */
const derOf = (pem: string): Uint8Array | undefined => {
  const body = PEM.exec(pem)?.[2]?.replace(/\s+/g, '');
  return body === undefined ? undefined : fromBase64(body);
};

const HEADER = 'Authorization: ';

/** A token as the file has it, or as the whole header; stations want the header with its end of line. */
const headerOf = (token: string): Uint8Array => {
  const text = token.trim().replace(/^authorization:\s*/i, '');
  return new TextEncoder().encode(`${HEADER}${text}\r\n`);
};

/** Reads what one station is given. A fault is `misconfigured`, and holds no secret. */
export const readCredentials = async (files: CredentialFiles, eui: string): Promise<Result<Credentials>> => {
  let reading = '';
  const text = async (file: string, isSecret: boolean): Promise<string | undefined> => {
    reading = file.replaceAll('{eui}', eui);
    if (isSecret && ((await stat(reading)).mode & 0o077) !== 0) return undefined;
    return await readFile(reading, 'utf8');
  };
  const part = async (file: string | undefined, isSecret: boolean): Promise<Uint8Array | string> => {
    if (file === undefined) return ABSENT;
    const pem = await text(file, isSecret);
    if (pem === undefined) return 'can be read by others; run "chmod 600" on it.';
    return derOf(pem) ?? 'holds no PEM.';
  };
  try {
    const parts: Uint8Array[] = [];
    for (const [file, isSecret] of [
      [files.trust, false],
      [files.cert, false],
      [files.key, true],
    ] as const) {
      const read = await part(file, isSecret);
      if (typeof read === 'string') return wrong(reading, read);
      parts.push(read);
    }
    if (files.token !== undefined) {
      const token = await text(files.token, true);
      if (token === undefined) return wrong(reading, 'can be read by others; run "chmod 600" on it.');
      parts[2] = headerOf(token);
    }
    const bytes = concatBytes(...parts);
    return bytes.length > CREDENTIALS_MAX_BYTES
      ? wrong(reading, `makes credentials of more than ${CREDENTIALS_MAX_BYTES} B.`)
      : ok({ bytes, crc: crc32(bytes) });
  } catch (error) {
    return wrong(reading, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
};
