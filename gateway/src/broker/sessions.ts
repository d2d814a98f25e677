import { type Arrival, writeMessage } from '@outpost/firmware-bridge';
import { type Clock, elapsedMs } from '@outpost/schemas/words';
import { type Acknowledge, newAcknowledge } from './acknowledge.ts';
import type { Answer, BrokerClient, PublishPacket } from './aedes.ts';
import type { Inlet } from './inlets.ts';
import {
  SETTLE_TIMEOUT_MS,
  STALLED_AFTER_MS,
  SUBSCRIPTIONS_MAX,
  TOPICS_REMEMBERED_MAX,
  UNSENT_MAX_BYTES,
} from './limits.ts';
import type { RetainedRoom } from './retained.ts';
import type { Owed, Session } from './session.ts';
import { type BrokerTally, type Counted, countIn } from './tally.ts';

export interface SessionsParts {
  readonly clock: Clock;
  readonly tally: BrokerTally;
  readonly retained: RetainedRoom;
  signal(): AbortSignal;
  inletOf(device: string): Inlet | undefined;
}

/** Refuses what a client asks for; with a message the engine then closes the connection (MQTT 3.1.1 §3.3.5). */
const refusal = (): Error => new Error('refused');

/** What happens to messages between a connection and the journal. */
export interface Sessions {
  publish(session: Session, packet: PublishPacket, answer: Answer): void;
  subscribe(session: Session, filter: string): boolean;
  forward(client: BrokerClient, packet: PublishPacket): boolean;
  /** Ends a session that takes nothing any more. */
  sweep(session: Session): void;
  /** Ends those of a device that have waited for too long. */
  sweepInlet(inlet: Inlet): void;
  readonly end: Acknowledge['end'];
}

const isAllowed = ({ identity, allowed }: Session, topic: string): boolean => {
  if (allowed.has(topic)) return true;
  if (!identity.mayPublish(topic)) return false;
  if (allowed.size < TOPICS_REMEMBERED_MAX) allowed.add(topic);
  return true;
};

export const newSessions = (parts: SessionsParts): Sessions => {
  const { clock, tally, retained, inletOf } = parts;
  const { pass, settle, end } = newAcknowledge(parts);
  const count = (what: Counted): void => countIn(tally, what);

  const bring = (session: Session, inlet: Inlet, packet: PublishPacket, answer: Answer): void => {
    const mono = clock.mono();
    const arrival: Arrival = {
      bytes: writeMessage(packet),
      wall: clock.wall(),
      mono,
      peer: { address: session.client.id, port: 0 },
    };
    if (packet.qos === 0) {
      inlet.push(arrival);
      inlet.whenRoom(() => pass(session, answer));
      return;
    }
    const owed: Owed = { session, answer, since: mono, isKept: false };
    inlet.owed.push(owed);
    inlet.push({ ...arrival, settle: (outcome) => settle(inlet, owed, outcome) });
  };

  const publish = (session: Session, packet: PublishPacket, answer: Answer): void => {
    if (session.isRevoked || !isAllowed(session, packet.topic)) {
      count('publish-refused');
      answer(refusal());
      return;
    }
    if (packet.retain && !retained.admit(packet.topic, packet.payload.length)) {
      count('retain-refused');
      packet.retain = false;
    }
    const { client, identity } = session;
    // A will is said by the broker once its sender is lost: passed on, and evidence of nothing.
    if (packet === client.will) answer(null);
    if (packet === client.will || session.isOver) return;
    tally.messages += 1;
    const inlet = inletOf(identity.name);
    if (inlet !== undefined) bring(session, inlet, packet, answer);
    // Outside of a lab nobody who may publish is admitted without a reader; it went since.
    else if (identity.enrolment === undefined) pass(session, answer);
    else end(session, 'unkept');
  };

  const subscribe = (session: Session, filter: string): boolean => {
    const { identity, client } = session;
    if (!identity.maySubscribe(filter)) {
      count('subscribe-refused');
      return false;
    }
    const isRoom =
      filter in client.subscriptions || Object.keys(client.subscriptions).length < SUBSCRIPTIONS_MAX;
    if (!isRoom) count('subscriptions-full');
    return isRoom;
  };

  const forward = (client: BrokerClient, { qos }: PublishPacket): boolean => {
    if (client.conn.writableLength <= UNSENT_MAX_BYTES) return true;
    if (qos === 0) {
      count('forward-dropped');
      return false;
    }
    count('receiver-stalled');
    client.close();
    return false;
  };

  const sweep = (session: Session): void => {
    const now = clock.mono();
    const bytes = session.client.conn.writableLength;
    if (bytes === 0) session.stuck = undefined;
    else if (session.stuck === undefined || bytes < session.stuck.bytes)
      session.stuck = { since: now, bytes };
    else if (elapsedMs(session.stuck.since, now) > STALLED_AFTER_MS) end(session, 'receiver-stalled');
  };

  const sweepInlet = (inlet: Inlet): void => {
    const [first] = inlet.owed;
    if (first === undefined || elapsedMs(first.since, clock.mono()) <= SETTLE_TIMEOUT_MS) return;
    count('settle-timeout');
    inlet.refuse();
  };

  return { publish, subscribe, forward, sweep, sweepInlet, end };
};
