import type { PortScheme } from '@outpost/firmware-bridge';
import type { BrokerConfig } from '@outpost/schemas/config';
import {
  type Authentication,
  type Clock,
  type DeviceName,
  ok,
  type Result,
  sentence,
} from '@outpost/schemas/words';
import type { Log } from '../log.ts';
import type { Connection, EmbeddedBroker, Hooks } from './aedes.ts';
import { type Connections, newConnections } from './connections.ts';
import { type Enrolments, enrolmentsMark, readEnrolments } from './enrolment.ts';
import { newGate } from './gate.ts';
import type { Lab } from './identity.ts';
import { type Inlets, newInlets, type Send } from './inlets.ts';
import {
  CONNECT_TIMEOUT_MS,
  ENROLMENTS_LOOK_MS,
  LISTEN_AGAIN_MS,
  OFFLINE_MAX,
  SWEEP_MS,
  UNSENT_MAX_BYTES,
} from './limits.ts';
import { openListeners } from './listeners.ts';
import { newPace } from './pace.ts';
import { newPublishCutter } from './publish-cutter.ts';
import { newRetainedRoom } from './retained.ts';
import { newSession, type Session } from './session.ts';
import { newSessions, type Sessions } from './sessions.ts';
import { guardSocket, type SocketGuard, type Tap } from './socket-guard.ts';
import { type BrokerTally, type Counted, countIn, newBrokerTally } from './tally.ts';

export interface BrokerParts {
  readonly config: BrokerConfig;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Lets in whoever asks. Undefined everywhere but on a workbench. */
  readonly lab?: Lab | undefined;
}

export interface BrokerView {
  state: 'starting' | 'listening' | 'waiting';
  words: string;
  /** Where it listens: `mqtt://127.0.0.1:1883`. */
  addresses: readonly string[];
  enrolled: number;
  readonly tally: BrokerTally;
}

/** The MQTT broker: what an enrolled device publishes goes to the port of the device of that name. */
export interface Broker {
  readonly view: BrokerView;
  /** What `broker:` means for that device. */
  scheme(device: DeviceName): PortScheme;
  /** How readings of that device are authenticated in this run; nobody with a weaker proof is let in from then on. */
  authenticationOf(device: DeviceName): Authentication;
  /** Listens until the signal aborts. Throws a Bug of the engine. */
  run(signal: AbortSignal): Promise<void>;
}

interface State {
  enrolments: Enrolments;
  mark: string;
  engine: EmbeddedBroker | undefined;
  /** Of the present run; aborted where there is none. */
  signal: AbortSignal;
}

interface Wiring {
  readonly parts: BrokerParts;
  readonly state: State;
  readonly view: BrokerView;
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly keyHashes: WeakMap<Connection, string>;
  readonly guards: WeakMap<Connection, SocketGuard>;
  readonly leastProof: ReadonlyMap<string, Authentication>;
  readonly inlets: Inlets;
  isRead(name: string): boolean;
}

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

