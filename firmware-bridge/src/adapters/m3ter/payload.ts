import { concatBytes, fail, fault, ok, type Result } from '@outpost/schemas/words';

/** Nonce, energy, signature: what every payload has. */
const CORE_BYTES = 72;
const SIGNED_BYTES = 8;
const VOLTAGE_BYTES = 2;
const KEY_BYTES = 32;
const DEGREES_BYTES = 3;
/** With all four extensions, in this order: voltage, key, longitude, latitude. */
export const PAYLOAD_MAX_BYTES = CORE_BYTES + VOLTAGE_BYTES + KEY_BYTES + 2 * DEGREES_BYTES;
/** Extensions are cut from the end; a longitude without a latitude is none. */
const LENGTHS: ReadonlySet<number> = new Set([72, 74, 106, PAYLOAD_MAX_BYTES]);

/** What an M3ter sends; the M3tering protocol, as its Console reads it (`src/lib/decode.ts`). */
export interface M3terPayload {
  /** Counts up by one; 0 asks for the count. */
  readonly nonce: number;
  /** Millionths of a kilowatt-hour since the payload before. */
  readonly energy: number;
  /** Ed25519 over the first eight bytes. */
  readonly signature: Uint8Array;
  /** Tenths of a volt. */
  readonly voltage: number | undefined;
  readonly key: Uint8Array | undefined;
  /** Degrees × 10^5. */
  readonly longitude: number | undefined;
  readonly latitude: number | undefined;
}

const malformed = (words: string): Result<never> => fail(fault('malformed', 'm3ter.payload', 'm3ter', words));

const int24 = (view: DataView, at: number): number => (view.getInt16(at) << 8) | view.getUint8(at + 2);

const isPlace = (longitude: number, latitude: number): boolean =>
  Math.abs(longitude) <= 180e5 && Math.abs(latitude) <= 90e5;

export const readPayload = (bytes: Uint8Array): Result<M3terPayload> => {
  if (!LENGTHS.has(bytes.length)) {
    return malformed(`has ${bytes.length} bytes; a payload has ${[...LENGTHS].join(', ')}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const keyAt = CORE_BYTES + VOLTAGE_BYTES;
  const placeAt = keyAt + KEY_BYTES;
  const hasPlace = bytes.length >= PAYLOAD_MAX_BYTES;
  const longitude = hasPlace ? int24(view, placeAt) : undefined;
  const latitude = hasPlace ? int24(view, placeAt + DEGREES_BYTES) : undefined;
  if (longitude !== undefined && latitude !== undefined && !isPlace(longitude, latitude))
    return malformed('says that it is at a place that is not on Earth.');
  return ok({
    nonce: view.getUint32(0),
    energy: view.getUint32(4),
    signature: bytes.slice(SIGNED_BYTES, CORE_BYTES),
    voltage: bytes.length >= keyAt ? view.getUint16(CORE_BYTES) : undefined,
    key: bytes.length >= placeAt ? bytes.slice(keyAt, placeAt) : undefined,
    longitude,
    latitude,
  });
};

/** What the signature is over. */
export const signedPart = ({ nonce, energy }: Pick<M3terPayload, 'nonce' | 'energy'>): Uint8Array => {
  const bytes = new Uint8Array(SIGNED_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, nonce);
  view.setUint32(4, energy);
  return bytes;
};

const int24Bytes = (value: number): Uint8Array =>
  Uint8Array.of((value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);

/** The other direction. Extensions behind one that is missing are left out. */
export const writePayload = (payload: M3terPayload): Uint8Array => {
  const core = concatBytes(signedPart(payload), payload.signature);
  const { voltage, key, longitude, latitude } = payload;
  if (voltage === undefined) return core;
  const withVoltage = concatBytes(core, Uint8Array.of(voltage >> 8, voltage & 0xff));
  if (key === undefined) return withVoltage;
  const withKey = concatBytes(withVoltage, key);
  return longitude === undefined || latitude === undefined
    ? withKey
    : concatBytes(withKey, int24Bytes(longitude), int24Bytes(latitude));
};
