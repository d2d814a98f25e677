import type { Modulation } from './radio.ts';
import type { ClockAnchor, MonoNs, WallNs } from './time.ts';

/** A name the owner gave: 1 to 32 of `a-z 0-9 -`, starting with a letter. */
export type DeviceName = string & { readonly of: 'device-name' };

/** Telemetry is complete and in order; coverage is freshest-first and expires. */
export type Lane = 'telemetry' | 'coverage';

/** One chain of attestations: one device in one lane, written `device/lane`. */
export type StreamId = `${string}/${Lane}`;

/** 16 random bytes drawn at each process start; sequences and counters run within one. */
export type Epoch = Uint8Array & { readonly of: 'epoch' };

/** Why an epoch was opened; `interrupted`: readings had to be refused, so the sequence starts anew. */
export type EpochReason = 'started' | 'restored' | 'imported' | 'tail-lost' | 'interrupted';

/** Where the bytes came from: a device, something that says it only plays one, or a recording. */
export type Origin = 'live' | 'simulated' | 'replayed';

/** How the box knows that it was this device that spoke. A cable is `wired`; a Wi-Fi dongle is `none`. */
export type Authentication = 'none' | 'wired' | 'password' | 'mtls' | 'signature';

/** A measured number: `mantissa` × 10^−decimals of the signal, so that no floating point is ever signed. */
export interface NumberBody {
  readonly kind: 'number';
  /** Row of the signal table (`@outpost/schemas/vehicle`), stable for ever. */
  readonly signal: number;
  /** A safe integer. */
  readonly mantissa: number;
  /** The control unit that answered, by the address it answers from (0x7E8, 0x18DAF110); 0 where there is none. */
  readonly ecu: number;
}

export interface TextBody {
  readonly kind: 'text';
  readonly signal: number;
  readonly text: string;
  readonly ecu: number;
}

/** Diagnostic trouble codes as one control unit listed them; an empty list is a statement too. */
export interface CodesBody {
  readonly kind: 'codes';
  readonly status: 'stored' | 'pending' | 'permanent';
  readonly codes: readonly string[];
  readonly ecu: number;
}

export type IdentityOf =
  | 'adapter'
  | 'protocol'
  | 'vin'
  | 'calibration-id'
  | 'calibration-verification'
  | 'ecu-name';

/** What a device or a vehicle calls itself. */
export interface IdentityBody {
  readonly kind: 'identity';
  readonly of: IdentityOf;
  readonly text: string;
  readonly ecu: number;
}

/** Ties the monotonic clock of an epoch to the wall clock; made by the box, first in each stream and after each step. */
export interface AnchorBody {
  readonly kind: 'anchor';
  readonly anchor: ClockAnchor;
}

export type GapReason = 'disconnected' | 'limit' | 'disk-full' | 'refused' | 'tail-lost' | 'clock';

/** What is known to be missing, so that silence is never mistaken for completeness. */
export interface GapBody {
  readonly kind: 'gap';
  readonly reason: GapReason;
  /** Readings known to be lost; 0 where the number cannot be known. */
  readonly count: number;
}

/** How a satellite receiver came to a position; `estimated` is dead reckoning. */
export type FixKind = 'estimated' | '2d' | '3d' | 'differential' | 'rtk';

/** Where a satellite receiver says that it is (WGS 84). Every number is a safe integer. */
export interface PositionBody {
  readonly kind: 'position';
  readonly fix: FixKind;
  /** Degrees × 10^7, north positive. */
  readonly latitude: number;
  /** Degrees × 10^7, east positive. */
  readonly longitude: number;
  /** Centimetres above mean sea level. */
  readonly altitudeCm: number | undefined;
  /** Centimetres per second over ground. */
  readonly speedCmS: number | undefined;
  /** Hundredths of a degree from true north, 0 to 35999. */
  readonly courseCdeg: number | undefined;
  /** Horizontal dilution of precision × 100. */
  readonly hdopCenti: number | undefined;
  readonly satellites: number | undefined;
  /** The moment of the fix as the satellites say it. */
  readonly fixedAt: WallNs | undefined;
}

/** One end of a trip: the reading that shows it, and the moment, which may lie before that reading. */
export interface TripEnd {
  readonly epoch: Epoch;
  readonly sequence: number;
  readonly wall: WallNs;
}

export type TripStartReason = 'run-time' | 'engine' | 'movement';
/** `limit`: no trip is longer than a day; the next one begins where it ended. */
export type TripEndReason = 'engine-off' | 'standstill' | 'silence' | 'new-start' | 'limit';

