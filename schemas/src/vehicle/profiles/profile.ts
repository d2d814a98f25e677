import type { VehicleProfileFile } from '../../config/vehicle-profile.ts';
import type { Formula } from '../formula.ts';
import type { Signal } from '../signal.ts';

export type { VehicleProfileFile };
export type RequestFile = VehicleProfileFile['requests'][number];
export type SignalFile = RequestFile['signals'][number];
export type VectorFile = NonNullable<RequestFile['vectors']>[number];
export type VehicleFile = VehicleProfileFile['vehicles'][number];

/** One value within the answer to a request. */
export interface ProfileSignal {
  readonly signal: Signal;
  /** Over the answer from its service byte (62, 61, 41) on. */
  readonly formula: Formula;
  /** Smallest and largest mantissa that is believed. */
  readonly min: bigint;
  readonly max: bigint;
  /** Raw numbers that mean “no value”, each a run from first to last. */
  readonly nulls: readonly (readonly [first: bigint, last: bigint])[];
  /** Value of each raw number where the raw numbers are codes. */
  readonly map?: ReadonlyMap<bigint, bigint>;
}

/** What is asked of one control unit, and what its answer means. */
export interface ProfileRequest {
  readonly name: string;
  /** CAN identifiers, of 29 bits where `isWide`. */
  readonly target: number;
  readonly answer: number;
  readonly isWide: boolean;
  /** First byte of every frame, before the ISO-TP byte, where a control unit is addressed that way. */
  readonly extended?: { readonly request: number; readonly answer: number };
  /** Service and identifier: what goes into the request's ISO-TP message. */
  readonly request: Uint8Array;
  /** How every positive answer begins. */
  readonly echo: Uint8Array;
  /** Bytes that an answer must have at least, its echo included. */
  readonly answerBytesMin: number;
  /** Lengths that an answer can have; empty where any length is good that is long enough. */
  readonly answerBytes: readonly number[];
  readonly intervalMs: number;
  readonly session: 'default' | 'extended';
  readonly flowControl: { readonly blockSize: number; readonly separationMs: number };
  readonly confidence: RequestFile['confidence'];
  readonly signals: readonly ProfileSignal[];
}

export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly vehicles: readonly VehicleFile[];
  readonly note?: string;
  readonly requests: readonly ProfileRequest[];
  /** As it was written, with its sources and vectors. */
  readonly file: VehicleProfileFile;
}

export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

export const hexOfBytes = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');

/** A JSON number as the decimal that was typed: its shortest writing, exactly. */
export const mantissaOfNumber = (value: number, decimals: number): bigint | undefined => {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (match === null) return undefined;
  const [, sign, whole = '', part = '', power = '0'] = match;
  const shift = decimals + Number(power) - part.length;
  const digits = BigInt(whole + part);
  if (Math.abs(shift) > 40) return undefined;
  const scale = 10n ** BigInt(Math.abs(shift));
  if (shift < 0 && digits % scale !== 0n) return undefined;
  const size = shift < 0 ? digits / scale : digits * scale;
  return sign === '-' ? -size : size;
};
