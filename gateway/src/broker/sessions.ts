import { type Clock, elapsedMs } from '@outpost/schemas/words';
import { newAcknowledge } from './acknowledge.ts';
import type { BrokerClient, PublishPacket } from './aedes.ts';
import { type Incoming, newIncoming } from './incoming.ts';
import type { Inlet, Send } from './inlets.ts';
import {
  KEEPALIVE_GRACE,
  SETTLE_TIMEOUT_MS,
  STALLED_AFTER_MS,
  SUBSCRIPTIONS_MAX,
  UNSENT_MAX_BYTES,
} from './limits.ts';
import type { RetainedRoom } from './retained.ts';
import type { Session } from './session.ts';
import { type BrokerTally, type Counted, countIn } from './tally.ts';

export interface SessionsParts {
  readonly clock: Clock;
  readonly tally: BrokerTally;
  readonly retained: RetainedRoom;
  signal(): AbortSignal;
  inletOf(device: string): Inlet | undefined;
  send(): Send | undefined;
}

/** What admitted clients may do, and what becomes of it. */
export interface Sessions extends Incoming {
  subscribe(session: Session, filter: string): boolean;
  /** Whether a receiver gets a message. */
  forward(client: BrokerClient, packet: PublishPacket): boolean;
  /** Ends a session that is silent, or takes nothing any more. */
  sweep(session: Session): void;
  /** Ends those of a device that have waited for too long. */
  sweepInlet(inlet: Inlet): void;
  /** Nothing that it is owed is acknowledged any more. */
  end(session: Session, why: Counted | undefined): void;
}

export const newSessions = (parts: SessionsParts): Sessions => {
  const { clock, tally } = parts;
  const count = (what: Counted): void => countIn(tally, what);
  const listening = new Set<Session>();
  const acknowledging = newAcknowledge(parts);
  const end = (session: Session, why: Counted | undefined): void => {
    listening.delete(session);
    acknowledging.end(session, why);
  };

  const subscribe = (session: Session, filter: string): boolean => {
    const { identity, client } = session;
    // Its connection has ended: a subscription that nobody takes back.
    if (session.isOver) return false;
    if (!identity.maySubscribe(filter)) {
      count('subscribe-refused');
      return false;
    }
    const isRoom =
      filter in client.subscriptions || Object.keys(client.subscriptions).length < SUBSCRIPTIONS_MAX;
    if (isRoom) listening.add(session);
    else count('subscriptions-full');
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
    const { keepaliveMs } = session;
    if (
      keepaliveMs > 0 &&
      elapsedMs(session.heardAt, now) > keepaliveMs * KEEPALIVE_GRACE &&
      !session.isHolding
    ) {
      end(session, 'keepalive-timeout');
      return;
    }
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

  return {
    ...newIncoming({ ...parts, ...acknowledging, end, listening }),
    subscribe,
    forward,
    sweep,
    sweepInlet,
    end,
  };
};
