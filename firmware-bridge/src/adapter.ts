import type {
  Clock,
  DeviceName,
  Fault,
  Lane,
  MonoNs,
  Observation,
  Order,
  OrderOutcome,
  Result,
  TimeTrust,
} from '@outpost/schemas/words';
import type { InputGuard } from './input-guard.ts';
import type { Peer, Port } from './port.ts';
import type { DeviceStatus, Happening, Remembered, Session } from './session.ts';
import type { Codec } from './wire.ts';

/** An item that could not be believed, kept with its reason. */
export interface Quarantined {
  readonly fault: Fault;
  readonly raw: Uint8Array;
  readonly mono: MonoNs;
}

/**
 * What a device brought since the last one: of one step, or of all those that one turn of the event loop saw. The
 * gateway answers each exactly once, by `kept` or by `refused`.
 */
export interface Observed {
  readonly readings: readonly Observation[];
  readonly quarantined: readonly Quarantined[];
  /** Somebody waits for `kept`: a device that is owed an answer, or a broker that would send again. */
  readonly isAwaited?: boolean;
  /** Everything above is on the disk: the device may be told so. */
  kept(): void;
  /** It will not be kept (a limit, a full disk): the device is owed nothing. */
  refused(fault: Fault): void;
}

/** Counts of one device. Invariant: items = observed + control + quarantined + dropped + undecided. */
export interface Tally {
  bytes: number;
  bytesDiscarded: number;
  items: number;
  observed: number;
  control: number;
  quarantined: number;
  readonly dropped: Map<string, number>;
  commands: number;
  connects: number;
  disconnects: number;
  /** What ports lost before anybody read it, and what they could not send, by their own names for it. */
  readonly port: Map<string, number>;
}

export interface AdapterContext {
  readonly device: DeviceName;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly tally: Tally;
  /** Told what is worked on, and asked what not to touch; undefined where nobody counts failures. */
  readonly guard?: InputGuard;
  /** What the device's last status asked to keep. */
  readonly remembered?: Remembered | undefined;
  report(status: DeviceStatus): void;
  /**
   * What the device is told to do, of the kinds that the adapter takes; each is answered once by `ordered`. Those that
   * are open when the adapter ends are answered by whoever gave the context. None where it is not given.
   */
  readonly orders?: AsyncIterable<Order>;
  ordered?(outcome: OrderOutcome): void;
  happened?(happening: Happening): void;
  /** How far the box's own clock can be believed; not at all where it is not given. */
  trust?(): TimeTrust;
}

/** How one kind of device is spoken to. */
export interface Adapter {
  readonly name: string;
  /** Whether its frames tell where the box is, also those that cannot be read: privacy zones apply to them whole. */
  readonly bearsPosition: boolean;
  /** Whether its readings are complete and in order, or freshest-first with an expiry. */
  readonly lane: Lane;
  /** Set where every reading was verified by what its device signed: that outranks how the port knows the device. */
  readonly authenticates?: 'signature' | undefined;
  /** The kinds of order that it can be given; any other is refused before it gets here. */
  readonly takes: readonly Order['kind'][];
  /** Checks the `options` of the configuration; a fault here is `misconfigured`. */
  check(options: unknown): Promise<Result<void>>;
  /**
   * Runs the dialogue until the port closes or the session asks for a new port, and returns the fault that says
   * which. Throws the signal's reason where that aborts, and a Bug as it is. The port stays the caller's to close.
   */
  read(port: Port, options: unknown, context: AdapterContext): AsyncIterable<Observed, Fault>;
}

export interface AdapterParts<Options, State, Command, Event> {
  readonly name: string;
  readonly bearsPosition?: boolean;
  /** `telemetry` where not given. */
  readonly lane?: Lane;
  readonly authenticates?: 'signature';
  readonly takes?: readonly Order['kind'][];
  check(options: unknown): Result<Options> | Promise<Result<Options>>;
  readonly codec: Codec<Command, Event>;
  /** To whom a command goes, over a port with many peers. */
  to?(command: Command): Peer | undefined;
  /** Whether an item asks for the time, which is looked up for such items alone. */
  asksTime?(event: Event): boolean;
  session(options: Options, remembered?: Remembered): Session<State, Command, Event>;
}

export const newTally = (): Tally => ({
  bytes: 0,
  bytesDiscarded: 0,
  items: 0,
  observed: 0,
  control: 0,
  quarantined: 0,
  dropped: new Map(),
  commands: 0,
  connects: 0,
  disconnects: 0,
  port: new Map(),
});
