import { type KeyRecord, readKeyRecord, sha256, type Verify } from '@outpost/schemas/evidence';
import {
  type DeviceName,
  equalBytes,
  fail,
  fault,
  ok,
  type Result,
  type WallNs,
} from '@outpost/schemas/words';

/** The place of the record that comes next. */
export const nextPlace = (records: readonly KeyRecord[], time: WallNs) => {
  const last = records.at(-1);
  return { number: records.length, previous: last === undefined ? null : sha256(last.bytes), time };
};

export const isRevoked = (records: readonly KeyRecord[], key: Uint8Array): boolean =>
  records.some(({ content }) => content.kind === 'revocation' && equalBytes(content.key, key));

/** Whether another key took this one's place. */
export const isReplaced = (records: readonly KeyRecord[], key: Uint8Array): boolean =>
  records.some(({ content }) => content.kind === 'rotation' && equalBytes(content.from, key));

/** Whether the second key took the place of the first. */
export const isSuccessor = (records: readonly KeyRecord[], from: Uint8Array, to: Uint8Array): boolean =>
  records.some(
    ({ content }) =>
      content.kind === 'rotation' && equalBytes(content.from, from) && equalBytes(content.to, to),
  );

export const isEndorsed = (records: readonly KeyRecord[], gateway: Uint8Array, device: Uint8Array): boolean =>
  records.some(
    ({ content }) =>
      content.kind === 'endorsement' &&
      equalBytes(content.gatewayKey, gateway) &&
      equalBytes(content.deviceKey, device),
  );

/** The gateway key that the records end with; undefined while there are none. */
export const gatewayOf = (records: readonly KeyRecord[]): Uint8Array | undefined => {
  let gateway: Uint8Array | undefined;
  for (const { content } of records) {
    if (content.kind === 'endorsement') gateway = content.gatewayKey;
    if (content.kind === 'rotation' && content.role === 'gateway') gateway = content.to;
    if (content.kind === 'revocation') gateway ??= content.by;
  }
  return gateway;
};

/** The key that a device signs with now; undefined where it has none. */
export const deviceKeyOf = (records: readonly KeyRecord[], name: DeviceName): Uint8Array | undefined => {
  let key: Uint8Array | undefined;
  for (const { content } of records) {
    if (content.kind === 'endorsement' && content.name === name) key = content.deviceKey;
  }
  return key === undefined || isRevoked(records, key) || isReplaced(records, key) ? undefined : key;
};

/** When a key was first named. */
export const namedAt = (records: readonly KeyRecord[], key: Uint8Array): WallNs | undefined =>
  records.find(({ content }) => {
    if (content.kind === 'endorsement')
      return equalBytes(content.deviceKey, key) || equalBytes(content.gatewayKey, key);
    return content.kind === 'rotation' && equalBytes(content.to, key);
  })?.content.time;

/** Whether whoever signed a record had the say over it when it was made. */
const hasTheSay = (before: readonly KeyRecord[], { content }: KeyRecord): boolean => {
  const gateway = gatewayOf(before);
  switch (content.kind) {
    case 'endorsement':
      return gateway === undefined || equalBytes(content.gatewayKey, gateway);
    case 'rotation':
      if (content.role === 'device')
        return gateway !== undefined && isEndorsed(before, gateway, content.from);
      return gateway === undefined || equalBytes(content.from, gateway);
    case 'revocation':
      return gateway === undefined || equalBytes(content.by, gateway) || equalBytes(content.by, content.key);
  }
};

/**
 * Reads the records of one box: each in its place, each naming the one before, each signed by whoever had the say.
 * @param where the file they come from, for the sentence. Faults are `misconfigured`.
 */
export const readHistory = (
  bytes: readonly Uint8Array[],
  verify: Verify,
  where: string,
): Result<readonly KeyRecord[]> => {
  const records: KeyRecord[] = [];
  const damaged = (number: number, words: string): Result<never> =>
    fail(
      fault(
        'misconfigured',
        'key.records',
        where,
        `key record ${number} ${words}; restore the keys from a backup.`,
      ),
    );
  for (const each of bytes) {
    const read = readKeyRecord(each);
    if (!read.ok) return damaged(records.length, `does not read (${read.fault.code})`);
    const place = nextPlace(records, read.value.content.time);
    const { number, previous } = read.value.content;
    const follows =
      previous === null || place.previous === null
        ? previous === place.previous
        : equalBytes(previous, place.previous);
    if (number !== place.number || !follows) return damaged(records.length, 'does not follow the one before');
    if (!hasTheSay(records, read.value))
      return damaged(number, 'was signed by a key without the say over it');
    if (!read.value.signed.every(({ key, message, signature }) => verify(key, message, signature)))
      return damaged(number, 'has a signature that does not hold');
    records.push(read.value);
  }
  return ok(records);
};
