import { elapsedMs, equalBytes, type MonoNs } from '@outpost/schemas/words';

/** Packets of one gateway in any second; the router drops the rest without a word (`hpr_routing.erl`). */
export const PACKETS_PER_SECOND = 25;
/** The router counts by whole seconds of its own clock, and packets may arrive closer together than they were sent. */
export const SECOND_MS = 1_050;

export type Pacing =
  | { readonly kind: 'now' }
  /** The same payload went out less than a second ago. */
  | { readonly kind: 'repeated' }
  | { readonly kind: 'wait'; readonly ms: number };

/**
 * The router's two limits of one gateway: 25 packets and one of each payload in a second. Remembers at most 25
 * packets.
 */
export interface Pace {
  /** Whether a packet may go now; where it may, it has gone. */
  take(payload: Uint8Array, now: MonoNs): Pacing;
}

/** Of the last bytes, which differ where the rest does not: a frame ends with its checksum (FNV-1a). */
const hashOf = (payload: Uint8Array): number => {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, payload.length - 8); at < payload.length; at += 1)
    hash = Math.imul(hash ^ (payload[at] ?? 0), 0x01000193);
  return hash;
};

interface Gone {
  readonly hash: number;
  readonly payload: Uint8Array;
  readonly at: MonoNs;
}

export const createPace = (): Pace => {
  const sent: Gone[] = [];

  const hasGone = (hash: number, payload: Uint8Array): boolean => {
    for (const each of sent) if (each.hash === hash && equalBytes(each.payload, payload)) return true;
    return false;
  };

  return {
    take: (payload, now) => {
      while (sent[0] !== undefined && elapsedMs(sent[0].at, now) >= SECOND_MS) sent.shift();
      const hash = hashOf(payload);
      if (hasGone(hash, payload)) return { kind: 'repeated' };
      const [oldest] = sent;
      if (oldest !== undefined && sent.length >= PACKETS_PER_SECOND)
        return { kind: 'wait', ms: SECOND_MS - elapsedMs(oldest.at, now) };
      sent.push({ hash, payload, at: now });
      return { kind: 'now' };
    },
  };
};