/** A trip, worked out by the box from the readings of the same stream between its ends, for anyone to repeat. */
export interface TripBody {
  readonly kind: 'trip';
  readonly start: TripEnd;
  readonly startedBy: TripStartReason;
  readonly end: TripEnd;
  readonly endedBy: TripEndReason;
  /** Metres, integrated from the speed. */
  readonly distanceM: number;
  /** Millilitres. */
  readonly fuelMl: number | undefined;
  /** Watt-hours out of the traction battery, net of what came back. */
  readonly energyWh: number | undefined;
  /** Metres. */
  readonly odometerStartM: number | undefined;
  readonly odometerEndM: number | undefined;
}

/**
 * Something was said here that its owner keeps to himself: inside a privacy zone, or a frame that may hold a
 * position and cannot be read. Its raw bytes are never kept; this mark is what is signed in their place.
 */
export interface RedactedBody {
  readonly kind: 'redacted';
  readonly what: 'position';
  readonly reason: 'zone' | 'unreadable';
}

/**
 * A radio frame that a gateway heard, or one that it sent itself. Every number is a safe integer.
 * Serial modules know no frequency, clock or gateway: what they do not say is undefined.
 */
export interface ReceptionBody {
  readonly kind: 'reception';
  readonly direction: 'heard' | 'sent';
  /** EUI-64 of the gateway, 8 bytes. */
  readonly gateway: Uint8Array | undefined;
  /** The whole frame as it was on the air, `PHYPayload` where it is LoRaWAN. */
  readonly phy: Uint8Array;
  readonly crc: 'ok' | 'bad' | 'none' | 'unknown';
  readonly frequencyHz: number | undefined;
  readonly modulation: Modulation | undefined;
  /** Tenths of a dBm: of the channel, and of the signal alone where the gateway tells them apart. */
  readonly rssiDeciDbm: number | undefined;
  readonly signalRssiDeciDbm: number | undefined;
  /** Tenths of a dB. */
  readonly snrDeciDb: number | undefined;
  /** Tenths of a dBm, equivalent isotropic radiated power of a frame that was sent. */
  readonly powerDeciDbm: number | undefined;
  /** Microseconds of the concentrator's counter when the frame had ended, modulo 2^32. */
  readonly tmst: number | undefined;
  /** The moment by the gateway's own GPS, where it has one. */
  readonly gatewayTime: WallNs | undefined;
  /** Nanoseconds after the last full second of GPS, 0 to 999,999,999. */
  readonly fineNs: number | undefined;
  readonly frequencyOffsetHz: number | undefined;
  readonly channel: number | undefined;
  readonly rfChain: number | undefined;
  readonly antenna: number | undefined;
  /** Where the gateway says or its owner says that it is, degrees × 10^7. */
  readonly location: ReceptionPlace | undefined;
}

export interface ReceptionPlace {
  readonly latitude: number;
  readonly longitude: number;
  readonly altitudeCm: number | undefined;
  readonly source: 'gnss' | 'configured';
}

/**
 * The closed union of what a reading can say. Adapters make the first six; the box itself makes the rest, which
 * have no frame.
 */
export type Body =
  | NumberBody
  | TextBody
  | CodesBody
  | IdentityBody
  | PositionBody
  | ReceptionBody
  | AnchorBody
  | GapBody
  | TripBody
  | RedactedBody;
export type BodyKind = Body['kind'];

/** Whether the box itself speaks: there is no frame behind such a body, and its raw bytes are empty. */
export const isOwnBody = ({ kind }: Body): boolean =>
  kind === 'anchor' || kind === 'gap' || kind === 'trip' || kind === 'redacted';

/** What a device said, before the box gave it a place in a stream. */
export interface Observation {
  readonly body: Body;
  /** The exact bytes of the frame that says so, kept and signed beside the value. */
  readonly raw: Uint8Array;
  /** When the last byte of the frame arrived. */
  readonly mono: MonoNs;
  readonly origin: Origin;
}

/** An observation with its place: the wall-clock time follows from the anchor in force in its epoch. */
export interface Reading {
  readonly stream: StreamId;
  readonly epoch: Epoch;
  /** From 0 within (stream, epoch), without holes. */
  readonly sequence: number;
  readonly mono: MonoNs;
  readonly wall: WallNs;
  readonly origin: Origin;
  readonly body: Body;
  readonly raw: Uint8Array;
}

const DEVICE_NAME = /^[a-z][a-z0-9-]{0,31}$/;

export const isDeviceName = (text: string): text is DeviceName => DEVICE_NAME.test(text);

export const streamId = (device: DeviceName, lane: Lane): StreamId => `${device}/${lane}`;
