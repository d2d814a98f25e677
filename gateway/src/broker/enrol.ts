import { X509Certificate } from 'node:crypto';
import { fail, fault, isDeviceName, ok, type Result } from '@outpost/schemas/words';
import { keyHashOf, openAuthority } from './authority.ts';
import {
  CLIENT_ID,
  DEVICES_MAX,
  type Enrolment,
  type Enrolments,
  FILTERS_MAX,
  type Proof,
  readEnrolments,
  writeEnrolments,
} from './enrolment.ts';
import { DEVICE_KINDS, deviceKind } from './kinds.ts';
import { newPassword } from './password.ts';
import { isFilter, overlap } from './topics.ts';

export interface EnrolRequest {
  readonly name: string;
  readonly kind: string;
  /** In place of those of the kind; none where empty. */
  readonly topics: readonly string[];
  readonly reads: readonly string[];
  /** The name where not given; null where the firmware makes one up. */
  readonly clientId: string | null | undefined;
  /** How it will show that it is itself; a request (PKCS #10) is about a key that it keeps to itself. */
  readonly proof:
    | { readonly kind: 'password' }
    | { readonly kind: 'certificate' }
    | { readonly kind: 'request'; readonly pem: string; readonly where: string };
}

/** What the device has to be told. Secrets are in it, and are stored nowhere. */
export interface Enrolled {
  readonly enrolment: Enrolment;
  readonly password: string | undefined;
  /** `key` undefined where the device has its own. */
  readonly certificate:
    | { readonly key: string | undefined; readonly certificate: string; readonly authority: string }
    | undefined;
}

const wrong = (code: string, name: string, words: string) =>
  fail(fault('misconfigured', `devices.${code}`, `device ${name}`, words));

/** What speaks against an enrolment, beside those that are there. */
const problemOf = (request: EnrolRequest, topics: readonly string[], others: Enrolments): Result<void> => {
  const { name, reads, clientId } = request;
  if (!isDeviceName(name))
    return wrong('name', name, 'a name is 1 to 32 of a-z 0-9 - and starts with a letter.');
  if (others.has(name)) {
    return wrong('twice', name, 'is enrolled already; revoke it first: `outpost devices revoke`.');
  }
  if (others.size >= DEVICES_MAX)
    return wrong('many', name, `${DEVICES_MAX} are enrolled; revoke some first.`);
  for (const filter of [...topics, ...reads]) {
    if (!isFilter(filter)) {
      return wrong('topic', name, `"${filter}" is no topic filter; write it like devices/${name}/#.`);
    }
  }
  if (topics.length > FILTERS_MAX || reads.length > FILTERS_MAX) {
    return wrong('topics', name, `takes ${FILTERS_MAX} topic filters at most.`);
  }
  if (typeof clientId === 'string' && !CLIENT_ID.test(clientId)) {
    return wrong('client-id', name, 'a client identifier is 1 to 128 printable characters without spaces.');
  }
  for (const other of others.values()) {
    const shared = topics.find((topic) => other.topics.some((each) => overlap(topic, each)));
    if (shared !== undefined) {
      return wrong(
        'overlap',
        name,
        `"${shared}" overlaps with topics of ${other.name}; each device has its own.`,
      );
    }
  }
  return ok(undefined);
};

interface Proven {
  readonly proof: Proof;
  readonly password: string | undefined;
  readonly certificate: Enrolled['certificate'];
}

const prove = async ({ name, proof }: EnrolRequest, dataDirectory: string): Promise<Result<Proven>> => {
  if (proof.kind === 'password') {
    const drawn = newPassword();
    return ok({ proof: drawn.proof, password: drawn.password, certificate: undefined });
  }
  const authority = await openAuthority(dataDirectory);
  if (!authority.ok) return authority;
  const { issueForRequest, issuePair } = await import('./certificates.ts');
  const use = { kind: 'device', name } as const;
  let issued: { readonly key: string | undefined; readonly certificate: string };
  if (proof.kind === 'certificate') issued = await issuePair(authority.value, use);
  else {
    const certificate = await issueForRequest(authority.value, use, proof.pem, proof.where);
    if (!certificate.ok) return certificate;
    issued = { key: undefined, certificate: certificate.value };
  }
  const keyHash = keyHashOf(new X509Certificate(issued.certificate));
  return ok({
    proof: { kind: 'certificate', keyHash },
    password: undefined,
    certificate: { ...issued, authority: authority.value.certificate },
  });
};

/** Enrols a device; a gateway that runs lets it in within a moment. A fault is `misconfigured`. */
export const enrol = async (dataDirectory: string, request: EnrolRequest): Promise<Result<Enrolled>> => {
  const kind = deviceKind(request.kind);
  if (kind === undefined) {
    const known = DEVICE_KINDS.map(({ name }) => name).join(', ');
    return wrong('kind', request.name, `there is no kind "${request.kind}"; there are ${known}.`);
  }
  const read = await readEnrolments(dataDirectory);
  if (!read.ok) return read;
  const { name, reads, clientId } = request;
  const topics = request.topics.length > 0 ? request.topics : kind.topics(name);
  const fits = problemOf(request, topics, read.value);
  if (!fits.ok) return fits;
  const proven = await prove(request, dataDirectory);
  if (!proven.ok) return proven;
  const { proof, password, certificate } = proven.value;
  const enrolment = { name, proof, clientId: clientId === undefined ? name : clientId, topics, reads };
  await writeEnrolments(dataDirectory, new Map([...read.value, [name, enrolment]]));
  return ok({ enrolment, password, certificate });
};

/** Takes an enrolment away; a gateway that runs disconnects the device within a moment. */
export const revoke = async (dataDirectory: string, name: string): Promise<Result<void>> => {
  const read = await readEnrolments(dataDirectory);
  if (!read.ok) return read;
  if (!read.value.has(name)) return wrong('unknown', name, 'is not enrolled; see `outpost devices list`.');
  await writeEnrolments(dataDirectory, new Map([...read.value].filter(([each]) => each !== name)));
  return ok(undefined);
};
