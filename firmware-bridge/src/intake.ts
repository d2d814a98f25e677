import { fail, type MonoNs } from '@outpost/schemas/words';
import type { Tally } from './adapter.ts';
import { type InputGuard, setAside } from './input-guard.ts';
import type { Arrival } from './port.ts';
import type { Input } from './session.ts';
import { hold, release, type Ticket, ticketFor } from './settlement.ts';
import type { Undecided } from './tally.ts';
import type { Codec, Item } from './wire.ts';

/** The reason under which messages without a byte are counted. */
export const EMPTY = 'empty';

export interface Received<Event> {
  readonly input: Input<Event>;
  /** When the chunk arrived that completed the frame. */
  readonly mono: MonoNs;
  /** Held once for this item. */
  readonly ticket: Ticket | undefined;
}

/** Turns arrivals into inputs, one by one. Holds a bounded tail and the items of at most one arrival. */
export interface Intake<Event> {
  /** Only once every item of the one before was taken. */
  take(arrival: Arrival): void;
  next(): Received<Event> | undefined;
  /** Bytes that can no longer become a frame are counted as discarded; items that nobody took are refused. */
  end(): void;
}

const inputOf = <Event>(
  { raw, result }: Item<Event>,
  { peer, retained, wall }: Arrival,
  needsTime: (event: Event) => boolean,
): Input<Event> => {
  if (!result.ok) {
    const malformed = { kind: 'malformed' as const, fault: result.fault, raw };
    return peer === undefined ? malformed : { ...malformed, peer };
  }
  const event = result.value;
  // Without spreads for what most are: this is done for every item.
  const input =
    peer === undefined
      ? { kind: 'event' as const, event, raw }
      : { kind: 'event' as const, event, raw, peer };
  if (retained !== true && !needsTime(event)) return input;
  return { ...input, ...(needsTime(event) ? { utc: wall } : {}), ...(retained === true ? { retained } : {}) };
};

/** What the intake is between. */
export interface IntakeParts<Event> {
  readonly codec: Pick<Codec<never, Event>, 'event' | 'framing'>;
  readonly tally: Tally;
  readonly undecided: Undecided;
  readonly guard: InputGuard;
  /** Whether it asks for the time and the box's clock is synchronised. */
  needsTime(event: Event): boolean;
}

/** Cuts a stream into frames; holds the tail. */
const createCutter = <Event>({ codec: { event: wire }, tally }: IntakeParts<Event>) => {
  let tail: Uint8Array = new Uint8Array(0);
  return {
    cut: (bytes: Uint8Array): readonly Uint8Array[] => {
      const cut = wire.cut(tail, bytes);
      if (cut.tail.length > wire.tailMaxBytes) {
        throw new Error(
          `A wire kept a tail of ${cut.tail.length} B; it promised ${wire.tailMaxBytes} B at most.`,
        );
      }
      tail = cut.tail;
      tally.bytesDiscarded += cut.discardedBytes;
      return cut.frames;
    },
    end: (): void => {
      tally.bytesDiscarded += tail.length;
      tail = new Uint8Array(0);
    },
  };
};

export const createIntake = <Event>(parts: IntakeParts<Event>): Intake<Event> => {
  const { codec, tally, undecided, guard } = parts;
  const cutter = createCutter(parts);
  let items: Received<Event>[] = [];
  let at = 0;

  const itemsOf = (frame: Uint8Array): readonly Item<Event>[] => {
    if (guard.isSetAside(frame)) return [{ raw: frame, result: fail(setAside('frame')) }];
    guard.at(frame);
    return codec.event.decode(frame);
  };

  /** A message is one frame, and nothing of it stays behind; one without a byte says nothing. */
  const messageOf = (bytes: Uint8Array): readonly Uint8Array[] => {
    if (bytes.length > 0) return [bytes];
    undecided.received();
    undecided.decided([{ kind: 'dropped', reason: EMPTY }]);
    return [];
  };

  return {
    take: (arrival) => {
      const { bytes, mono } = arrival;
      guard.at(undefined);
      tally.bytes += bytes.length;
      const frames = codec.framing === 'messages' ? messageOf(bytes) : cutter.cut(bytes);
      const ticket = ticketFor(arrival);
      items = [];
      at = 0;
      try {
        for (const frame of frames) {
          for (const item of itemsOf(frame)) {
            undecided.received();
            hold(ticket);
            items.push({ input: inputOf(item, arrival, parts.needsTime), mono, ticket });
          }
        }
      } catch (error) {
        if (ticket !== undefined) ticket.refused = true;
        throw error;
      } finally {
        release(ticket, 'kept');
      }
    },
    next: () => {
      const item = items[at];
      at += 1;
      return item;
    },
    end: () => {
      cutter.end();
      for (const { ticket } of items.slice(at)) release(ticket, 'refused');
      items = [];
    },
  };
};
