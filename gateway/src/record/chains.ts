import { decodeCbor, encodeCbor, type Head } from '@outpost/schemas/evidence';
import {
  type ClockAnchor,
  monoNs,
  type StreamId,
  type TimeTrust,
  toHex,
  wallNs,
} from '@outpost/schemas/words';
import type { Kept, Offset } from '../journal/contract.ts';
import { type KeptText, KIND, type Opened, readKeptText, readOpened } from './entry.ts';
import { signedOf } from './read-entry.ts';

/** One epoch of one stream as the journal tells it. */
export interface Chain {
  readonly number: number;
  readonly opened: Opened;
  /** Of the stream's name. */
  readonly device: string;
  /** The epoch as 32 hex digits. */
  readonly epochHex: string;
  /** The opening entry's own bytes, to be repeated in segment headers. */
  readonly openedBytes: Uint8Array;
  /** Of the last durable attestation. */
  head: Head | undefined;
  /** The clock anchor that the last durable attestation stated; the next batch has it too, or begins with another. */
  anchor: ClockAnchor | undefined;
  /** Readings before this offset stand under a signature. */
  attestedTo: Offset;
}

/**
 * What the durable entries say about streams: which number means which epoch, and how far each is attested. A pure
 * fold: applying an entry twice changes nothing, so it may be resumed from any earlier place.
 */
export interface Chains {
  /** By number, of this run and of those whose readings are not all attested. */
  readonly open: Map<number, Chain>;
  /** The last head of each stream over all its epochs. */
  readonly heads: Map<StreamId, Head>;
  /** By device, what its dialogue asked to be kept last. */
  readonly kept: Map<string, KeptText>;
  /** Entries before this offset are accounted for. */
  asOf: Offset;
}

/** A device has two lanes at most and there are 64 devices; a run that opens more has gone wrong. */
const OPEN_MAX = 1024;

/**
 * What is kept stands in every segment's header, so it is little: so many letters for a device, so many for all, of those
 * that said something last. The largest is a list of 240 approved LoRa gateways.
 */
const KEPT_TEXT_MAX = 8_192;
const KEPT_LETTERS_MAX = 65_536;

export const newChains = (asOf: Offset): Chains => ({
  open: new Map(),
  heads: new Map(),
  kept: new Map(),
  asOf,
});

/** What can be said of an epoch once for all its readings. */
const named = (opened: Opened): Pick<Chain, 'opened' | 'device' | 'epochHex'> => ({
  opened,
  device: opened.stream.slice(0, opened.stream.indexOf('/')),
  epochHex: toHex(opened.epoch),
});

const applyOpened = (chains: Chains, entry: Kept): void => {
  const opened = readOpened(entry.bytes);
  if (!opened.ok) return;
  chains.open.set(entry.stream, {
    number: entry.stream,
    ...named(opened.value),
    openedBytes: entry.bytes,
    head: undefined,
    anchor: undefined,
    attestedTo: entry.offset,
  });
  const oldest = chains.open.size > OPEN_MAX ? chains.open.keys().next().value : undefined;
  if (oldest !== undefined) chains.open.delete(oldest);
};

const applyAttestation = (chains: Chains, entry: Kept): void => {
  const chain = chains.open.get(entry.stream);
  const signed = signedOf(entry);
  if (chain === undefined || !signed.ok) return;
  const { attested, statement, hash } = signed.value;
  const { counter, anchor } = statement;
  if (chain.head !== undefined && counter <= chain.head.counter) return;
  chain.head = { epoch: chain.opened.epoch, counter, hash };
  chain.anchor = anchor;
  chain.attestedTo = attested.to;
  chains.heads.set(chain.opened.stream, chain.head);
};

/** What this box signed itself counts for more than what a backup remembers. */
const applyHeads = (chains: Chains, entry: Kept): void => {
  for (const [stream, head] of decodeChains(entry.bytes)?.heads ?? []) {
    if (!chains.heads.has(stream)) chains.heads.set(stream, head);
  }
};

