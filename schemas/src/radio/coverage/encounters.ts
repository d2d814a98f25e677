import { distanceM } from '../../privacy/index.ts';
import type { WallNs } from '../../words/index.ts';
import type { Explained } from './explain.ts';
import { timeOf } from './judgeable.ts';
import type { SenderBook } from './senders.ts';
import type { LeafPlace, SignedReception } from './signed-reception.ts';

/** Pairs of signers remembered; what further pairs hear of each other is counted, not kept. */
export const ENCOUNTERS_MAX = 10_000;

/** What one of the two heard of the other. */
export interface HeardOfOther {
  /** Receptions that would be accepted, and that could not be judged, which is weaker. */
  readonly accepted: number;
  readonly unjudged: number;
  /** The first: the leaf in which the one says that he sent, and that in which the other says that he heard. */
  readonly first: { readonly sent: LeafPlace; readonly heard: LeafPlace; readonly wall: WallNs } | undefined;
  readonly bestSnrDb: number | undefined;
}

/** Two signers of whom at least one has heard what the other has signed as sent. */
export interface Encounter {
  /** Public keys of both signers, in order. */
  readonly keys: readonly [string, string];
  /** By the first key of the second, and the other way round. */
  readonly heard: readonly [HeardOfOther, HeardOfOther];
  /** Each has heard the other. */
  readonly mutual: boolean;
  /** Both report to one box, so that one owner holds both keys. */
  readonly sameBox: boolean;
  /** Metres between the two at the last frame where both places were known. */
  readonly distanceM: number | undefined;
  /** One sentence for a person. */
  readonly words: string;
}

export interface EncounterBook {
  take(signed: SignedReception, explained: Explained): void;
  list(): readonly Encounter[];
  readonly forgotten: number;
}

interface Side {
  accepted: number;
  unjudged: number;
  first: HeardOfOther['first'];
  bestSnrDb: number | undefined;
}

interface Pair {
  readonly keys: readonly [string, string];
  readonly heard: readonly [Side, Side];
  sameBox: boolean;
  distanceM: number | undefined;
}

const newSide = (): Side => ({ accepted: 0, unjudged: 0, first: undefined, bestSnrDb: undefined });

const counted = ({ accepted, unjudged }: Side): number => accepted + unjudged;

const placeIn = ({ deviceKey, gatewayKey, stream, epoch, sequence, origin }: LeafPlace): LeafPlace => ({
  deviceKey,
  gatewayKey,
  stream,
  epoch,
  sequence,
  origin,
});

const name = (key: string): string => key.slice(0, 8);

const frames = (side: Side): string => {
  const total = counted(side);
  const weaker = side.unjudged === 0 ? '' : ` (${side.unjudged} that cannot be judged)`;
  return `${total} ${total === 1 ? 'frame' : 'frames'}${weaker}`;
};

const encounterOf = ({ keys, heard, sameBox, distanceM: metres }: Pair): Encounter => {
  const [a, b] = [name(keys[0]), name(keys[1])];
  const [byA, byB] = heard;
  const mutual = counted(byA) > 0 && counted(byB) > 0;
  const said = mutual
    ? `${a} and ${b} heard each other: ${frames(byA)} and ${frames(byB)}`
    : counted(byA) > 0
      ? `${a} heard ${frames(byA)} of ${b}`
      : `${b} heard ${frames(byB)} of ${a}`;
  const far = metres === undefined ? '' : `, ${(metres / 1_000).toFixed(1)} km apart`;
  const own = sameBox ? '; both report to one box, which says nothing to others' : '';
  return { keys, heard, mutual, sameBox, distanceM: metres, words: `${said}${far}${own}` };
};

/** Whom a frame's hearer and sender name: each by the key that it has signed with. */
export const openEncounters = (senders: SenderBook): EncounterBook => {
  const pairs = new Map<string, Pair>();
  let forgotten = 0;

  const pairOf = (one: string, other: string): Pair | undefined => {
    const keys = one < other ? ([one, other] as const) : ([other, one] as const);
    const id = keys.join(' ');
    const found = pairs.get(id);
    if (found !== undefined) return found;
    if (pairs.size >= ENCOUNTERS_MAX) return undefined;
    const pair: Pair = { keys, heard: [newSide(), newSide()], sameBox: false, distanceM: undefined };
    pairs.set(id, pair);
    return pair;
  };

  return {
    take(signed, { verdict, reception }) {
      if (signed.body.direction === 'sent' || signed.body.crc === 'bad') return;
      if (verdict === 'rejected' || verdict === 'doubtful' || verdict === 'duplicate') return;
      const { wall } = timeOf(signed);
      const sent = senders.sent(signed.body.phy, wall);
      if (sent === undefined || sent.signed.deviceKey === signed.deviceKey) return;
      const pair = pairOf(signed.deviceKey, sent.signed.deviceKey);
      if (pair === undefined) {
        forgotten += 1;
        return;
      }
      const side = pair.heard[pair.keys[0] === signed.deviceKey ? 0 : 1];
      if (verdict === 'accepted') side.accepted += 1;
      else side.unjudged += 1;
      side.first ??= { sent: placeIn(sent.signed), heard: placeIn(signed), wall };
      const snrDb = signed.body.snrDeciDb === undefined ? undefined : signed.body.snrDeciDb / 10;
      if (snrDb !== undefined && (side.bestSnrDb === undefined || snrDb > side.bestSnrDb))
        side.bestSnrDb = snrDb;
      pair.sameBox = signed.gatewayKey === sent.signed.gatewayKey;
      const [here, there] = [reception?.place ?? senders.placeOf(signed), sent.sender.place];
      if (here !== undefined && there !== undefined) pair.distanceM = distanceM(here, there);
    },
    list: () => [...pairs.values()].map(encounterOf),
    get forgotten() {
      return forgotten;
    },
  };
};
