import type { Clock } from '@outpost/schemas/words';

/** The broker that is attacked, and the account that the attacker may have. */
export interface AttackTarget {
  readonly host: string;
  readonly port: number;
  readonly account: { readonly user: string; readonly password: string } | undefined;
  /** The client identifier that the account must use; its name where not given. */
  readonly clientId: string | undefined;
  /** What is replayed and flooded with: a topic of the account's own, and what is published there. */
  readonly topic: string;
  readonly payload: Uint8Array;
}

export interface AttackContext {
  readonly target: AttackTarget;
  /** Connections at the same time. */
  readonly count: number;
  /** How long at most, where an attack lasts. */
  readonly seconds: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One thing that a broker must withstand, and what it did. */
export interface Finding {
  /** A sentence that is true of a broker that withstands. */
  readonly what: string;
  readonly holds: boolean;
  /** For people: what was seen. */
  readonly saw: string;
}

export interface Attack {
  readonly description: string;
  readonly needsAccount: boolean;
  run(context: AttackContext): Promise<readonly Finding[]>;
}

export const CONNECTIONS_MAX = 1_000;
export const SECONDS_MAX = 600;
