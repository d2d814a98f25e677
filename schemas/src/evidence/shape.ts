import { isDeviceName, type MonoNs, monoNs, type StreamId, type WallNs, wallNs } from '../words/index.ts';
import type { CborValue } from './cbor.ts';

export const KEY_BYTES = 32;
export const SIGNATURE_BYTES = 64;
export const EPOCH_BYTES = 16;
export const UINT32_MAX = 0xffff_ffff;
export const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

const UTF8 = new TextEncoder();

export const isUint = (value: unknown, max: number = Number.MAX_SAFE_INTEGER): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= max;

export const isBytes = (value: unknown, length: number): value is Uint8Array =>
  value instanceof Uint8Array && value.length === length;

export const isText = (value: unknown, maxBytes: number): value is string =>
  typeof value === 'string' && value.length <= maxBytes && UTF8.encode(value).length <= maxBytes;

export const isList = (value: unknown): value is readonly CborValue[] => Array.isArray(value);

/** Nanoseconds from 0 to 2^63 − 1, whichever of the two integer types they come in. */
const nanoseconds = (value: unknown): bigint | undefined => {
  if (isUint(value)) return BigInt(value);
  return typeof value === 'bigint' && value >= 0n && value <= INT64_MAX ? value : undefined;
};

export const asMono = (value: unknown): MonoNs | undefined => {
  const ns = nanoseconds(value);
  return ns === undefined ? undefined : monoNs(ns);
};

export const asWall = (value: unknown): WallNs | undefined => {
  const ns = nanoseconds(value);
  return ns === undefined ? undefined : wallNs(ns);
};

export const isStreamId = (value: unknown): value is StreamId => {
  if (typeof value !== 'string') return false;
  const [device, lane, ...rest] = value.split('/');
  if (device === undefined || !isDeviceName(device) || rest.length > 0) return false;
  return lane === 'telemetry' || lane === 'coverage';
};

/** The map's values in the order of `keys`, or undefined where it has not exactly these keys. */
export const membersOf = (value: unknown, keys: readonly number[]): readonly CborValue[] | undefined => {
  if (!(value instanceof Map) || value.size !== keys.length) return undefined;
  const members: CborValue[] = [];
  for (const key of keys) {
    if (!value.has(key)) return undefined;
    members.push(value.get(key) as CborValue);
  }
  return members;
};