const hooksOf = (wiring: Wiring, failed: (error: Error) => void): Hooks => {
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

/** Looks for changed enrolments; whose has changed or gone is disconnected. */
const lookAtEnrolments = async ({ parts, state, view, connections, sessions }: Wiring): Promise<void> => {
  const mark = await enrolmentsMark(parts.dataDirectory);
  if (mark === state.mark) return;
  state.mark = mark;
  const read = await readEnrolments(parts.dataDirectory);
  if (!read.ok) {
    parts.log.fault(read.fault);
    return;
  }
  state.enrolments = read.value;
  view.enrolled = read.value.size;
  for (const session of [...connections.sessions()]) {
    const { name, enrolment } = session.identity;
    if (enrolment === undefined) continue;
    const isSame = JSON.stringify(read.value.get(name)) === JSON.stringify(enrolment);
    if (!isSame) sessions.end(session, 'revoked');
  }
};

/** Does something again and again; rejects with the signal's reason. */
const every = async (
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  act: () => void | Promise<void>,
): Promise<never> => {
  for (;;) {
    await clock.sleep(ms, signal);
    await act();
  }
};

const listen = async (wiring: Wiring, engine: EmbeddedBroker, signal: AbortSignal): Promise<never> => {
  const { parts, view, connections, keyHashes, guards } = wiring;
  const { config, dataDirectory, clock, log } = parts;
  const count = (what: Counted): void => countIn(view.tally, what);
  const limits = { packetMaxBytes: config.packetMaxKibibytes * 1024, unsentMaxBytes: UNSENT_MAX_BYTES };
  const accept = (connection: Connection, keyHash: string | undefined): void => {
    if (!connections.accept(connection)) return;
    if (keyHash !== undefined) keyHashes.set(connection, keyHash);
    guards.set(connection, guardSocket(connection, limits, count));
    engine.handle(connection);
  };
  for (;;) {
    const opened = await openListeners({ config, dataDirectory, clock, log, accept, count });
    if (opened.ok) {
      view.state = 'listening';
      view.addresses = opened.value.addresses;
      view.words = `listens at ${view.addresses.join(', ')}`;
      log.line('notice', `broker: ${view.words}; ${view.enrolled} enrolled.`);
      return await opened.value.tend(signal);
    }
    view.state = 'waiting';
    view.words = sentence(opened.fault);
    log.fault(opened.fault);
    await clock.sleep(LISTEN_AGAIN_MS, signal);
  }
};

const LAB_WORDS =
  'broker: runs as a lab: whoever reaches it is let in without a name and may say and hear anything. For a workbench, never for a network.';

const run = async (wiring: Wiring, signal: AbortSignal): Promise<void> => {
  const { parts, state, view, connections, sessions, inlets } = wiring;
  const { clock } = parts;
  if (parts.lab !== undefined) parts.log.line('warning', LAB_WORDS);
  const { openEmbedded } = await import('./aedes.ts');
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  const limits = { connectTimeoutMs: CONNECT_TIMEOUT_MS, offlineMax: OFFLINE_MAX };
  const engine = await openEmbedded(
    hooksOf(wiring, (error) => ending.abort(error)),
    limits,
  );
  state.engine = engine;
  state.signal = either;
  const sweep = (): void => {
    for (const session of [...connections.sessions()]) sessions.sweep(session);
    for (const inlet of inlets.all()) sessions.sweepInlet(inlet);
  };
  try {
    await Promise.all([
      listen(wiring, engine, either),
      every(ENROLMENTS_LOOK_MS, clock, either, () => lookAtEnrolments(wiring)),
      every(SWEEP_MS, clock, either, sweep),
    ]);
  } finally {
    ending.abort(new Error('the broker stops'));
    state.engine = undefined;
    view.state = 'starting';
    view.addresses = [];
    await engine.close();
    connections.closeAll();
  }
};

const brokerOf = (parts: BrokerParts, state: State): Broker => {
  const tally = newBrokerTally();
  const view: BrokerView = {
    state: 'starting',
    words: 'not listening yet.',
    addresses: [],
    enrolled: state.enrolments.size,
    tally,
  };
  const connections = newConnections(parts.config.connectionsMax, tally);
  const leastProof = new Map<string, Authentication>();
  const send = (): Send | undefined => state.engine?.publish;
  const inlets = newInlets({
    send,
    closed: (device) => {
      for (const session of connections.sessionsOf(device)) sessions.end(session, undefined);
    },
  });
  const sessions: Sessions = newSessions({
    clock: parts.clock,
    tally,
    retained: newRetainedRoom(),
    signal: () => state.signal,
    inletOf: inlets.of,
    send,
  });
  const isRead = (name: string): boolean => inlets.of(name)?.isFull === false;
  const keyHashes = new WeakMap<Connection, string>();
  const guards = new WeakMap<Connection, SocketGuard>();
  const wiring = { parts, state, view, connections, sessions, keyHashes, guards, leastProof, inlets, isRead };
  return {
    view,
    scheme: inlets.scheme,
    authenticationOf: (device) => {
      const kind = state.enrolments.get(device)?.proof.kind;
      const least = kind === undefined ? 'none' : kind === 'certificate' ? 'mtls' : 'password';
      leastProof.set(device, least);
      return least;
    },
    run: (signal) => run(wiring, signal),
  };
};

/** Reads what is known of devices; nothing listens yet. A fault is `misconfigured`. */
export const openBroker = async (parts: BrokerParts): Promise<Result<Broker>> => {
  const mark = await enrolmentsMark(parts.dataDirectory);
  const read = await readEnrolments(parts.dataDirectory);
  if (!read.ok) return read;
  const signal = AbortSignal.abort(new Error('the broker does not run'));
  return ok(brokerOf(parts, { enrolments: read.value, mark, engine: undefined, signal }));
};
