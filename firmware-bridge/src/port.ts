import type { Clock, Fault, MonoNs, Result, WallNs } from '@outpost/schemas/words';

/** Who sent a datagram or opened a connection. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/** Bytes as they came, stamped as soon as the program saw them. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly wall: WallNs;
  readonly mono: MonoNs;
  readonly peer?: Peer;
  /** True where a broker replayed a stored message: never evidence. */
  readonly retained?: boolean;
  /**
   * There where the sender of these bytes waits for an answer (an MQTT message with QoS 1): called once, when every
   * item in them has ended. `kept`: what they said is on the disk, or there was nothing in them to keep. A port whose
   * connection is gone by then does nothing.
   */
  settle?(outcome: 'kept' | 'refused'): void;
}

/** What arrives at one port; iterated once. */
export interface Arrivals extends AsyncIterable<Arrival> {
  /** The next one where it is here already, so that whoever woke up takes all there is without waiting for each. */
  take?(): Arrival | undefined;
}

/** How fast a serial line is. */
export interface LineRate {
  readonly baud: number;
  /** The address does not say it: whoever speaks over the line finds it out. */
  readonly auto: boolean;
}

/**
 * The owner of one socket or serial line. Single use: after it closed, open another.
 *
 * Promises: `arrivals` may be iterated once, keeps at most a stated number of bytes unread and ends when the
 * port is closed; `closed` resolves exactly once, also when we close it ourselves, and never rejects; `write`
 * resolves when the bytes left this process, never throws for a port that is gone, and rejects only with its
 * signal's reason. Disposing closes the port and may be done more than once.
 */
export interface Port extends AsyncDisposable {
  /** The address it was opened with, credentials removed. */
  readonly where: string;
  /**
   * Set where the bytes are a recording. The shell then marks every reading as replayed, whatever the bytes say of
   * themselves: what a port knows about its source outranks what a session reads in the stream.
   */
  readonly origin?: 'replayed';
  /** What its owner should know of how it was opened, as one sentence. */
  readonly remark?: string;
  /** Undefined where it is no serial line. */
  readonly rate?: LineRate;
  /** Changes the rate once everything written before has left; there where `rate` is. */
  setBaud?(baud: number, signal: AbortSignal): Promise<Result<void>>;
  readonly arrivals: Arrivals;
  readonly closed: Promise<Fault>;
  /** `to` where there are many peers. */
  write(bytes: Uint8Array, signal: AbortSignal, to?: Peer): Promise<Result<void>>;
}

export interface PortContext {
  readonly clock: Clock;
  /** Aborts the opening, and closes the port later on. */
  readonly signal: AbortSignal;
  /** Counts what a port itself lost, by a stable name: `unread-dropped`, `kernel-dropped`, `unsent`. */
  count?(what: string, times: number): void;
}

/** Opens one kind of address. */
export interface PortScheme {
  /** Without the colon: `serial`, `tcp`, `replay`. */
  readonly scheme: string;
  /** What an address looks like, for messages: `serial:///dev/ttyUSB0?baud=38400`. */
  readonly example: string;
  /** Checks an address without touching anything. */
  check(address: URL): Result<void>;
  /** Assumes a checked address. Rejects only with the signal's reason. */
  open(address: URL, context: PortContext): Promise<Result<Port>>;
}
