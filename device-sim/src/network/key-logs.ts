import {
  type KeyRecord,
  readKeyRecord,
  sha256,
  type Verify,
  verifyEvidence,
} from '@outpost/schemas/evidence';
import { toHex } from '@outpost/schemas/words';

/** Key records of all boxes that a network knows; what comes beyond is not taken in. */
export const KEY_RECORDS_MAX = 20_000;

/** The unbroken log of one box. */
interface KeyLog {
  readonly records: Uint8Array[];
  /** Every gateway key that it names, in hex. */
  readonly gateways: Set<string>;
}

/** What became of a record: it is new, it was known, or why it cannot be believed. */
export type Taken =
  | { readonly kind: 'new' }
  | { readonly kind: 'known' }
  | { readonly kind: 'doubted'; readonly words: string };

/** The key records that a network has been given, each checked before it counts. */
export interface KeyLogs {
  take(bytes: Uint8Array): Taken;
  /** The whole log of the box with this gateway key, in order; none where it is not known. */
  logOf(gatewayKey: Uint8Array): readonly Uint8Array[];
  readonly size: number;
}

const gatewaysIn = ({ content }: KeyRecord): readonly Uint8Array[] => {
  switch (content.kind) {
    case 'endorsement':
      return [content.gatewayKey];
    case 'rotation':
      return content.role === 'gateway' ? [content.from, content.to] : [];
    case 'revocation':
      return [content.by];
  }
};

export const newKeyLogs = (verify: Verify): KeyLogs => {
  const byRecord = new Map<string, KeyLog>();
  const byGateway = new Map<string, KeyLog>();

  /** The log that a record continues; one that begins again is held against the log it would compete with. */
  const logFor = (record: KeyRecord): KeyLog | undefined => {
    const { previous } = record.content;
    if (previous !== null) return byRecord.get(toHex(previous));
    const known = gatewaysIn(record).map((key) => byGateway.get(toHex(key)));
    return known.find((log) => log !== undefined) ?? { records: [], gateways: new Set() };
  };

  /** What evidence's own check says of the log with this record at its end. */
  const doubt = (log: KeyLog, bytes: Uint8Array): string | undefined => {
    const items = [...log.records, bytes].map((each) => ({ kind: 'key-record' as const, bytes: each }));
    const { problems } = verifyEvidence(items, { verify });
    return problems.find(({ code }) => code.startsWith('key-record.'))?.words;
  };

  return {
    take: (bytes) => {
      const name = toHex(sha256(bytes));
      if (byRecord.has(name)) return { kind: 'known' };
      if (byRecord.size >= KEY_RECORDS_MAX)
        return { kind: 'doubted', words: 'This network is full of keys.' };
      const read = readKeyRecord(bytes);
      if (!read.ok) return { kind: 'doubted', words: read.fault.words };
      const log = logFor(read.value);
      if (log === undefined) {
        const words = `Key record ${read.value.content.number} follows one that is not here.`;
        return { kind: 'doubted', words };
      }
      const words = doubt(log, bytes);
      if (words !== undefined) return { kind: 'doubted', words };
      log.records.push(bytes);
      byRecord.set(name, log);
      for (const key of gatewaysIn(read.value)) {
        log.gateways.add(toHex(key));
        byGateway.set(toHex(key), log);
      }
      return { kind: 'new' };
    },
    logOf: (gatewayKey) => byGateway.get(toHex(gatewayKey))?.records ?? [],
    get size() {
      return byRecord.size;
    },
  };
};
