import {
  type Authentication,
  asciiBytes,
  type Body,
  type ClockAnchor,
  type DeviceName,
  type Epoch,
  type EpochReason,
  isOwnBody,
  monoNs,
  type Origin,
  type ReceptionBody,
  type StreamId,
  wallNs,
} from '../words/index.ts';
import { attestationHash, sealAttestation } from './attestation.ts';
import type { KeyKind } from './codes.ts';
import type { Sign } from './cose.ts';
import { publicKeyOfSeed, signWithSeed } from './ed25519.ts';
import type { EvidenceItem } from './evidence-file.ts';
import { sealEndorsement } from './key-record.ts';
import { encodeLeaf } from './leaf.ts';
import { sealReceipt } from './receipt.ts';
import { leafSalt, saltKey } from './salt.ts';
import type { Head, Statement } from './statement.ts';
import { leafHashes, treeRoot } from './tree.ts';

/** Evidence from fixed seeds, byte for byte the same at every run: for vectors and for tests of whoever reads it. */

export interface SampleKey {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly sign: Sign;
}

/** The key whose 32-byte seed repeats one byte. */
export const sampleKey = (byte: number): SampleKey => {
  const seed = new Uint8Array(32).fill(byte);
  return { seed, publicKey: publicKeyOfSeed(seed), sign: (message) => signWithSeed(message, seed) };
};

export const sampleEpochName = (byte: number): Epoch => new Uint8Array(16).fill(byte) as Epoch;

export interface SampleBatch {
  readonly attestation: Uint8Array;
  readonly leaves: readonly Uint8Array[];
  readonly statement: Statement;
  readonly head: Head;
}

export interface SampleEpochOptions {
  readonly device: SampleKey;
  readonly gateway: SampleKey;
  readonly stream?: StreamId;
  readonly epoch?: Epoch;
  readonly reason?: EpochReason;
  readonly parent?: Head | null;
  readonly keyKind?: KeyKind;
  readonly origin?: Origin;
  readonly authenticated?: Authentication;
  readonly anchor?: ClockAnchor;
}

export interface SampleEpoch {
  /** The next batch, one leaf for each body, 100 ms apart. `changes` go into the statement before it is signed. */
  next(bodies: readonly Body[], changes?: Partial<Statement>): SampleBatch;
}

export const SAMPLE_ANCHOR: ClockAnchor = {
  wall: wallNs(1_767_225_600_000_000_000n),
  mono: monoNs(86_400_000_000_000n),
  trust: 'ntp',
};

const SALT_SECRET_BYTE = 0x53;
const SPACING_NS = 100_000_000n;

/** An engine speed of 1726 min⁻¹ and so on, as an ELM327 with headers prints it. */
export const sampleNumber = (mantissa = 1_726): Body => ({
  kind: 'number',
  signal: 12,
  mantissa,
  ecu: 0x7e8,
});

export const SAMPLE_RAW: Uint8Array = asciiBytes('7E804410C1AF8');

/** A frame of 17 bytes as a packet forwarder with satellites and fine timestamps reports it. */
export const sampleReception = (changes: Partial<ReceptionBody> = {}): ReceptionBody => ({
  kind: 'reception',
  direction: 'heard',
  gateway: Uint8Array.of(0xaa, 0x55, 0x5a, 0, 0, 0, 0, 1),
  // Unconfirmed data up, counter 2, of DevAddr 49be7df1: a vector of lora-packet (MIT).
  phy: Uint8Array.of(
    0x40,
    0xf1,
    0x7d,
    0xbe,
    0x49,
    0,
    2,
    0,
    1,
    0x95,
    0x43,
    0x78,
    0x76,
    0x2b,
    0x11,
    0xff,
    0x0d,
  ),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_070,
  signalRssiDeciDbm: -1_085,
  snrDeciDb: 72,
  powerDeciDbm: undefined,
  tmst: 3_512_348_611,
  gatewayTime: SAMPLE_ANCHOR.wall,
  fineNs: 123_456_789,
  frequencyOffsetHz: -812,
  channel: 2,
  rfChain: 0,
  antenna: 0,
  location: { latitude: 475_000_000, longitude: 85_000_000, altitudeCm: 43_200, source: 'gnss' },
  ...changes,
});

export const sampleEpoch = (options: SampleEpochOptions): SampleEpoch => {
  const { device, gateway, stream = 'car/telemetry', epoch = sampleEpochName(0xe0) } = options;
  const { anchor = SAMPLE_ANCHOR, parent = null } = options;
  const salts = saltKey(new Uint8Array(32).fill(SALT_SECRET_BYTE), epoch, stream);
  let head: Head | null = null;
  let sequence = 0;
  const monoOf = (index: number) => monoNs(anchor.mono + BigInt(index) * SPACING_NS);

  const next: SampleEpoch['next'] = (bodies, changes = {}) => {
    const leaves = bodies.map((body, index) => {
      const at = sequence + index;
      const raw = isOwnBody(body) ? new Uint8Array(0) : SAMPLE_RAW;
      return encodeLeaf({ sequence: at, mono: monoOf(at), body, raw, salt: leafSalt(salts, at) });
    });
    const statement: Statement = {
      deviceKey: device.publicKey,
      gatewayKey: gateway.publicKey,
      keyKind: options.keyKind ?? 'file',
      stream,
      epoch,
      epochReason: options.reason ?? 'started',
      counter: head === null ? 0 : head.counter + 1,
      previous: head === null ? parent : head.hash,
      size: leaves.length,
      firstSequence: sequence,
      firstMono: monoOf(sequence),
      lastMono: monoOf(sequence + leaves.length - 1),
      anchor,
      origin: options.origin ?? 'live',
      authenticated: options.authenticated ?? 'wired',
      software: 'outpost 0.1.0',
      ...changes,
    };
    const attestation = sealAttestation(statement, treeRoot(leafHashes(leaves)), device.sign);
    head = { epoch, counter: statement.counter, hash: attestationHash(attestation) };
    sequence += leaves.length;
    return { attestation, leaves, statement, head };
  };
  return { next };
};

export const SAMPLE_HEADER: EvidenceItem = { kind: 'header', from: null, to: null };

/** The first record of a gateway's log: it vouches for its one device. */
export const sampleEndorsement = (
  gateway: SampleKey,
  device: SampleKey,
  keyKind: KeyKind = 'file',
): Uint8Array =>
  sealEndorsement(
    {
      number: 0,
      previous: null,
      time: SAMPLE_ANCHOR.wall,
      gatewayKey: gateway.publicKey,
      deviceKey: device.publicKey,
      name: 'car' as DeviceName,
      keyKind,
    },
    gateway.sign,
  );

/** A receipt by which the network takes all of a batch, one second after its last reading. */
export const sampleReceipt = (
  network: SampleKey,
  { statement, head }: SampleBatch,
  highest = head,
): Uint8Array =>
  sealReceipt(
    {
      networkKey: network.publicKey,
      network: 'outpost',
      attestation: head.hash,
      deviceKey: statement.deviceKey,
      stream: statement.stream,
      time: wallNs(statement.anchor.wall + (statement.lastMono - statement.anchor.mono) + 1_000_000_000n),
      refused: [],
      highest,
    },
    network.sign,
  );

/** An attestation and its leaves as they stand in a file. */
export const batchItems = ({ attestation, leaves }: SampleBatch): readonly EvidenceItem[] => [
  { kind: 'attestation', bytes: attestation },
  ...leaves.map((bytes): EvidenceItem => ({ kind: 'leaf', bytes })),
];
