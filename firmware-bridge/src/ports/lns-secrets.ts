import { timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';

export const LNS_FILES = ['cert', 'key', 'ca', 'authorization'] as const;

export interface Secrets {
  readonly tls: Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'requestCert' | 'rejectUnauthorized'> | undefined;
  /** What stations must say in their Authorization header. */
  readonly authorization: Uint8Array | undefined;
}

const unreadable = (file: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'lns.file', file, words));

/** Reads the files that a checked address names. A fault is `misconfigured`. */
export const readSecrets = async (address: URL): Promise<Result<Secrets>> => {
  const [cert, key, ca, authorization] = LNS_FILES.map((name) => address.searchParams.get(name));
  let reading = '';
  const read = async (file: string, isSecret = false): Promise<Uint8Array | undefined> => {
    reading = file;
    if (isSecret && ((await stat(file)).mode & 0o077) !== 0) return undefined;
    return await readFile(file);
  };
  try {
    const header = typeof authorization === 'string' ? await read(authorization, true) : null;
    if (header === undefined) return unreadable(reading, 'can be read by others; run "chmod 600" on it.');
    const said =
      header === null ? undefined : new TextEncoder().encode(new TextDecoder().decode(header).trim());
    if (typeof cert !== 'string' || typeof key !== 'string')
      return ok({ tls: undefined, authorization: said });
    const own = { cert: Buffer.from((await read(cert)) ?? ''), key: Buffer.from((await read(key)) ?? '') };
    const theirs = typeof ca === 'string' ? { ca: Buffer.from((await read(ca)) ?? '') } : undefined;
    const mutual = theirs === undefined ? {} : { ...theirs, requestCert: true, rejectUnauthorized: true };
    return ok({ tls: { ...own, ...mutual }, authorization: said });
  } catch (error) {
    return unreadable(reading, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
};

/** Takes as long wherever they differ. */
export const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && timingSafeEqual(a, b);

/** How whoever asks over TLS has shown who he is, as the user of a URL; with a certificate also the EUI that it names. */
export const proofOf = ({ socket }: IncomingMessage, { tls, authorization }: Secrets): string => {
  if (tls?.ca !== undefined && 'getPeerCertificate' in socket) {
    const { subject } = (socket as TLSSocket).getPeerCertificate();
    const name = String(subject?.CN ?? '')
      .toLowerCase()
      .replace(/[-:]/g, '');
    return /^[0-9a-f]{16}$/.test(name) ? `certificate:${name}@` : 'certificate@';
  }
  return tls !== undefined && authorization !== undefined ? 'token@' : '';
};
