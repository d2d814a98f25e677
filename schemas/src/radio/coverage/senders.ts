import type { Place } from '../../privacy/index.ts';
import { toHex, type WallNs } from '../../words/index.ts';
import { parsePhy } from '../lorawan/phy.ts';
import type { Sender } from '../plausibility/index.ts';
import { timeOf } from './judgeable.ts';
import { isReception, type SignedPlaceOrFrame, type SignedReception } from './signed-reception.ts';

/** Frames that were sent, and places of boxes, remembered at most; beyond it the oldest go and are counted. */
export const SENT_MAX = 100_000;
export const POSITIONS_MAX = 200_000;
/** Places of one box are kept so far apart. */
const POSITION_EVERY_NS = 1_000_000_000n;
/** A place of a box stands for a moment so far from it; that of a gateway, which says it every half minute, longer. */
const BOX_PLACE_GOOD_NS = 10_000_000_000n;
const GATEWAY_PLACE_GOOD_NS = 900_000_000_000n;
/** Times that one frame is said to have been sent; LoRaWAN repeats one at most 15 times (NbTrans). */
const CLAIMS_MAX = 16;
/** A frame is heard as it is sent; between the two clocks that say so there may lie this. */
const SAME_FRAME_NS = 60_000_000_000n;

/** A frame of which its sender says that he sent it. */
export interface SentFrame {
  readonly signed: SignedReception;
  readonly wall: WallNs;
  readonly sender: Sender;
}

export interface SenderBook {
  /** Evidence is read through once before it is judged, because who sent a frame may stand behind who heard it. */
  take(signed: SignedPlaceOrFrame): void;
  /** Undefined where nobody says that he sent it about then, or where two do, which cannot both be true. */
  sent(phy: Uint8Array, wall: WallNs): SentFrame | undefined;
  sender(phy: Uint8Array, wall: WallNs): Sender | undefined;
  /** Of a gateway what the reader knows or it says of itself; of a module where the box was that it hangs on. */
  placeOf(signed: SignedReception): Place | undefined;
  /** What was forgotten because there was too much. */
  readonly forgotten: number;
}

interface Fix {
  readonly wall: WallNs;
  readonly place: Place;
}

const apart = (a: WallNs, b: WallNs): bigint => (a < b ? b - a : a - b);

/** Index of the last fix at or before the moment; −1 where there is none. */
const lastBefore = (fixes: readonly Fix[], wall: WallNs): number => {
  let [low, high] = [0, fixes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fixes[middle]?.wall ?? 0n) <= wall) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};

const nearest = (fixes: readonly Fix[], wall: WallNs, goodNs: bigint): Fix | undefined => {
  const at = lastBefore(fixes, wall);
  const [before, after] = [fixes[at], fixes[at + 1]];
  const closer =
    before === undefined || (after !== undefined && apart(after.wall, wall) < apart(before.wall, wall))
      ? after
      : before;
  return closer !== undefined && apart(closer.wall, wall) <= goodNs ? closer : undefined;
};

/** DevAddr of data, DevEUI of joins, as 8 or 16 digits; undefined where the frame does not say. */
const spokenName = (phy: Uint8Array): string | undefined => {
  const parsed = parsePhy(phy);
  if (!parsed.ok) return undefined;
  switch (parsed.value.kind) {
    case 'data':
      return parsed.value.direction === 'up' ? parsed.value.devAddr : undefined;
    case 'join-request':
    case 'rejoin-request':
      return parsed.value.devEui;
    case 'join-accept':
    case 'proprietary':
      return undefined;
  }
};

