import type { TripReading } from '@outpost/schemas/vehicle';
import { type ClockAnchor, type StreamId, wallAt } from '@outpost/schemas/words';
import type { Journal, Kept, Offset } from '../journal/contract.ts';
import { applyEntry, type Chain, type Chains } from '../record/chains.ts';
import { type Opened, originOfKind } from '../record/entry.ts';
import { leafOf } from '../record/read-entry.ts';

/** A durable reading with its stream and its time. */
export interface Placed {
  readonly stream: StreamId;
  readonly reading: TripReading;
  readonly raw: Uint8Array;
  /** What is constant over its epoch. */
  readonly opened: Opened;
}

/** Turns durable entries, given in order, into readings; keeps the clock anchor of every chain. */
export interface StreamReadings {
  /** Undefined where the entry is no reading, or one that does not decode or that has no time yet. */
  take(entry: Kept): Placed | undefined;
}

/** @param chains as of the first entry that will be given. */
export const streamReadings = (chains: Chains): StreamReadings => {
  const anchors = new Map<Chain, ClockAnchor>();

  const anchorOf = (chain: Chain): ClockAnchor | undefined => anchors.get(chain) ?? chain.anchor;

  const place = (entry: Kept): Placed | undefined => {
    const origin = originOfKind(entry.kind);
    const chain = origin === undefined ? undefined : chains.open.get(entry.stream);
    if (origin === undefined || chain === undefined) return undefined;
    const leaf = leafOf(entry);
    if (!leaf.ok) return undefined;
    const { sequence, mono, body, raw } = leaf.value;
    if (body.kind === 'anchor') anchors.set(chain, body.anchor);
    const anchor = anchorOf(chain);
    if (anchor === undefined) return undefined;
    const { stream, epoch } = chain.opened;
    const { trust } = anchor;
    const wall = wallAt(anchor, mono);
    return {
      stream,
      reading: { epoch, sequence, mono, wall, trust, origin, place: entry.offset, body },
      raw,
      opened: chain.opened,
    };
  };

  return {
    take(entry) {
      const placed = place(entry);
      applyEntry(chains, entry);
      return placed;
    },
  };
};

/** How far back the last attestation of a chain may lie: it is made every few seconds. */
const UNATTESTED_BYTES_MAX = 8n << 20n;

/**
 * Where reading has to begin so that every anchor in force at `offset` is known: those of attested readings stand in the
 * chains.
 */
const anchorsFrom = (chains: Chains, offset: Offset): Offset => {
  const least = offset > UNATTESTED_BYTES_MAX ? offset - UNATTESTED_BYTES_MAX : 0n;
  let from: bigint = offset;
  for (const { attestedTo } of chains.open.values()) {
    if (attestedTo < from) from = attestedTo > least ? attestedTo : least;
  }
  return from as Offset;
};

/** Where readings are read from, and what stood open at any place of it. */
export interface ReadingsSource {
  readonly journal: Pick<Journal, 'start' | 'read'>;
  chainsAt(offset: Offset): Promise<Chains>;
}

/** Readings from `offset` on, with the anchors that are in force there. */
export const readingsAt = async (
  { journal, chainsAt }: ReadingsSource,
  offset: Offset,
): Promise<StreamReadings> => {
  const from = anchorsFrom(await chainsAt(offset), offset);
  const begin = from < journal.start ? journal.start : from;
  const readings = streamReadings(await chainsAt(begin));
  for await (const entry of journal.read(begin, offset)) readings.take(entry);
  return readings;
};
