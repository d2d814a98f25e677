import type { PortScheme } from '@outpost/firmware-bridge';
import {
  type Authentication,
  type Clock,
  type DeviceName,
  ok,
  type Result,
  sentence,
} from '@outpost/schemas/words';
import type { Connection, EmbeddedBroker } from './aedes.ts';
import { newConnections } from './connections.ts';
import { enrolmentsMark, readEnrolments } from './enrolment.ts';
import { hooksOf } from './hooks.ts';
import { newInlets, type Send } from './inlets.ts';
import {
  CONNECT_TIMEOUT_MS,
  ENROLMENTS_LOOK_MS,
  LISTEN_AGAIN_MS,
  OFFLINE_MAX,
  SWEEP_MS,
  UNSENT_MAX_BYTES,
} from './limits.ts';
import { openListeners } from './listeners.ts';
import { newRetainedRoom } from './retained.ts';
import { newSessions, type Sessions } from './sessions.ts';
import { guardSocket, type SocketGuard } from './socket-guard.ts';
import { type Counted, countIn, newBrokerTally } from './tally.ts';
import type { BrokerParts, BrokerView, State, Wiring } from './wiring.ts';

export type { BrokerParts, BrokerView } from './wiring.ts';

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
