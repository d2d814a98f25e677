import { readAttestation, readReceipt } from '@outpost/schemas/evidence';
import { type StreamId, type WallNs, wallAt } from '@outpost/schemas/words';
import { withheldBecause } from '../deliver/withhold.ts';
import { platformHash } from '../hash.ts';
import type { Kept, Offset } from '../journal/contract.ts';
import { readAside, readAttested, readSettlement, type SettlementKind } from '../record/entry.ts';
import type { Reward } from '../record/reward.ts';
import type { Fate, Life } from './lines.ts';
import type { LedgerNetwork } from './networks.ts';

/** Attestations whose end is awaited at once; of more, the oldest is shown as far as it has come. */
export const LIVES_MAX = 32_768;
/** Ends of one network that are remembered, so that one which a crash made the gateway write twice counts once. */
const ENDS_MAX = 16_384;
/**
 * A network goes through the journal in order, at most a MiB or 64 attestations at once: what lies further behind an
 * attestation that has ended, and has no end itself, was never sent.
 */
const PASSED_BYTES = 4n << 20n;
const PASSED_LIVES = 128;

/** How an attestation's way to one network ended. */
export interface End {
  readonly network: string;
  readonly stream: StreamId;
  readonly hash: Uint8Array;
  readonly kind: SettlementKind;
  readonly code: string;
  readonly words: string;
  /** Undefined for what this program set aside: nobody noted when. */
  readonly wall: WallNs | undefined;
  readonly hasReceipt: boolean;
  readonly refusedReadings: number;
  readonly reward: Reward | undefined;
}

interface Open {
  readonly life: Omit<Life, 'fates' | 'later' | 'networks'>;
  readonly isWithheldFrom: (network: LedgerNetwork) => boolean;
  readonly ordinal: number;
  readonly ends: Map<string, End>;
}

export interface OpenLives {
  /** An attestation; false where the entry does not read (damaged). */
  begin(entry: Kept): boolean;
  /** A network's verdict, or this program's own; gives it back where its attestation is not among those that wait. */
  end(end: End): End | undefined;
  /** A network that takes single readings never takes an attestation. */
  takesReadings(network: string): void;
  /** Lives, oldest first, of which nothing more will come; all of them at the end of the journal. */
  settled(isEnd: boolean): Iterable<Life>;
}

const refusedIn = (bytes: Uint8Array): number => {
  const receipt = readReceipt(bytes);
  return receipt.ok ? receipt.value.content.refused.reduce((sum, { count }) => sum + count, 0) : 0;
};

export const settlementEnd = ({ bytes }: Kept): End | undefined => {
  const read = readSettlement(bytes);
  if (!read.ok) return undefined;
  const { network, stream, attestation: hash, kind, code, words, wall, receipt, reward } = read.value;
  const hasReceipt = receipt !== undefined;
  const refusedReadings = hasReceipt ? refusedIn(receipt) : 0;
  return { network, stream, hash, kind, code, words, wall, reward, hasReceipt, refusedReadings };
};

/** What this program gave up after it had failed at it again and again, in the quarantine's words. */
export const setAsideEnd = ({ bytes }: Kept): End | undefined => {
  const aside = readAside(bytes);
  if (!aside.ok || aside.value.code !== 'network.dead-letter') return undefined;
  const attested = readAttested(aside.value.raw);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  if (!attested.ok || !attestation.ok) return undefined;
  const { device: network, code, words } = aside.value;
  return {
    network,
    stream: attestation.value.statement.stream,
    hash: platformHash(attested.value.bytes),
    kind: 'unknown',
    code,
    words,
    wall: undefined,
    hasReceipt: false,
    refusedReadings: 0,
    reward: undefined,
  };
};

/** Enough of a hash that no two are the same, as a string without parts: tens of thousands of them are held. */
const nameOf = (hash: Uint8Array): string => String.fromCharCode(...hash.subarray(0, 16));

export const fateOf = ({ stream: _, hash: __, ...end }: End): Fate => ({ ...end, predicted: undefined });

const without = (network: string, kind: 'withheld' | 'pending', words: string): Fate => ({
  network,
  kind,
  code: '',
  words,
  wall: undefined,
  hasReceipt: false,
  refusedReadings: 0,
  reward: undefined,
  predicted: undefined,
});

const WITHHELD = 'simulated, or signed by a demo key';

