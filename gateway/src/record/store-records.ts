import { rawGateway } from '@outpost/schemas/evidence';
import { type StreamId, toHex } from '@outpost/schemas/words';
import type { Kept } from '../journal/contract.ts';
import { type Amounts, newAmounts } from '../ledger/amounts.ts';
import type { StoreRecord } from '../store/records.ts';
import { applyEntry, type Chains } from './chains.ts';
import {
  KIND,
  originOfKind,
  readHappening,
  readOpened,
  readSettlement,
  type SettlementKind,
} from './entry.ts';
import { readReadingsSettled } from './live-entry.ts';
import { leafOf, signedOf } from './read-entry.ts';
import type { Reward } from './reward.ts';

const deviceOf = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

const readingRecord = (chains: Chains, entry: Kept): StoreRecord | undefined => {
  const origin = originOfKind(entry.kind);
  const chain = chains.open.get(entry.stream);
  const leaf = leafOf(entry);
  if (origin === undefined || chain === undefined || !leaf.ok) return undefined;
  const { device, epochHex: epoch } = chain;
  const { stream } = chain.opened;
  const { sequence, mono, body, raw } = leaf.value;
  const isOfGateway = stream.endsWith('/coverage') && (body.kind === 'number' || body.kind === 'position');
  const gateway = isOfGateway ? rawGateway(raw)?.eui : undefined;
  const record = { kind: 'reading', device, stream, epoch, sequence, mono, origin, body } as const;
  return gateway === undefined ? record : { ...record, gateway };
};

const openedRecord = (entry: Kept): StoreRecord | undefined => {
  const opened = readOpened(entry.bytes);
  if (!opened.ok) return undefined;
  const { stream, epoch, reason } = opened.value;
  const device = deviceOf(stream);
  return { kind: 'epoch-opened', device, stream, epoch: toHex(epoch), reason, ordinal: entry.offset };
};

const attestationRecord = (entry: Kept): StoreRecord | undefined => {
  const signed = signedOf(entry);
  if (!signed.ok) return undefined;
  const { attested, statement } = signed.value;
  const { stream, epoch, counter, size, lastMono, anchor } = statement;
  return {
    kind: 'attestation',
    device: deviceOf(stream),
    stream,
    epoch: toHex(epoch),
    counter,
    size,
    bytes: attested.bytes.length,
    mono: lastMono,
    anchor,
    ordinal: entry.offset,
  };
};

const settlementRecord = (entry: Kept): StoreRecord | undefined => {
  const settlement = readSettlement(entry.bytes);
  if (!settlement.ok) return undefined;
  const { network, stream, attestation, kind, code, words, reward, wall } = settlement.value;
  const what = { kind: 'receipt', network, device: deviceOf(stream), stream } as const;
  return {
    ...what,
    verdict: kind,
    code,
    words,
    attestation: toHex(attestation),
    reward,
    wall,
    ordinal: entry.offset,
  };
};

const happeningRecord = (entry: Kept): StoreRecord | undefined => {
  const happening = readHappening(entry.bytes);
  if (!happening.ok) return undefined;
  const { device, what, words, wall } = happening.value;
  return { kind: 'event', device, what, words, wall, ordinal: entry.offset };
};

/** Readings that ended in one way and earned in one unit make one record: what is told apart stays exact. */
const deliveriesRecords = (entry: Kept): readonly StoreRecord[] => {
  const ends = readReadingsSettled(entry.bytes);
  if (ends === undefined) return [];
  const groups = new Map<string, { verdict: SettlementKind; count: number; amounts: Amounts }>();
  const add = (verdict: SettlementKind, reward: Reward | undefined): void => {
    const name = `${verdict} ${reward?.unit} ${reward?.basis} ${reward?.decimals}`;
    const group = groups.get(name) ?? { verdict, count: 0, amounts: newAmounts() };
    groups.set(name, group);
    group.count += 1;
    if (reward !== undefined) group.amounts.add(reward);
  };
  for (const { reward } of ends.settled) add('settled', reward);
  for (const { kind } of ends.others) add(kind, undefined);
  const { network, wall } = ends;
  return [...groups.values()].map(({ verdict, count, amounts }) => {
    const [reward] = amounts.list();
    return { kind: 'deliveries', network, verdict, count, reward, wall, ordinal: entry.offset };
  });
};

const one = (record: StoreRecord | undefined): readonly StoreRecord[] =>
  record === undefined ? [] : [record];

/**
 * What the store makes of one durable entry; nothing where there is nothing to show or the entry is damaged.
 * `chains` must have seen every entry before this one from the last known state on, and sees this one here.
 */
export const storeRecordsOf = (chains: Chains, entry: Kept): readonly StoreRecord[] => {
  applyEntry(chains, entry);
  switch (entry.kind) {
    case KIND.readingLive:
    case KIND.readingSimulated:
    case KIND.readingReplayed:
      return one(readingRecord(chains, entry));
    case KIND.opened:
      return one(openedRecord(entry));
    case KIND.attestation:
      return one(attestationRecord(entry));
    case KIND.settlement:
      return one(settlementRecord(entry));
    case KIND.readingsSettled:
      return deliveriesRecords(entry);
    case KIND.event:
      return one(happeningRecord(entry));
    default:
      return [];
  }
};
