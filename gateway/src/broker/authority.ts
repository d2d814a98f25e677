import { createHash, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type Clock, fail, fault, ok, type Result, toHex } from '@outpost/schemas/words';
import { errorCode, writeWhole } from '../store/whole-file.ts';
import type { KeyAndCertificate } from './certificates.ts';
import { brokerDirectory } from './enrolment.ts';

const DAY_MS = 86_400_000;
/** Clients refuse server certificates that are valid much longer (CA/Browser Forum: 398 days). */
const SERVER_DAYS = 397;
/** A third of that: weeks in which a renewal may fail. */
const RENEW_BEFORE_DAYS = 132;

const AUTHORITY = 'authority';
const SERVER = 'server';

/** What the certificate of the authority is called, for those who copy it to a device. */
export const authorityPath = (dataDirectory: string): string =>
  join(brokerDirectory(dataDirectory), `${AUTHORITY}.crt`);

const readPair = async (
  dataDirectory: string,
  name: string,
): Promise<Result<KeyAndCertificate | undefined>> => {
  const path = join(brokerDirectory(dataDirectory), name);
  try {
    const [key, certificate] = [await readFile(`${path}.key`, 'utf8'), await readFile(`${path}.crt`, 'utf8')];
    return ok({ key, certificate });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return ok(undefined);
    return fail(fault('misconfigured', 'broker.keys', path, `cannot be read: ${(error as Error).message}.`));
  }
};

/** The key first: a certificate without its key would be no use. */
const writePair = async (dataDirectory: string, name: string, pair: KeyAndCertificate): Promise<void> => {
  await mkdir(brokerDirectory(dataDirectory), { recursive: true, mode: 0o700 });
  const path = join(brokerDirectory(dataDirectory), name);
  await writeWhole(`${path}.key`, pair.key);
  await writeWhole(`${path}.crt`, pair.certificate);
};

/** The box's own authority, made where there is none yet. A fault is `misconfigured`. */
export const openAuthority = async (dataDirectory: string): Promise<Result<KeyAndCertificate>> => {
  const found = await readPair(dataDirectory, AUTHORITY);
  if (!found.ok) return found;
  if (found.value !== undefined) return ok(found.value);
  const made = await (await import('./certificates.ts')).newAuthority();
  await writePair(dataDirectory, AUTHORITY, made);
  return ok(made);
};

/** What a certificate can say (RFC 1123 §2.1); a host may be called something else. */
const HOST_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/i;

/** Names and addresses by which devices may know this box. */
export const ownNames = (more: readonly string[]): readonly string[] => {
  const own = hostname();
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ scopeid }) => scopeid === undefined || scopeid === 0)
    .map(({ address }) => address);
  const names = [own, `${own}.local`, 'localhost', ...addresses, ...more];
  return [...new Set(names.filter((name) => isIP(name) !== 0 || HOST_NAME.test(name)))];
};

const isNamed = (certificate: X509Certificate, name: string): boolean =>
  certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined;

/** Whether a certificate will do for a while, for all these names. */
const isGood = (
  { certificate }: KeyAndCertificate,
  authority: KeyAndCertificate,
  names: readonly string[],
  nowMs: number,
): boolean => {
  const read = new X509Certificate(certificate);
  return (
    read.checkIssued(new X509Certificate(authority.certificate)) &&
    Date.parse(read.validFrom) <= nowMs &&
    Date.parse(read.validTo) - nowMs > RENEW_BEFORE_DAYS * DAY_MS &&
    names.every((name) => isNamed(read, name))
  );
};

export interface ServerCertificate extends KeyAndCertificate {
  /** What devices are given to know the box by. */
  readonly authority: string;
  readonly isNew: boolean;
}

/**
 * The broker's own certificate, renewed where it ends within 132 days or the box got a new name or address. A clock
 * that is wrong costs a renewal once it is right.
 */
export const serverCertificate = async (
  dataDirectory: string,
  more: readonly string[],
  clock: Clock,
): Promise<Result<ServerCertificate>> => {
  const authority = await openAuthority(dataDirectory);
  if (!authority.ok) return authority;
  const found = await readPair(dataDirectory, SERVER);
  if (!found.ok) return found;
  const names = ownNames(more);
  const nowMs = Number(clock.wall() / 1_000_000n);
  const shown = { authority: authority.value.certificate };
  if (found.value !== undefined && isGood(found.value, authority.value, names, nowMs)) {
    return ok({ ...found.value, ...shown, isNew: false });
  }
  const { issuePair } = await import('./certificates.ts');
  // A day back: the clocks of devices differ.
  const notBefore = new Date(nowMs - DAY_MS);
  const notAfter = new Date(nowMs + (SERVER_DAYS - 1) * DAY_MS);
  const made = await issuePair(authority.value, { kind: 'server', names, notBefore, notAfter });
  await writePair(dataDirectory, SERVER, made);
  return ok({ ...made, ...shown, isNew: true });
};

/** What an enrolment knows a device's certificate by: SHA-256 of its public key, in hex. */
export const keyHashOf = (certificate: X509Certificate): string =>
  toHex(
    createHash('sha256')
      .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
      .digest(),
  );