const openOf = (entry: Kept, ordinal: number): Open | undefined => {
  const attested = readAttested(entry.bytes);
  const attestation = attested.ok ? readAttestation(attested.value.bytes) : attested;
  if (!attested.ok || !attestation.ok) return undefined;
  const { stream, epoch, counter, size, origin, keyKind, lastMono, anchor } = attestation.value.statement;
  const life = {
    offset: entry.offset,
    stream,
    // Entries are views of what was read at once; what is kept for long must not keep all of that.
    epoch: epoch.slice() as Life['epoch'],
    counter,
    readings: size,
    origin,
    hash: platformHash(attested.value.bytes),
    made: wallAt(anchor, lastMono),
    trust: anchor.trust,
  };
  const isWithheldFrom = ({ config }: LedgerNetwork): boolean =>
    config !== undefined && withheldBecause({ origin, keyKind }, config.acceptSimulated) !== undefined;
  return { life, isWithheldFrom, ordinal, ends: new Map() };
};

/** Joins attestations with what networks said of them, in one pass over the journal. */
export const newOpenLives = (networks: readonly LedgerNetwork[], livesMax: number = LIVES_MAX): OpenLives => {
  const lives = new Map<string, Open>();
  const ended = new Map<string, Set<string>>();
  const readingNetworks = new Set(
    networks.filter(({ follows }) => follows === 'readings').map(({ name }) => name),
  );
  /** The furthest attestation that has ended, by network. */
  const furthest = new Map<string, { readonly offset: Offset; readonly ordinal: number }>();
  let made = 0;

  const isNew = ({ network, hash }: End): boolean => {
    const name = nameOf(hash);
    const known = ended.get(network) ?? new Set();
    ended.set(network, known);
    if (known.has(name)) return false;
    known.add(name);
    const oldest = known.size > ENDS_MAX ? known.values().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return true;
  };

  const isPassed = ({ life, ordinal }: Open, network: string): boolean => {
    const far = furthest.get(network);
    return (
      far !== undefined && far.offset - life.offset > PASSED_BYTES && far.ordinal - ordinal > PASSED_LIVES
    );
  };

  /** Undefined while it may still end. */
  const fateWith = (open: Open, network: LedgerNetwork, isEnd: boolean): Fate | undefined => {
    const end = open.ends.get(network.name);
    if (end !== undefined) return fateOf(end);
    if (open.isWithheldFrom(network)) return without(network.name, 'withheld', WITHHELD);
    if (isPassed(open, network.name)) return without(network.name, 'withheld', 'was not sent');
    if (!isEnd) return undefined;
    return open.life.offset < network.position
      ? without(network.name, 'withheld', 'was not sent')
      : without(network.name, 'pending', '');
  };

  /** Undefined while something of it is still open; where it `mustGo`, what is open is said to come later. */
  const lifeOf = (open: Open, isEnd: boolean, mustGo: boolean): Life | undefined => {
    const fates: Fate[] = [];
    const later: string[] = [];
    for (const network of networks) {
      if (readingNetworks.has(network.name)) continue;
      const fate = fateWith(open, network, isEnd);
      if (fate !== undefined) fates.push(fate);
      else if (mustGo) later.push(network.name);
      else return undefined;
    }
    for (const end of open.ends.values()) {
      if (networks.every(({ name }) => name !== end.network)) fates.push(fateOf(end));
    }
    const shown = fates.filter(({ kind }) => kind !== 'withheld').length + later.length;
    return { ...open.life, fates, later, networks: shown };
  };

  return {
    begin(entry) {
      const open = openOf(entry, made);
      if (open === undefined) return false;
      made += 1;
      lives.set(nameOf(open.life.hash), open);
      return true;
    },
    end(end) {
      if (!isNew(end)) return undefined;
      const open = lives.get(nameOf(end.hash));
      if (open === undefined) return end;
      open.ends.set(end.network, { ...end, hash: open.life.hash });
      const far = furthest.get(end.network);
      if (far === undefined || far.ordinal < open.ordinal) {
        furthest.set(end.network, { offset: open.life.offset, ordinal: open.ordinal });
      }
      return undefined;
    },
    takesReadings(network) {
      readingNetworks.add(network);
    },
    *settled(isEnd) {
      for (const [name, open] of lives) {
        const life = lifeOf(open, isEnd, lives.size > livesMax);
        if (life === undefined) return;
        lives.delete(name);
        yield life;
      }
    },
  };
};
