import type { BrokerClient, Connection } from './aedes.ts';
import { CONNECTIONS_OF_ONE_MAX, STRANGERS_MAX } from './limits.ts';
import type { Session } from './session.ts';
import { type BrokerTally, countIn } from './tally.ts';

/** What is open: connections that have not said who they are, and sessions by name. */
export interface Connections {
  /** False where there are too many; the connection is closed then. */
  accept(connection: Connection): boolean;
  sessionOf(client: BrokerClient): Session | undefined;
  /** Takes a session in. Gives the one that has to make room for it, where there is one. */
  admit(session: Session): Session | undefined;
  sessions(): Iterable<Session>;
  sessionsOf(name: string): readonly Session[];
  closeAll(): void;
}

const ignore = (): void => undefined;

export const newConnections = (max: number, tally: BrokerTally): Connections => {
  const strangers = new Set<Connection>();
  const open = new Set<Connection>();
  const byClient = new WeakMap<BrokerClient, Session>();
  const byName = new Map<string, Set<Session>>();

  const forget = (connection: Connection): void => {
    open.delete(connection);
    strangers.delete(connection);
    tally.connections = open.size;
  };

  const leave = (session: Session): void => {
    const { name } = session.identity;
    const others = byName.get(name);
    if (others?.delete(session) === true) tally.sessions -= 1;
    if (others?.size === 0) byName.delete(name);
  };

  return {
    accept: (connection) => {
      connection.on('error', ignore);
      if (open.size >= max) {
        countIn(tally, 'connections-full');
        connection.destroy();
        return false;
      }
      const [oldest] = strangers;
      if (strangers.size >= STRANGERS_MAX && oldest !== undefined) {
        countIn(tally, 'strangers-evicted');
        oldest.destroy();
        forget(oldest);
      }
      open.add(connection);
      strangers.add(connection);
      tally.connections = open.size;
      connection.once('close', () => forget(connection));
      return true;
    },
    sessionOf: (client) => byClient.get(client),
    admit: (session) => {
      const { name, enrolment } = session.identity;
      const { conn } = session.client;
      strangers.delete(conn);
      byClient.set(session.client, session);
      // It went while its CONNECT was looked at: nobody will say so again.
      if (conn.destroyed) return undefined;
      const same = byName.get(name) ?? new Set();
      byName.set(name, same);
      same.add(session);
      tally.sessions += 1;
      conn.once('close', () => leave(session));
      const [oldest] = same;
      // In a lab the names say nothing about who is who.
      return enrolment !== undefined && same.size > CONNECTIONS_OF_ONE_MAX ? oldest : undefined;
    },
    *sessions() {
      for (const same of byName.values()) yield* same;
    },
    sessionsOf: (name) => [...(byName.get(name) ?? [])],
    closeAll: () => {
      for (const connection of open) connection.destroy();
    },
  };
};
