import type { Hooks } from './aedes.ts';
import { newGate } from './gate.ts';
import { newPace } from './pace.ts';
import { newPublishCutter } from './publish-cutter.ts';
import { newSession, type Session } from './session.ts';
import type { Tap } from './socket-guard.ts';
import { type Counted, countIn } from './tally.ts';
import type { Wiring } from './wiring.ts';

/** Why a connection ended, by what the engine says of it. */
const endedBy = (why: string): Counted => {
  if (why === 'connect did not arrive in time') return 'connect-timeout';
  return why === 'keep alive timeout' ? 'keepalive-timeout' : 'protocol';
};

/** What is read of an admitted connection, on its way to the engine. In a lab the engine sees everything. */
const newTap = (session: Session, { parts, sessions }: Wiring): Tap => {
  const cut = newPublishCutter((publish) => sessions.take(session, publish));
  return {
    get isHolding() {
      return session.isHolding;
    },
    take: (chunk) => {
      session.heardAt = parts.clock.mono();
      session.heardWall = parts.clock.wall();
      return parts.lab === undefined ? cut(chunk) : chunk;
    },
  };
};

/** What the engine asks and tells. */
export const hooksOf = (wiring: Wiring, failed: (error: Error) => void): Hooks => {
  const { parts, state, view, connections, sessions, keyHashes, guards, leastProof, isRead } = wiring;
  const count = (what: Counted): void => countIn(view.tally, what);
  const gate = newGate({
    lab: parts.lab,
    enrolments: () => state.enrolments,
    isRead,
    leastProof: (name) => leastProof.get(name) ?? 'none',
    keyHashOf: (connection) => keyHashes.get(connection),
    count,
    admit: (client, identity, keepaliveS) => {
      view.tally.admitted += 1;
      const pace = newPace(parts.config.messagesPerSecondMax);
      const session = newSession({
        client,
        identity,
        pace,
        keepaliveMs: keepaliveS * 1_000,
        now: parts.clock.mono(),
        wall: parts.clock.wall(),
      });
      guards.get(client.conn)?.tap(newTap(session, wiring));
      guards.delete(client.conn);
      const older = connections.admit(session);
      if (older !== undefined) sessions.end(older, 'connections-of-one');
    },
  });
  return {
    ...gate,
    authorizePublish: (client, packet, answer) => {
      const session = client === null ? undefined : connections.sessionOf(client);
      if (session === undefined) answer(new Error('refused'));
      else sessions.publish(session, packet, answer);
    },
    authorizeSubscribe: (client, filter) => {
      const session = connections.sessionOf(client);
      return session !== undefined && sessions.subscribe(session, filter);
    },
    authorizeForward: sessions.forward,
    gone: (client, why) => {
      const session = connections.sessionOf(client);
      if (why !== undefined && session?.isOver !== true) count(endedBy(why));
      if (session !== undefined) sessions.end(session, undefined);
    },
    offlineDropped: () => count('offline-dropped'),
    failed,
  };
};
