import { PassThrough } from 'node:stream';
import { monoNs, wallNs } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { BrokerClient, Connection } from './aedes.ts';
import { newConnections } from './connections.ts';
import { newPace } from './pace.ts';
import { newSession } from './session.ts';
import { newBrokerTally } from './tally.ts';

const sessionOver = (stream: PassThrough) =>
  newSession({
    client: { id: 'car:a', conn: stream as unknown as Connection } as BrokerClient,
    identity: {
      name: 'car',
      authenticated: 'password',
      enrolment: undefined,
      sessionId: 'car:a',
      mayPublish: () => true,
      maySubscribe: () => true,
    },
    pace: newPace(1),
    keepaliveMs: 0,
    now: monoNs(0n),
    wall: wallNs(0n),
  });

const closed = (stream: PassThrough): Promise<unknown> =>
  new Promise((resolve) => {
    stream.once('close', resolve);
    stream.destroy();
  });

describe('the sessions that are open', () => {
  it('are those of connections that are there, and no others', async () => {
    const tally = newBrokerTally();
    const connections = newConnections(4, tally);
    const stream = new PassThrough();
    connections.accept(stream as unknown as Connection);
    connections.admit(sessionOver(stream));
    expect([...connections.sessions()]).toHaveLength(1);
    expect(tally).toMatchObject({ connections: 1, sessions: 1 });
    await closed(stream);
    expect([...connections.sessions()]).toHaveLength(0);
    expect(tally).toMatchObject({ connections: 0, sessions: 0 });
  });

  it('do not come to be of a connection that ended while its CONNECT was looked at', async () => {
    const tally = newBrokerTally();
    const connections = newConnections(4, tally);
    const stream = new PassThrough();
    connections.accept(stream as unknown as Connection);
    await closed(stream);
    const session = sessionOver(stream);
    connections.admit(session);
    expect([...connections.sessions()]).toHaveLength(0);
    expect(connections.sessionOf(session.client)).toBe(session);
    expect(tally).toMatchObject({ connections: 0, sessions: 0 });
  });
});
