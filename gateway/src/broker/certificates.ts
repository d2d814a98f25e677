import { generateKeyPairSync, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { fail, fault, ok, type Result, toHex } from '@outpost/schemas/words';
import { provideMetadata } from './metadata-shim.ts';

type Library = typeof import('@peculiar/x509');

/** A certificate and the key that it is about, in PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

/** What a certificate says beside its key. */
export type CertificateFor =
  /** Without an end: a device cannot renew, and is revoked by its enrolment. */
  | { readonly kind: 'device'; readonly name: string; readonly notAfter?: Date }
  | {
      readonly kind: 'server';
      readonly names: readonly string[];
      readonly notBefore: Date;
      readonly notAfter: Date;
    };

/** Small devices know no other curve. */
const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const SERIAL_BYTES = 16;
/** A box that starts without a clock must not issue what is valid in its future alone. */
const NOT_BEFORE = new Date('2020-01-01T00:00:00Z');
/** No well-defined expiration (RFC 5280 §4.1.2.5): a device cannot renew, and is revoked by its enrolment. */
const NO_END = new Date('9999-12-31T23:59:59Z');

const loadLibrary = async (): Promise<Library> => {
  provideMetadata();
  const library = await import('@peculiar/x509');
  library.cryptoProvider.set(webcrypto as unknown as Parameters<typeof library.cryptoProvider.set>[0]);
  return library;
};

/** Positive, and hard to foresee. */
const serialNumber = (): string => toHex(Uint8Array.of(1, ...randomBytes(SERIAL_BYTES - 1)));

const bytesOfPem = (pem: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(pem.replace(/-----[^-]+-----|\s/g, '')), (letter) => letter.charCodeAt(0));

const signingKey = (pem: string) =>
  webcrypto.subtle.importKey('pkcs8', bytesOfPem(pem), P256, false, ['sign']);

const newPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' })),
  };
};

/** A new authority, for one box: it says of devices that they are enrolled here, and of the box that it is itself. */
export const newAuthority = async (): Promise<KeyAndCertificate> => {
  const x509 = await loadLibrary();
  const { key, publicKey } = newPair();
  const subject = `CN=Outpost ${toHex(randomBytes(4))}`;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject,
    issuer: subject,
    notBefore: NOT_BEFORE,
    notAfter: NO_END,
    publicKey,
    signingKey: await signingKey(key),
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(new x509.PublicKey(publicKey)),
    ],
  });
  return { key, certificate: `${certificate.toString('pem')}\n` };
};

const extensionsFor = (x509: Library, use: CertificateFor) => {
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  if (use.kind === 'device') return [new x509.ExtendedKeyUsageExtension([clientAuth])];
  const names = use.names.map((name) => ({
    type: isIP(name) === 0 ? ('dns' as const) : ('ip' as const),
    value: name,
  }));
  return [
    new x509.ExtendedKeyUsageExtension([serverAuth]),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ];
};

const issueFor = async (
  x509: Library,
  authority: KeyAndCertificate,
  use: CertificateFor,
  publicKey: Uint8Array<ArrayBuffer>,
): Promise<string> => {
  const issuer = new x509.X509Certificate(authority.certificate);
  const subject = new x509.PublicKey(publicKey);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: `CN=${use.kind === 'device' ? use.name : 'outpost'}`,
    issuer: issuer.subject,
    notBefore: use.kind === 'device' ? NOT_BEFORE : use.notBefore,
    notAfter: use.notAfter ?? NO_END,
    publicKey: subject,
    signingKey: await signingKey(authority.key),
    signingAlgorithm: P256,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...extensionsFor(x509, use),
      await x509.SubjectKeyIdentifierExtension.create(subject),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
};

/** A new key of P-256 and its certificate. */
export const issuePair = async (
  authority: KeyAndCertificate,
  use: CertificateFor,
): Promise<KeyAndCertificate> => {
  const { key, publicKey } = newPair();
  return { key, certificate: await issueFor(await loadLibrary(), authority, use, publicKey) };
};

/** A new key of P-256 and the request for a certificate with that common name (PKCS #10), both in PEM. */
export const newRequest = async (
  name: string,
): Promise<{ readonly key: string; readonly request: string }> => {
  const x509 = await loadLibrary();
  const { key, publicKey } = newPair();
  const keys = {
    privateKey: await signingKey(key),
    publicKey: await webcrypto.subtle.importKey('spki', publicKey, P256, true, ['verify']),
  };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: `CN=${name}`,
    keys: keys as unknown as Parameters<typeof x509.Pkcs10CertificateRequestGenerator.create>[0]['keys'],
    signingAlgorithm: P256,
  });
  return { key, request: `${request.toString('pem')}\n` };
};

/** Curves of the keys that a device may bring: P-256 and Ed25519, by the names that requests use for them. */
const isKnownKey = ({ name, namedCurve }: { readonly name: string; readonly namedCurve?: string }): boolean =>
  (name === 'ECDSA' && namedCurve === 'P-256') ||
  name === 'Ed25519' ||
  (name === 'EdDSA' && namedCurve === 'Ed25519');

/** A certificate for a key that never leaves its device (PKCS #10). A fault is `misconfigured`. */
export const issueForRequest = async (
  authority: KeyAndCertificate,
  use: CertificateFor,
  request: string,
  where: string,
): Promise<Result<string>> => {
  const wrong = (words: string) => fail(fault('misconfigured', 'broker.request', where, words));
  const x509 = await loadLibrary();
  try {
    const read = new x509.Pkcs10CertificateRequest(request);
    if (!isKnownKey(read.publicKey.algorithm as { readonly name: string; readonly namedCurve?: string })) {
      return wrong('is about a key that is neither of P-256 nor of Ed25519; make one of these.');
    }
    if (!(await read.verify())) return wrong('is not signed by its own key.');
    const publicKey = new Uint8Array(read.publicKey.rawData);
    return ok(await issueFor(x509, authority, use, publicKey));
  } catch {
    return wrong('is no certificate request (PKCS #10) in PEM; make one with `openssl req -new`.');
  }
};
