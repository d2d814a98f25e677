import { type Fault, fail, fault, ok, type Result, toHex } from '../../words/index.ts';

/** Identifiers are lower-case hex as people write them: most significant byte first. */
export type Hex = string;

export interface JoinRequest {
  readonly kind: 'join-request';
  /** 16 digits; AppEUI before LoRaWAN 1.1. */
  readonly joinEui: Hex;
  readonly devEui: Hex;
  readonly devNonce: number;
  readonly mic: Uint8Array;
}

/** Encrypted as a whole; `openJoinAccept` reads it with the device's key. */
export interface JoinAccept {
  readonly kind: 'join-accept';
  /** 16 or 32 bytes, MIC included. */
  readonly encrypted: Uint8Array;
}

export interface DataFrame {
  readonly kind: 'data';
  readonly direction: 'up' | 'down';
  readonly confirmed: boolean;
  /** 8 digits. */
  readonly devAddr: Hex;
  readonly adr: boolean;
  /** ADRACKReq; up only. */
  readonly adrAckRequested: boolean;
  readonly ack: boolean;
  /** Up: the device listens as class B. Down: FPending, more is waiting. */
  readonly classBOrPending: boolean;
  /** FCnt: the low 16 of the counter's 32 bits. */
  readonly counter: number;
  /** FOpts, 0 to 15 bytes; encrypted in LoRaWAN 1.1. */
  readonly options: Uint8Array;
  /** FPort; undefined where the frame ends before it. */
  readonly port: number | undefined;
  /** FRMPayload, encrypted. */
  readonly payload: Uint8Array;
  readonly mic: Uint8Array;
}

/** LoRaWAN 1.1 §6.2.4. */
export interface RejoinRequest {
  readonly kind: 'rejoin-request';
  readonly type: 0 | 1 | 2;
  /** 6 digits; types 0 and 2. */
  readonly netId: Hex | undefined;
  /** Type 1. */
  readonly joinEui: Hex | undefined;
  readonly devEui: Hex;
  /** RJcount0 or RJcount1. */
  readonly counter: number;
  readonly mic: Uint8Array;
}

/** MType 7: whatever its maker says; beacons of Helium and frames of ChirpStack's mesh among them. */
export interface Proprietary {
  readonly kind: 'proprietary';
  readonly payload: Uint8Array;
}

export type PhyPayload = JoinRequest | JoinAccept | DataFrame | RejoinRequest | Proprietary;

const MIC_BYTES = 4;
const DATA_BYTES_MIN = 12;

/** Little endian on the air, the other way round for people. */
const eui = (bytes: Uint8Array): Hex => toHex(bytes.toReversed());

const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8);

const malformed = (code: string, words: string): { readonly ok: false; readonly fault: Fault } =>
  fail(fault('malformed', `lorawan.${code}`, 'LoRaWAN frame', words));

const badLength = (name: string, bytes: Uint8Array, should: string) =>
  malformed('length', `A ${name} of ${bytes.length} bytes; it has ${should}.`);

const joinRequest = (bytes: Uint8Array): Result<PhyPayload> =>
  bytes.length !== 23
    ? badLength('join-request', bytes, '23')
    : ok({
        kind: 'join-request',
        joinEui: eui(bytes.subarray(1, 9)),
        devEui: eui(bytes.subarray(9, 17)),
        devNonce: u16(bytes, 17),
        mic: bytes.slice(19),
      });

const joinAccept = (bytes: Uint8Array): Result<PhyPayload> =>
  bytes.length !== 17 && bytes.length !== 33
    ? badLength('join-accept', bytes, '17 or 33')
    : ok({ kind: 'join-accept', encrypted: bytes.slice(1) });

const dataFrame = (bytes: Uint8Array, type: number): Result<PhyPayload> => {
  if (bytes.length < DATA_BYTES_MIN) return badLength('data frame', bytes, `at least ${DATA_BYTES_MIN}`);
  const control = bytes[5] ?? 0;
  const optionsEnd = 8 + (control & 0x0f);
  const end = bytes.length - MIC_BYTES;
  if (optionsEnd > end)
    return malformed('options', `${control & 0x0f} bytes of options do not fit into ${bytes.length} bytes.`);
  const direction = type % 2 === 0 ? 'up' : 'down';
  return ok({
    kind: 'data',
    direction,
    confirmed: type >= 4,
    devAddr: eui(bytes.subarray(1, 5)),
    adr: (control & 0x80) !== 0,
    adrAckRequested: direction === 'up' && (control & 0x40) !== 0,
    ack: (control & 0x20) !== 0,
    classBOrPending: (control & 0x10) !== 0,
    counter: u16(bytes, 6),
    options: bytes.slice(8, optionsEnd),
    port: optionsEnd < end ? bytes[optionsEnd] : undefined,
    payload: bytes.slice(Math.min(optionsEnd + 1, end), end),
    mic: bytes.slice(end),
  });
};

const REJOIN_BYTES = { 0: 19, 1: 24, 2: 19 } as const;

const rejoinRequest = (bytes: Uint8Array): Result<PhyPayload> => {
  const type = bytes[1];
  if (type !== 0 && type !== 1 && type !== 2)
    return malformed('rejoin-type', `A rejoin-request of type ${type ?? 'none'}; there are 0, 1 and 2.`);
  if (bytes.length !== REJOIN_BYTES[type])
    return badLength(`rejoin-request of type ${type}`, bytes, String(REJOIN_BYTES[type]));
  const first = type === 1 ? 10 : 5;
  return ok({
    kind: 'rejoin-request',
    type,
    netId: type === 1 ? undefined : eui(bytes.subarray(2, 5)),
    joinEui: type === 1 ? eui(bytes.subarray(2, 10)) : undefined,
    devEui: eui(bytes.subarray(first, first + 8)),
    counter: u16(bytes, first + 8),
    mic: bytes.slice(first + 10),
  });
};

/**
 * Reads a PHYPayload (LoRaWAN 1.0.4 §4, 1.1 §4 and §6). Only its structure is checked: a gateway holds no key. Codes:
 * `lorawan.empty`, `lorawan.length`, `lorawan.major`, `lorawan.options`, `lorawan.rejoin-type`. A proprietary frame
 * has no structure and is never malformed.
 */
export const parsePhy = (bytes: Uint8Array): Result<PhyPayload> => {
  const [header] = bytes;
  if (header === undefined) return malformed('empty', 'A frame of no bytes.');
  const type = header >> 5;
  if (type === 7) return ok({ kind: 'proprietary', payload: bytes.slice(1) });
  const major = header & 0x03;
  if (major !== 0) return malformed('major', `Major version ${major} of LoRaWAN; only R1 (0) exists.`);
  switch (type) {
    case 0:
      return joinRequest(bytes);
    case 1:
      return joinAccept(bytes);
    case 6:
      return rejoinRequest(bytes);
    default:
      return dataFrame(bytes, type);
  }
};
