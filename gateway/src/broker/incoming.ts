import { writeMessage } from '@outpost/firmware-bridge';
import { equalBytes } from '@outpost/schemas/words';
import { type Acknowledge, acknowledge, releaseBytes } from './acknowledge.ts';
import type { Answer, PublishPacket } from './aedes.ts';
import type { Inlet, Send } from './inlets.ts';
import { MESSAGE_COST_BYTES, TOPICS_REMEMBERED_MAX, UNDER_WAY_MAX_BYTES } from './limits.ts';
import type { RawPublish, Verdict } from './publish-cutter.ts';
import type { RetainedRoom } from './retained.ts';
import type { Owed, Session } from './session.ts';
import { type BrokerTally, type Counted, countIn } from './tally.ts';

export interface IncomingParts extends Acknowledge {
  readonly tally: BrokerTally;
  readonly retained: RetainedRoom;
  inletOf(device: string): Inlet | undefined;
  send(): Send | undefined;
  /** Sessions that have subscribed to anything. */
  readonly listening: ReadonlySet<Session>;
}

/** Refuses what a client asks for; with a message the engine then closes the connection (MQTT 3.1.1 §3.3.5). */
const refusal = (): Error => new Error('refused');

/** What comes in of a session. */
export interface Incoming {
  publish(session: Session, packet: PublishPacket, answer: Answer): void;
  /** A message that the engine has not seen. */
  take(session: Session, publish: RawPublish): Verdict;
}

const isAllowed = (session: Session, topic: string): boolean => {
  if (session.allowed?.has(topic) === true) return true;
  if (!session.identity.mayPublish(topic)) return false;
  // Made at the first message: most idle connections never send one.
  session.allowed ??= new Set();
  if (session.allowed.size < TOPICS_REMEMBERED_MAX) session.allowed.add(topic);
  return true;
};

/** What a message becomes for whoever reads its device. */
interface Message {
  readonly frame: Uint8Array;
  readonly qos: 0 | 1 | 2;
}

const TOPIC_LEVELS_MAX = 32;
const NOT_IN_TOPICS = /[+#\0]/;

/** Undefined where it is none: no UTF-8, with U+0000 (MQTT 3.1.1 §1.5.3), empty, too deep, or a filter (§3.3.2.1). */
const topicText = (session: Session, field: Uint8Array): string | undefined => {
  if (session.topic !== undefined && equalBytes(session.topic.field, field)) return session.topic.text;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(field.subarray(2));
  } catch {
    return undefined;
  }
  if (text === '' || NOT_IN_TOPICS.test(text) || text.split('/').length > TOPIC_LEVELS_MAX) return undefined;
  session.topic = { field: field.slice(), text };
  return text;
};

export const newIncoming = (parts: IncomingParts): Incoming => {
  const { tally, retained, inletOf, send, listening, pass, settle, end } = parts;
  const count = (what: Counted): void => countIn(tally, what);

  const bring = (session: Session, inlet: Inlet, { frame, qos }: Message, answer: Answer): void => {
    const { heardAt: mono, heardWall: wall, peer } = session;
    const aheadMs = session.pace(Number(mono) / 1e6);
    if (qos === 0) {
      inlet.push({ bytes: frame, wall, mono, peer });
      inlet.whenRoom(() => pass(session, answer, aheadMs));
      return;
    }
    const owed: Owed = { session, answer, aheadMs, since: mono, isKept: false };
    inlet.owed.push(owed);
    inlet.push({ bytes: frame, wall, mono, peer, settle: (outcome) => settle(inlet, owed, outcome) });
  };

  const publish = (session: Session, packet: PublishPacket, answer: Answer): void => {
    // The engine lets U+0000 through; of what else no topic may be, it takes care.
    if (session.isRevoked || packet.topic.includes('\0') || !isAllowed(session, packet.topic)) {
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
    if (inlet !== undefined) bring(session, inlet, { frame: writeMessage(packet), qos: packet.qos }, answer);
    // Outside of a lab nobody who may publish is admitted without a reader; it went since.
    else if (identity.enrolment === undefined)
      pass(session, answer, session.pace(Number(session.heardAt) / 1e6));
    else end(session, 'unkept');
  };

  /** Subscribers that there are get it too; who is not there gets nothing. */
  const isWanted = (isStored: boolean): boolean => listening.size > 0 || isStored;

  const take = (session: Session, { qos, retain, topicField, id, payload }: RawPublish): Verdict => {
    if (session.isOver) return 'over';
    const inlet = inletOf(session.identity.name);
    if (inlet === undefined) return 'left';
    const topic = topicText(session, topicField);
    if (topic === undefined || !isAllowed(session, topic)) {
      end(session, 'publish-refused');
      return 'over';
    }
    const isStored = retain && retained.admit(topic, payload.length);
    if (retain && !isStored) count('retain-refused');
    tally.messages += 1;
    const frame = new Uint8Array(topicField.length + payload.length);
    frame.set(topicField);
    frame.set(payload, topicField.length);
    const held = frame.length + MESSAGE_COST_BYTES;
    session.underWayBytes += held;
    session.isHolding ||= session.underWayBytes >= UNDER_WAY_MAX_BYTES;
    bring(session, inlet, { frame, qos }, () => {
      if (qos === 1) acknowledge(session, id);
      releaseBytes(session, held);
      if (!isWanted(isStored)) return;
      const message = { topic, payload: frame.subarray(topicField.length), qos, retain: isStored };
      send()?.(message, () => undefined);
    });
    return 'taken';
  };

  return { publish, take };
};
