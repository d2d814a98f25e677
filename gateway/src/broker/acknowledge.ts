import type { Clock } from '@outpost/schemas/words';
import type { Answer } from './aedes.ts';
import type { Inlet } from './inlets.ts';
import { UNDER_WAY_MAX_BYTES } from './limits.ts';
import type { Owed, Session } from './session.ts';
import { type BrokerTally, type Counted, countIn } from './tally.ts';

export interface AcknowledgeParts {
  readonly clock: Clock;
  readonly tally: BrokerTally;
  signal(): AbortSignal;
}

/** When the senders of messages are told so, and when they are not. */
export interface Acknowledge {
  /** Lets a message's sender go on: at once, or when it is no longer ahead of its rate. */
  pass(session: Session, answer: Answer, aheadMs: number): void;
  settle(inlet: Inlet, owed: Owed, outcome: 'kept' | 'refused'): void;
  /** Ends a session; nothing that it is owed is acknowledged any more. */
  end(session: Session, why: Counted | undefined): void;
}

/** Many acknowledgements of one sync leave in one write. */
const cork = (session: Session): void => {
  if (session.isCorked) return;
  session.isCorked = true;
  session.client.conn.cork();
  setImmediate(() => {
    session.isCorked = false;
    session.client.conn.uncork();
  });
};

const PUBACK = 0x40;

/** The acknowledgement of a message that the engine has not seen; all of one turn leave together. */
export const acknowledge = (session: Session, id: number): void => {
  const { acks, client } = session;
  acks.push(id);
  if (acks.length > 1) return;
  setImmediate(() => {
    const bytes = new Uint8Array(4 * acks.length);
    for (const [at, each] of acks.entries()) bytes.set([PUBACK, 2, each >> 8, each & 0xff], 4 * at);
    acks.length = 0;
    if (!session.isOver) client.conn.write(bytes);
  });
};

/** Less is under way; a sender that waited for that is read on. */
export const releaseBytes = (session: Session, bytes: number): void => {
  session.underWayBytes -= bytes;
  if (!session.isHolding || session.underWayBytes > UNDER_WAY_MAX_BYTES / 2) return;
  session.isHolding = false;
  setImmediate(() => session.client.conn.emit('readable'));
};

export const newAcknowledge = ({ clock, tally, signal }: AcknowledgeParts): Acknowledge => {
  const release = async (session: Session, afterMs: number): Promise<void> => {
    await clock.sleep(afterMs, signal());
    cork(session);
    for (const answer of session.held.splice(0)) answer(null);
  };

  const pass = (session: Session, answer: Answer, aheadMs: number): void => {
    if (session.isOver) return;
    if (session.held.length > 0) session.held.push(answer);
    else if (aheadMs === 0) answer(null);
    else {
      countIn(tally, 'rate-held');
      session.held.push(answer);
      // The broker stops: so does everyone who waits.
      release(session, aheadMs).catch(() => undefined);
    }
  };

  const end = (session: Session, why: Counted | undefined): void => {
    if (session.isOver) return;
    session.isOver = true;
    session.held.length = 0;
    if (why !== undefined) countIn(tally, why);
    session.isRevoked = why === 'revoked';
    session.client.close();
  };

  const settle = (inlet: Inlet, owed: Owed, outcome: 'kept' | 'refused'): void => {
    // Of a port that closed since nothing is owed.
    if (inlet.isClosed) return;
    if (outcome === 'refused') {
      countIn(tally, 'unkept');
      inlet.refuse();
      return;
    }
    owed.isKept = true;
    for (let first = inlet.owed[0]; first?.isKept === true; first = inlet.owed[0]) {
      inlet.owed.shift();
      tally.kept += 1;
      cork(first.session);
      pass(first.session, first.answer, first.aheadMs);
    }
  };

  return { pass, settle, end };
};