const applyKept = (chains: Chains, entry: Kept): void => {
  const kept = readKeptText(entry.bytes);
  if (!kept.ok || kept.value.text.length > KEPT_TEXT_MAX) return;
  chains.kept.delete(kept.value.device);
  chains.kept.set(kept.value.device, kept.value);
  let letters = 0;
  for (const { text } of chains.kept.values()) letters += text.length;
  for (const [device, { text }] of chains.kept) {
    if (letters <= KEPT_LETTERS_MAX) break;
    chains.kept.delete(device);
    letters -= text.length;
  }
};

/** Takes one durable entry into account. Entries must come in order; those before `asOf` are skipped. */
export const applyEntry = (chains: Chains, entry: Kept): void => {
  if (entry.offset < chains.asOf) return;
  if (entry.kind === KIND.opened) applyOpened(chains, entry);
  if (entry.kind === KIND.attestation) applyAttestation(chains, entry);
  if (entry.kind === KIND.heads) applyHeads(chains, entry);
  if (entry.kind === KIND.kept) applyKept(chains, entry);
  chains.asOf = entry.next;
};

const TRUSTS: readonly TimeTrust[] = ['none', 'rtc', 'ntp', 'gnss'];

const anchorFields = (anchor: ClockAnchor | undefined) =>
  anchor === undefined ? null : [anchor.wall, anchor.mono, TRUSTS.indexOf(anchor.trust)];

const anchorOf = (value: unknown): ClockAnchor | undefined => {
  if (!Array.isArray(value)) return undefined;
  const [wall, mono, trust] = value as [bigint, bigint, number];
  return { wall: wallNs(BigInt(wall)), mono: monoNs(BigInt(mono)), trust: TRUSTS[Number(trust)] ?? 'none' };
};

const headFields = (head: Head | undefined) =>
  head === undefined ? null : [head.epoch, head.counter, head.hash];

/** For the header of each journal segment, so that reading can begin there. */
export const encodeChains = (chains: Chains): Uint8Array =>
  encodeCbor([
    chains.asOf,
    [...chains.open.values()].map((chain) => [
      chain.number,
      chain.openedBytes,
      headFields(chain.head),
      anchorFields(chain.anchor),
      chain.attestedTo,
    ]),
    [...chains.heads].map(([stream, head]) => [stream, headFields(head)]),
    [...chains.kept.values()].map(({ device, text, wall }) => [device, text, wall]),
  ]);

const headOf = (value: unknown): Head | undefined => {
  if (!Array.isArray(value)) return undefined;
  const [epoch, counter, hash] = value as [Head['epoch'], number | bigint, Uint8Array];
  return { epoch, counter: Number(counter), hash };
};

/** Undefined where the bytes are not ours; the caller then reads the journal from its start. */
export const decodeChains = (bytes: Uint8Array): Chains | undefined => {
  const decoded = decodeCbor(bytes);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  // Headers of before had no texts.
  const [asOf, open, heads, texts = []] = decoded.value as unknown as [
    bigint | number,
    unknown[][],
    unknown[][],
    unknown[][]?,
  ];
  const chains = newChains(BigInt(asOf) as Offset);
  for (const [number, openedBytes, head, anchor, attestedTo] of open) {
    const opened = readOpened(openedBytes as Uint8Array);
    if (!opened.ok) return undefined;
    chains.open.set(Number(number), {
      number: Number(number),
      ...named(opened.value),
      openedBytes: openedBytes as Uint8Array,
      head: headOf(head),
      anchor: anchorOf(anchor),
      attestedTo: BigInt(attestedTo as bigint) as Offset,
    });
  }
  for (const [stream, head] of heads) {
    const known = headOf(head);
    if (known !== undefined) chains.heads.set(stream as StreamId, known);
  }
  for (const [device, text, wall] of texts) {
    const kept = { device: device as string, text: text as string, wall: wallNs(BigInt(wall as bigint)) };
    chains.kept.set(kept.device, kept);
  }
  return chains;
};
