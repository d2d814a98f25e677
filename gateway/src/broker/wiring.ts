import type { BrokerConfig } from '@outpost/schemas/config';
import type { Authentication, Clock } from '@outpost/schemas/words';
import type { Log } from '../log.ts';
import type { Connection, EmbeddedBroker } from './aedes.ts';
import type { Connections } from './connections.ts';
import type { Enrolments } from './enrolment.ts';
import type { Lab } from './identity.ts';
import type { Inlets } from './inlets.ts';
import type { Sessions } from './sessions.ts';
import type { SocketGuard } from './socket-guard.ts';
import type { BrokerTally } from './tally.ts';

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

export interface State {
  enrolments: Enrolments;
  mark: string;
  engine: EmbeddedBroker | undefined;
  /** Of the present run; aborted where there is none. */
  signal: AbortSignal;
}

/** What the parts of a broker share. */
export interface Wiring {
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
