import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  asciiBytes,
  type Clock,
  type Fault,
  fail,
  fault,
  NS_PER_MS,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { keyDisk, onDisk } from '../../keys/key-disk.ts';
import { openPoster, type PostTls } from '../post.ts';
import type { LoginParts } from './login.ts';
import { logIn } from './login.ts';
import type { CertificateSettings } from './settings.ts';
import { checksummed } from './signatures.ts';

/** What we show to be let in. */
export interface Shown {
  readonly certificate: string;
  readonly key: string;
  /** The common name: what DIMO takes for the source of everything that comes over the connection. */
  readonly source: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

/** The certificate in force. */
export interface Certificates {
  current(signal: AbortSignal): Promise<Result<Shown>>;
  /** It was not taken: where we can, we get another at the next call. */
  drop(): void;
}

export interface CertificateParts {
  readonly settings: CertificateSettings;
  readonly directory: string;
  readonly where: string;
  readonly clock: Clock;
  /** To log in by, where certificates come from DIMO’s own authority. */
  readonly login: LoginParts | undefined;
  readonly tls: PostTls;
  alarm(fault: Fault): void;
}

const STORED_FILE = 'certificate.json';
/** Renewed with this much left, or a third of its life where that is less. */
const RENEW_MS = 7 * 86_400_000;
/** After a renewal that failed. */
const AGAIN_MS = 600_000;
/** Files may be replaced while we run. */
const READ_AGAIN_MS = 600_000;
const DEADLINE_MS = 10_000;
const ANSWER_MAX_BYTES = 65_536;

const wrong = (where: string, words: string): Result<never> =>
  fail(fault('misconfigured', 'dimo.certificate', where, words));

/** What a certificate in PEM says; its key must be the one that it is about. */
export const readShown = (certificate: string, key: string, where: string): Result<Shown> => {
  try {
    const read = new X509Certificate(certificate);
    const name = /^CN=(0x[0-9a-fA-F]{40})$/m.exec(read.subject)?.[1];
    const source = checksummed(name ?? '');
    if (source === undefined)
      return wrong(
        where,
        'is about no address: its common name must be 0x and 40 digits. Ask DIMO for another.',
      );
    if (!certificateFits(read, key)) return wrong(where, 'is not about the key that stands beside it.');
    const [notBeforeMs, notAfterMs] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
    if (!Number.isFinite(notBeforeMs) || !Number.isFinite(notAfterMs))
      return wrong(where, 'does not say how long it is good.');
    return ok({ certificate, key, source, notBeforeMs, notAfterMs });
  } catch {
    return wrong(where, 'is no certificate with its key in PEM.');
  }
};

const certificateFits = (certificate: X509Certificate, key: string): boolean =>
  certificate.checkPrivateKey(createPrivateKey(key));

const nowMs = (clock: Clock): number => Number(clock.wall() / NS_PER_MS);

const readFiles = async (certificate: string, key: string): Promise<Result<Shown>> => {
  try {
    const [first, second] = [await readFile(certificate, 'utf8'), await readFile(key, 'utf8')];
    return readShown(first, second, certificate);
  } catch (error) {
    return wrong(certificate, `cannot be read: ${(error as Error).message}.`);
  }
};

/** Files that DIMO's staff handed out, read again now and then. */
const openFiles = ({ clock }: CertificateParts, certificate: string, key: string): Certificates => {
  let read: { readonly shown: Shown; readonly at: number } | undefined;
  return {
    current: async () => {
      const now = nowMs(clock);
      if (read !== undefined && now - read.at < READ_AGAIN_MS) return ok(read.shown);
      const shown = await readFiles(certificate, key);
      if (!shown.ok) return shown;
      if (shown.value.notAfterMs < now)
        return wrong(certificate, 'is over its time; ask DIMO for another and put it there.');
      read = { shown: shown.value, at: now };
      return ok(shown.value);
    },
    drop: () => {
      read = undefined;
    },
  };
};

/** A new key, and DIMO's certificate for it: a challenge signed, its token shown to the authority (step-ca). */
const issue = async (
  { clock, tls, login }: CertificateParts,
  ca: URL,
  signal: AbortSignal,
): Promise<Result<Shown>> => {
  if (login === undefined) throw new Error('a certificate by login needs one');
  const token = await logIn(login, signal);
  if (!token.ok) return token;
  const { newRequest } = await import('../../broker/certificates.ts');
  const { key, request } = await newRequest(login.key.address);
  const url = new URL(ca);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/1.0/sign`;
  await using poster = openPoster({
    url,
    clock,
    code: 'dimo.ca',
    contentType: 'application/json',
    tls,
    deadlineMs: DEADLINE_MS,
    answerMaxBytes: ANSWER_MAX_BYTES,
  });
  const body = asciiBytes(JSON.stringify({ csr: request, ott: token.value.text }));
  const reply = await poster.post(body, signal);
  if (!reply.ok) return reply;
  const { status } = reply.value;
  if (status !== 200 && status !== 201)
    return fail(fault('refused', 'dimo.ca', url.href, `signs no certificate for us (HTTP ${status}).`));
  const issued = issuedIn(reply.value.body, key, url.href);
  if (issued.ok && issued.value.source !== login.key.address)
    return fail(fault('refused', 'dimo.ca', url.href, 'gives a certificate for somebody else’s address.'));
  return issued;
};

/** The certificate in an authority's answer, which may be anything. */
export const issuedIn = (body: Uint8Array, key: string, where: string): Result<Shown> => {
  try {
    const { crt, ca: issuer = '' } = JSON.parse(new TextDecoder().decode(body)) as {
      crt: string;
      ca?: string;
    };
    return readShown(`${crt.trim()}\n${issuer.trim()}\n`, key, where);
  } catch {
    return fail(fault('unreachable', 'dimo.ca', where, 'answers with something that is no certificate.'));
  }
};

const readStored = async (path: string): Promise<Shown | undefined> => {
  try {
    const { certificate, key } = JSON.parse(await readFile(path, 'utf8')) as {
      certificate: string;
      key: string;
    };
    const shown = readShown(certificate, key, path);
    return shown.ok ? shown.value : undefined;
  } catch {
    return undefined;
  }
};

const keepStored = ({ directory }: CertificateParts, { certificate, key }: Shown): Promise<Result<void>> => {
  const path = join(directory, STORED_FILE);
  return onDisk(path, async () => {
    await keyDisk().replace(path, asciiBytes(`${JSON.stringify({ certificate, key })}\n`));
    return ok(undefined);
  });
};

/** The certificate that is there, for people; undefined where there is none. Asks nobody for one. */
export const peekCertificate = async (
  settings: CertificateSettings,
  directory: string,
): Promise<Shown | undefined> => {
  if (settings.by === 'login') return await readStored(join(directory, STORED_FILE));
  const shown = await readFiles(settings.certificate, settings.key);
  return shown.ok ? shown.value : undefined;
};

/** Whether it is time for a new one; also where the clock says that it is not valid yet, which one of now will be. */
const isDue = ({ notBeforeMs, notAfterMs }: Shown, now: number): boolean =>
  now < notBeforeMs || now > notAfterMs - Math.min(RENEW_MS, (notAfterMs - notBeforeMs) / 3);

/** Certificates of DIMO's own authority, got and renewed without anybody's help. */
const openRenewing = (parts: CertificateParts, ca: URL): Certificates => {
  const { clock, directory, alarm } = parts;
  let shown: Shown | undefined;
  let triedAt: number | undefined;
  let dropped = false;
  return {
    current: async (signal) => {
      shown ??= await readStored(join(directory, STORED_FILE));
      const now = nowMs(clock);
      if (shown !== undefined && !dropped && !isDue(shown, now)) return ok(shown);
      const usable = shown !== undefined && !dropped && now >= shown.notBeforeMs && now <= shown.notAfterMs;
      if (usable && shown !== undefined && triedAt !== undefined && now - triedAt < AGAIN_MS)
        return ok(shown);
      triedAt = now;
      const made = await issue(parts, ca, signal);
      if (!made.ok) {
        if (!usable || shown === undefined) return made;
        alarm(made.fault);
        return ok(shown);
      }
      [shown, dropped] = [made.value, false];
      const kept = await keepStored(parts, shown);
      if (!kept.ok) alarm(kept.fault);
      return ok(shown);
    },
    drop: () => {
      // One that was just issued and is not taken either will not get better by yet another.
      dropped = triedAt === undefined || nowMs(clock) - triedAt >= AGAIN_MS;
    },
  };
};

export const openCertificates = (parts: CertificateParts): Certificates => {
  const { settings } = parts;
  return settings.by === 'files'
    ? openFiles(parts, settings.certificate, settings.key)
    : openRenewing(parts, settings.ca);
};
