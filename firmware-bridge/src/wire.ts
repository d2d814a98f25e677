import type { Result } from '@outpost/schemas/words';

export interface Cut {
  readonly frames: readonly Uint8Array[];
  /** What is left over for the next chunk; never longer than `tailMaxBytes`. */
  readonly tail: Uint8Array;
  /** Bytes thrown away because they can belong to no frame. */
  readonly discardedBytes: number;
}

/** One item of a frame with the bytes it was read from, so that a bad one can be kept aside. */
export interface Item<T> {
  readonly raw: Uint8Array;
  readonly result: Result<T>;
}

/** One direction of one wire: three pure functions and a bound. */
export interface Wire<T> {
  readonly tailMaxBytes: number;
  /** Chunk boundaries carry no meaning: any cut of the same bytes gives the same frames. */
  cut(tail: Uint8Array, chunk: Uint8Array): Cut;
  /** One frame may hold several items; a bad one does not take its siblings along. Never throws. */
  decode(frame: Uint8Array): readonly Item<T>[];
  /** The whole frame, terminator included. `decode(cut(encode(x)))` gives `x` back. */
  encode(value: T): Uint8Array;
}

/** Both directions. The gateway encodes commands and decodes events; the simulator does the reverse. */
export interface Codec<Command, Event> {
  /**
   * `messages`: the port's own boundaries carry meaning (datagrams, MQTT messages), each arrival is one frame, and
   * `cut` gives every chunk back as it is. `stream` where not given.
   */
  readonly framing?: 'stream' | 'messages';
  readonly command: Wire<Command>;
  readonly event: Wire<Event>;
}
