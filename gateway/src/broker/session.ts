import type { MonoNs } from '@outpost/schemas/words';
import type { Answer, BrokerClient } from './aedes.ts';
import type { Identity } from './identity.ts';
import type { Pace } from './pace.ts';

/** A message whose sender waits for its acknowledgement. At most one read of its socket, 64 KiB, is owed at a time. */
export interface Owed {
  readonly session: Session;
  readonly answer: Answer;
  readonly since: MonoNs;
  isKept: boolean;
}

/** One admitted connection. */
export interface Session {
  readonly client: BrokerClient;
  readonly identity: Identity;
  /** What was allowed once need not be worked out again: devices have few topics. */
  readonly allowed: Set<string>;
  /** Answers that wait because their sender is too fast. */
  readonly held: Answer[];
  readonly pace: Pace;
  isCorked: boolean;
  /** Since when its outgoing bytes have not become fewer, and how many they were. */
  stuck: { readonly since: MonoNs; readonly bytes: number } | undefined;
  isOver: boolean;
  /** Also its last will is not said. */
  isRevoked: boolean;
}

export const newSession = (client: BrokerClient, identity: Identity, pace: Pace): Session => ({
  client,
  identity,
  allowed: new Set(),
  held: [],
  pace,
  isCorked: false,
  stuck: undefined,
  isOver: false,
  isRevoked: false,
});
