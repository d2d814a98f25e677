import type { Authentication } from '@outpost/schemas/words';
import type { BrokerClient, Connection, ConnectPacket } from './aedes.ts';
import type { Enrolments } from './enrolment.ts';
import { type Identity, identify, type Lab, RETURN_CODE, type Refused } from './identity.ts';
import { CLIENT_ID_MAX_CHARS } from './limits.ts';
import type { Counted } from './tally.ts';

export interface GateParts {
  readonly lab: Lab | undefined;
  enrolments(): Enrolments;
  /** Whether somebody reads what a device of that name says. */
  isRead(name: string): boolean;
  /** The weakest proof that will do for that name. */
  leastProof(name: string): Authentication;
  /** Of a certificate that this box issued and that the connection has shown. */
  keyHashOf(connection: Connection): string | undefined;
  count(what: Counted): void;
  /** @param keepaliveS as the client promised it; 0 for none */
  admit(client: BrokerClient, identity: Identity, keepaliveS: number): void;
}

/** Who is let in. */
export interface Gate {
  preConnect(client: BrokerClient, packet: ConnectPacket): boolean;
  /** The return code of CONNACK; 0 lets the client in. */
  authenticate(client: BrokerClient, user: string | undefined, password: Uint8Array | undefined): number;
}

const STRENGTH: readonly Authentication[] = ['none', 'wired', 'password', 'mtls', 'signature'];
const isWeaker = (a: Authentication, b: Authentication): boolean => STRENGTH.indexOf(a) < STRENGTH.indexOf(b);

const refused = (returnCode: number, counted: Counted): Refused => ({ returnCode, counted });

export const newGate = (parts: GateParts): Gate => {
  const { lab } = parts;
  const asked = new WeakMap<
    BrokerClient,
    { readonly clientId: string; readonly isKept: boolean; readonly keepaliveS: number }
  >();

  /** What speaks against somebody who has shown who he is. */
  const obstacle = ({ name, authenticated, enrolment }: Identity): Refused | undefined => {
    if (isWeaker(authenticated, parts.leastProof(name))) {
      return refused(RETURN_CODE.notAuthorized, 'proof-weaker');
    }
    const needsReader = enrolment !== undefined && enrolment.topics.length > 0;
    return needsReader && !parts.isRead(name) ? refused(RETURN_CODE.unavailable, 'unread-device') : undefined;
  };

  const admissionOf = (
    client: BrokerClient,
    user: string | undefined,
    password: Uint8Array | undefined,
  ): Identity | Refused => {
    const { clientId, isKept } = asked.get(client) ?? { clientId: '', isKept: false };
    // MQTT 3.1.1 §3.1.3.1: a session that shall be kept needs a name.
    if (clientId === '' && isKept) return refused(RETURN_CODE.identifier, 'client-id-empty');
    if (clientId.length > CLIENT_ID_MAX_CHARS) return refused(RETURN_CODE.identifier, 'client-id-refused');
    const keyHash = parts.keyHashOf(client.conn);
    const claim = { clientId, drawnId: client.id, user, password, keyHash };
    const identity = identify(parts.enrolments(), lab, claim);
    return 'returnCode' in identity ? identity : (obstacle(identity) ?? identity);
  };

  return {
    preConnect: (client, packet) => {
      asked.set(client, { clientId: packet.clientId, isKept: !packet.clean, keepaliveS: packet.keepalive });
      // Whether a client is still there is seen where its bytes are, not by the engine, which does not see them all.
      packet.keepalive = 0;
      // Outside of a lab no session outlives its connection, so that nothing is queued for who is not there.
      if (lab === undefined) packet.clean = true;
      return true;
    },
    authenticate: (client, user, password) => {
      const admission = admissionOf(client, user, password);
      if ('returnCode' in admission) {
        parts.count(admission.counted);
        return admission.returnCode;
      }
      client.id = admission.sessionId;
      parts.admit(client, admission, asked.get(client)?.keepaliveS ?? 0);
      asked.delete(client);
      return 0;
    },
  };
};