/** Where each box was by its own receiver, and each gateway by its word. */
const openFixes = () => {
  const fixes = new Map<string, Fix[]>();
  let count = 0;
  return {
    /** How many were forgotten for it. */
    take(signed: SignedPlaceOrFrame): number {
      if (isReception(signed)) return 0;
      const { gatewayKey, body, wall, radio } = signed;
      // A forwarder does not say whether its place was measured; a box whose receiver only reckons has none.
      if (radio === undefined && body.fix === 'estimated') return 0;
      const name = radio ?? gatewayKey;
      const own = fixes.get(name) ?? [];
      const at = lastBefore(own, wall);
      const before = own[at];
      if (before !== undefined && wall - before.wall < POSITION_EVERY_NS) return 0;
      if (count >= POSITIONS_MAX) return 1;
      const { latitude, longitude } = body;
      own.splice(at + 1, 0, { wall, place: { latitude, longitude } });
      fixes.set(name, own);
      count += 1;
      return 0;
    },
    at: (name: string, wall: WallNs, goodNs: bigint): Place | undefined =>
      nearest(fixes.get(name) ?? [], wall, goodNs)?.place,
  };
};

/** What the reader knows besides the evidence. */
export interface KnownPlaces {
  /** Devices, by DevAddr or DevEUI in lower-case hex. */
  readonly senders: ReadonlyMap<string, Sender>;
  /** Antennas of gateways, by EUI in lower-case hex; believed before what they say themselves. */
  readonly gateways: ReadonlyMap<string, Place>;
}

const NOTHING_KNOWN: KnownPlaces = { senders: new Map(), gateways: new Map() };

/**
 * Who sent what from where: what the evidence itself says, by signed `sent` frames, and what the reader knows of
 * devices and gateways at known places. A claim to have sent is as good as the key that signs it.
 */
export const openSenders = (known: KnownPlaces = NOTHING_KNOWN): SenderBook => {
  const frames = new Map<string, readonly SignedReception[]>();
  const fixes = openFixes();
  let forgotten = 0;

  const placeOf = (signed: SignedReception): Place | undefined => {
    const { gateway, location } = signed.body;
    if (gateway === undefined) return location ?? fixes.at(signed.gatewayKey, signed.wall, BOX_PLACE_GOOD_NS);
    const eui = toHex(gateway);
    return known.gateways.get(eui) ?? location ?? fixes.at(eui, signed.wall, GATEWAY_PLACE_GOOD_NS);
  };

  const sent: SenderBook['sent'] = (phy, wall) => {
    if (frames.size === 0) return undefined;
    let best: { readonly signed: SignedReception; readonly wall: WallNs } | undefined;
    for (const signed of frames.get(toHex(phy)) ?? []) {
      const at = timeOf(signed).wall;
      if (apart(at, wall) > SAME_FRAME_NS) continue;
      if (best !== undefined && best.signed.deviceKey !== signed.deviceKey) return undefined;
      if (best === undefined || apart(at, wall) < apart(best.wall, wall)) best = { signed, wall: at };
    }
    if (best === undefined) return undefined;
    const { powerDeciDbm } = best.signed.body;
    const eirpDbm = powerDeciDbm === undefined ? undefined : powerDeciDbm / 10;
    return { ...best, sender: { place: placeOf(best.signed), eirpDbm } };
  };

  return {
    take(signed) {
      forgotten += fixes.take(signed);
      if (!isReception(signed) || signed.body.direction !== 'sent') return;
      const name = toHex(signed.body.phy);
      const claims = frames.get(name) ?? [];
      if (claims.length >= CLAIMS_MAX) forgotten += 1;
      else frames.set(name, [...claims, signed]);
      if (frames.size <= SENT_MAX) return;
      const oldest = frames.keys().next();
      if (!oldest.done) frames.delete(oldest.value);
      forgotten += 1;
    },
    sent,
    sender(phy, wall) {
      const claimed = sent(phy, wall)?.sender;
      if (claimed !== undefined || known.senders.size === 0) return claimed;
      const name = spokenName(phy);
      return name === undefined ? undefined : known.senders.get(name);
    },
    placeOf,
    get forgotten() {
      return forgotten;
    },
  };
};
