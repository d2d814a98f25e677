import { concatBytes } from '@outpost/schemas/words';

/** A PUBLISH with QoS 0 or 1 as views of what was read (MQTT 3.1.1 §3.3). */
export interface RawPublish {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Its length (u16), then the topic in UTF-8: how a message's frame begins. */
  readonly topicField: Uint8Array;
  /** 0 with QoS 0. */
  readonly id: number;
  readonly payload: Uint8Array;
}

/**
 * `taken`: nobody else needs to see it. `left`: the engine shall, and whatever follows it in this read. `over`: the
 * connection has ended.
 */
export type Verdict = 'taken' | 'left' | 'over';

const PUBLISH = 3;
const EMPTY = new Uint8Array(0);

/** The end of the packet that begins at `at`, and the start of its body; undefined where it is not whole. */
const boundsOf = (
  bytes: Uint8Array,
  at: number,
): { readonly start: number; readonly end: number } | undefined => {
  let length = 0;
  for (let digit = 0; digit < 4; digit += 1) {
    const byte = bytes[at + 1 + digit];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** digit;
    if (byte >= 0x80) continue;
    const start = at + 2 + digit;
    return start + length > bytes.length ? undefined : { start, end: start + length };
  }
  // Five digits: the scan before has ended the connection.
  return undefined;
};

/** Undefined where it is of another kind, or not what §3.3 says. */
const publishOf = (bytes: Uint8Array, at: number, start: number, end: number): RawPublish | undefined => {
  const first = bytes[at] ?? 0;
  const qos = (first >> 1) & 3;
  if (first >> 4 !== PUBLISH || qos > 1 || start + 2 > end) return undefined;
  const topicEnd = start + 2 + ((bytes[start] ?? 0) << 8) + (bytes[start + 1] ?? 0);
  const payloadStart = topicEnd + 2 * qos;
  if (payloadStart > end) return undefined;
  return {
    qos: qos === 0 ? 0 : 1,
    retain: (first & 1) === 1,
    topicField: bytes.subarray(start, topicEnd),
    id: qos === 0 ? 0 : ((bytes[topicEnd] ?? 0) << 8) | (bytes[topicEnd + 1] ?? 0),
    payload: bytes.subarray(payloadStart, end),
  };
};

/**
 * Takes the messages of a device out of what it sends, before the engine sees them: a tenth of the cost, and nothing of
 * the engine's is needed for them. Gives back what is left for the engine, whole packets in their order, or null.
 */
export const newPublishCutter = (
  take: (publish: RawPublish) => Verdict,
): ((chunk: Uint8Array) => Uint8Array | null) => {
  let tail = EMPTY;
  return (chunk) => {
    const bytes = tail.length === 0 ? chunk : concatBytes(tail, chunk);
    let leftFrom: number | undefined;
    let at = 0;
    for (let bounds = boundsOf(bytes, 0); bounds !== undefined; bounds = boundsOf(bytes, at)) {
      if (leftFrom === undefined) {
        const publish = publishOf(bytes, at, bounds.start, bounds.end);
        const verdict =
          publish === undefined || (publish.id === 0) !== (publish.qos === 0) ? 'left' : take(publish);
        if (verdict === 'over') return null;
        if (verdict === 'left') leftFrom = at;
      }
      at = bounds.end;
    }
    // A copy: a few bytes must not hold on to all that was read.
    tail = at === bytes.length ? EMPTY : bytes.slice(at);
    return leftFrom === undefined ? null : bytes.subarray(leftFrom, at);
  };
};
