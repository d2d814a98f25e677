import type { Authentication } from '@outpost/schemas/words';
import type { Enrolment, Enrolments } from './enrolment.ts';
import { isPassword } from './password.ts';
import type { Counted } from './tally.ts';
import { coversAny } from './topics.ts';

/** Who is at the other end of a connection, and what that one may do. */
export interface Identity {
  /** The enrolled name; what a lab calls those without one. */
  readonly name: string;
  readonly authenticated: Authentication;
  /** The enrolment it was admitted by; undefined in a lab. When that changes or goes, so does the connection. */
  readonly enrolment: Enrolment | undefined;
  /** What the session is known by inside the broker: nobody can take over the session of another name. */
  readonly sessionId: string;
  mayPublish(topic: string): boolean;
  maySubscribe(filter: string): boolean;
}

/** How a connection says who it is (MQTT 3.1.1 §3.1.3). */
export interface Claim {
  /** As in CONNECT; empty where the client leaves it to the broker. */
  readonly clientId: string;
  /** An identifier for who sends none. */
  readonly drawnId: string;
  readonly user: string | undefined;
  readonly password: Uint8Array | undefined;
  /** SHA-256 of the public key of a certificate that this box issued, in hex. */
  readonly keyHash: string | undefined;
}

/** Return codes of CONNACK (MQTT 3.1.1 §3.2.2.3). */
export const RETURN_CODE = { identifier: 2, unavailable: 3, credentials: 4, notAuthorized: 5 } as const;

export type Refused = { readonly returnCode: number; readonly counted: Counted };

/** Nobody is let in without an enrolment, but where a lab was asked for. */
export interface Lab {
  /** Filters that nobody may subscribe to, for conformance suites that try what a refusal looks like. */
  readonly refusedFilters: readonly string[];
}

/** The engine's own. Devices get no topic that starts with `$` at all: filters of theirs cannot. */
const isReserved = (topic: string): boolean => topic.startsWith('$SYS');

const idOf = ({ clientId, drawnId }: Claim): string => (clientId === '' ? drawnId : clientId);

const labIdentity = ({ refusedFilters }: Lab, claim: Claim): Identity => ({
  name: claim.user ?? claim.clientId,
  authenticated: 'none',
  enrolment: undefined,
  sessionId: `lab:${idOf(claim)}`,
  mayPublish: (topic) => !isReserved(topic),
  maySubscribe: (filter) => !isReserved(filter) && !refusedFilters.includes(filter),
});

const enrolledIdentity = (enrolment: Enrolment, clientId: string): Identity => ({
  name: enrolment.name,
  authenticated: enrolment.proof.kind === 'certificate' ? 'mtls' : 'password',
  enrolment,
  // Names hold no colon, so that no pair of name and identifier reads like another one.
  sessionId: `${enrolment.name}:${clientId}`,
  mayPublish: (topic) => coversAny(enrolment.topics, topic),
  maySubscribe: (filter) => coversAny(enrolment.topics, filter) || coversAny(enrolment.reads, filter),
});

const refused = (returnCode: number, counted: Counted): Refused => ({ returnCode, counted });

/** The enrolment whose proof the claim is; a certificate goes before a password. */
const proven = (enrolments: Enrolments, { user, password, keyHash }: Claim): Enrolment | Refused => {
  if (keyHash !== undefined) {
    for (const enrolment of enrolments.values()) {
      const { proof } = enrolment;
      if (proof.kind === 'certificate' && proof.keyHash === keyHash) return enrolment;
    }
    return refused(RETURN_CODE.notAuthorized, 'certificate-refused');
  }
  if (user === undefined) return refused(RETURN_CODE.notAuthorized, 'anonymous-refused');
  const enrolment = enrolments.get(user);
  const holds = enrolment !== undefined && password !== undefined && isPassword(enrolment.proof, password);
  return holds ? enrolment : refused(RETURN_CODE.credentials, 'password-refused');
};

/** Who a claim shows its sender to be, or how it is refused. */
export const identify = (enrolments: Enrolments, lab: Lab | undefined, claim: Claim): Identity | Refused => {
  if (
    lab !== undefined &&
    claim.keyHash === undefined &&
    (claim.user === undefined || !enrolments.has(claim.user))
  ) {
    return labIdentity(lab, claim);
  }
  const enrolment = proven(enrolments, claim);
  if ('returnCode' in enrolment) return enrolment;
  const { clientId } = enrolment;
  if (clientId !== null && claim.clientId !== clientId && claim.clientId !== '') {
    return refused(RETURN_CODE.identifier, 'client-id-refused');
  }
  return enrolledIdentity(enrolment, clientId ?? idOf(claim));
};
