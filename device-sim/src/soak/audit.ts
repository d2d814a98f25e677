import { type Kept, KIND, originOfKind } from '@outpost/gateway';
import { decodeLeaf } from '@outpost/schemas/evidence';
import { equalBytes, type MonoNs } from '@outpost/schemas/words';

/** What a reader of the journal found in it, counted from the bytes on the disk alone. */
export interface Audit {
  take(entry: Kept): void;
  readonly found: Found;
}

export interface Found {
  /** Readings, the box's own statements about the stream included. */
  readings: number;
  /** Of these, what the device itself said. */
  said: number;
  /** Lines of the device that these readings stand on, each once. */
  lines: number;
  /** What could not be believed, each a line with its reason. */
  quarantined: number;
  epochs: number;
  /** A sequence number that does not follow on the one before. */
  outOfSequence: number;
  /** A moment before the one before. */
  backInTime: number;
  unreadable: number;
  /** Readings by the number of their signal. */
  readonly bySignal: Map<number, number>;
}

const CR = 0x0d;

const linesOf = (raw: Uint8Array): number => raw.reduce((sum, byte) => sum + (byte === CR ? 1 : 0), 1);

/** Reads one stream's readings in the order of the journal. Those of one answer share its bytes and its moment. */
export const newAudit = (): Audit => {
  const found: Found = {
    readings: 0,
    said: 0,
    lines: 0,
    quarantined: 0,
    epochs: 0,
    outOfSequence: 0,
    backInTime: 0,
    unreadable: 0,
    bySignal: new Map(),
  };
  let next = 0;
  let lastMono = 0n as MonoNs;
  let answer: { readonly mono: MonoNs; readonly raw: Uint8Array } | undefined;

  const takeReading = (bytes: Uint8Array): void => {
    const leaf = decodeLeaf(bytes);
    if (!leaf.ok) {
      found.unreadable += 1;
      return;
    }
    const { sequence, mono, raw, body } = leaf.value;
    found.readings += 1;
    if (sequence !== next) found.outOfSequence += 1;
    if (mono < lastMono) found.backInTime += 1;
    next = sequence + 1;
    lastMono = mono;
    if (raw.length === 0) return;
    found.said += 1;
    if (answer === undefined || answer.mono !== mono || !equalBytes(answer.raw, raw)) {
      found.lines += linesOf(raw);
      answer = { mono, raw: raw.slice() };
    }
    if (body.kind === 'number') found.bySignal.set(body.signal, (found.bySignal.get(body.signal) ?? 0) + 1);
  };

  return {
    found,
    take({ kind, bytes }) {
      if (kind === KIND.opened) {
        found.epochs += 1;
        next = 0;
      } else if (kind === KIND.quarantined) found.quarantined += 1;
      else if (originOfKind(kind) !== undefined) takeReading(bytes);
    },
  };
};
