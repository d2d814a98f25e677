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

/** Two frames of one device begin alike and end, with their checksum, in different bytes. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean =>
  a[a.length - 1] === b[b.length - 1] && equalBytes(a, b);

export const createPace = (): Pace => {
  const sent: { readonly payload: Uint8Array; readonly at: MonoNs }[] = [];
  return {
    take: (payload, now) => {
      while (sent[0] !== undefined && elapsedMs(sent[0].at, now) >= SECOND_MS) sent.shift();
      if (sent.some((each) => isSame(each.payload, payload))) return { kind: 'repeated' };
      const [oldest] = sent;
      if (oldest !== undefined && sent.length >= PACKETS_PER_SECOND)
        return { kind: 'wait', ms: SECOND_MS - elapsedMs(oldest.at, now) };
      sent.push({ payload, at: now });
      return { kind: 'now' };
    },
  };
};
