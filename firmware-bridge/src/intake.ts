import type { MonoNs } from '@outpost/schemas/words';
import type { Tally } from './adapter.ts';
import { type InputGuard, setAside } from './input-guard.ts';
import type { Arrival } from './port.ts';
import type { Input } from './session.ts';
import type { Undecided } from './tally.ts';
import type { Wire } from './wire.ts';

export interface Received<Event> {
  readonly input: Input<Event>;
  /** When the chunk arrived that completed the frame. */
  readonly mono: MonoNs;
}

/** Turns arrivals into inputs, one by one. Holds a bounded tail and the items of at most one arrival. */
export interface Intake<Event> {
  readonly empty: boolean;
  /** Only while empty. */
  take(arrival: Arrival): void;
  next(): Received<Event> | undefined;
  /** Bytes that can no longer become a frame are counted as discarded. */
  end(): void;
}

export const createIntake = <Event>(
  wire: Wire<Event>,
  tally: Tally,
  undecided: Undecided,
  guard: InputGuard,
): Intake<Event> => {
  let tail: Uint8Array = new Uint8Array(0);
  let items: Received<Event>[] = [];
  let at = 0;

  const split = (frame: Uint8Array, mono: MonoNs): void => {
    if (guard.isSetAside(frame)) {
      undecided.received();
      items.push({ input: { kind: 'malformed', fault: setAside('frame'), raw: frame }, mono });
      return;
    }
    guard.at(frame);
    for (const { raw, result } of wire.decode(frame)) {
      undecided.received();
      items.push({
        input: result.ok
          ? { kind: 'event', event: result.value, raw }
          : { kind: 'malformed', fault: result.fault, raw },
        mono,
      });
    }
  };

  return {
    get empty() {
      return at >= items.length;
    },
    take: ({ bytes, mono }) => {
      guard.at(undefined);
      tally.bytes += bytes.length;
      const cut = wire.cut(tail, bytes);
      if (cut.tail.length > wire.tailMaxBytes) {
        throw new Error(
          `A wire kept a tail of ${cut.tail.length} B; it promised ${wire.tailMaxBytes} B at most.`,
        );
      }
      tail = cut.tail;
      tally.bytesDiscarded += cut.discardedBytes;
      items = [];
      at = 0;
      for (const frame of cut.frames) split(frame, mono);
    },
    next: () => {
      const item = items[at];
      at += 1;
      return item;
    },
    end: () => {
      tally.bytesDiscarded += tail.length;
      tail = new Uint8Array(0);
    },
  };
};
