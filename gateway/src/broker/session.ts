import type { Peer } from '@outpost/firmware-bridge';
import type { MonoNs, WallNs } from '@outpost/schemas/words';
import type { Answer, BrokerClient } from './aedes.ts';
import type { Identity } from './identity.ts';
import type { Pace } from './pace.ts';

/** A message whose sender waits for its acknowledgement. At most one read of its socket, 64 KiB, is owed at a time. */
export interface Owed {
  readonly session: Session;
  /** How much too early it came, by the rate that its sender may have. */
  readonly aheadMs: number;
  readonly answer: Answer;
  readonly since: MonoNs;
  isKept: boolean;
}

/** One admitted connection. */
export interface Session {
  readonly client: BrokerClient;
  readonly identity: Identity;
  /** What was allowed once need not be worked out again: devices have few topics. */
  allowed: Set<string> | undefined;
  /** Answers that wait because their sender is too fast. */
  readonly held: Answer[];
  /** Identifiers of messages whose acknowledgements leave together at the end of this turn of the event loop. */
  readonly acks: number[];
  /** Bytes of messages that were taken and are not acknowledged; those that the engine reads are not counted. */
  underWayBytes: number;
  /** It is not read on until less is under way. */
  isHolding: boolean;
  /** The topic of the last message, as it was sent and as text. */
  topic: { readonly field: Uint8Array; readonly text: string } | undefined;
  /** 0 where it promised no keepalive. */
  readonly keepaliveMs: number;
  /** When its bytes were read last, by both clocks: all that came in one read came at the same moment. */
  heardAt: MonoNs;
  heardWall: WallNs;
  /** How its messages name it to whoever reads the device. */
  readonly peer: Peer;
  readonly pace: Pace;
  isCorked: boolean;
  /** Since when its outgoing bytes have not become fewer, and how many they were. */
  stuck: { readonly since: MonoNs; readonly bytes: number } | undefined;
  isOver: boolean;
  /** Also its last will is not said. */
  isRevoked: boolean;
}

export interface SessionParts {
  readonly client: BrokerClient;
  readonly identity: Identity;
  readonly pace: Pace;
  readonly keepaliveMs: number;
  readonly now: MonoNs;
  readonly wall: WallNs;
}

export const newSession = ({ client, identity, pace, keepaliveMs, now, wall }: SessionParts): Session => ({
  client,
  identity,
  allowed: undefined,
  held: [],
  acks: [],
  underWayBytes: 0,
  isHolding: false,
  topic: undefined,
  keepaliveMs,
  heardAt: now,
  heardWall: wall,
  peer: { address: client.id, port: 0 },
  pace,
  isCorked: false,
  stuck: undefined,
  isOver: false,
  isRevoked: false,
});
