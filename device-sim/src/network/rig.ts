import { randomBytes } from 'node:crypto';
import { type Delivery, type KeyKind, type KeyRing, openKeyRing } from '@outpost/gateway';
import {
  attestationHash,
  encodeLeaf,
  type Head,
  leafHashes,
  leafSalt,
  type Statement,
  saltKey,
  sealAttestation,
  treeRoot,
} from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import {
  asciiBytes,
  type ClockAnchor,
  type DeviceName,
  type Epoch,
  type EpochReason,
  monoNs,
  type Origin,
  type Result,
  streamId,
} from '@outpost/schemas/words';

/** What a batch of the box is to be like; everything else follows from what the box did before. */
export interface BatchOptions {
  readonly readings?: number;
  readonly origin?: Origin;
  /** Added to what the statement would say; signed all the same. */
  readonly statement?: Partial<Statement>;
}

/** A box with real keys that attests made-up readings, for playing a gateway towards a network. */
export interface Box {
  readonly ring: KeyRing;
  readonly clock: ManualClock;
  /** Signs the next batch of the stream. */
  batch(options?: BatchOptions): Promise<Delivery>;
  /** Opens a new epoch whose parent is the last batch, or the head that is given. */
  restart(reason?: EpochReason, parent?: Head): void;
  head(): Head | undefined;
  /** Every head that it ever made, for `signed`. */
  readonly heads: readonly Head[];
}

export const must = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`${result.fault.where}: ${result.fault.words}`);
  return result.value;
};

const newEpoch = (): Epoch => Uint8Array.from(randomBytes(16)) as Epoch;
const RAW = asciiBytes('7E804410C1AF8');

const leavesOf = (saltSecret: Uint8Array, statement: Statement): Uint8Array[] => {
  const key = saltKey(saltSecret, statement.epoch, statement.stream);
  const { firstSequence, size, firstMono } = statement;
  return Array.from({ length: size }, (_, index) => {
    const sequence = firstSequence + index;
    return encodeLeaf({
      sequence,
      mono: monoNs(firstMono + BigInt(index)),
      body: { kind: 'number', signal: 12, mantissa: 1726 + index, ecu: 0x7e8 },
      raw: RAW,
      salt: leafSalt(key, sequence),
    });
  });
};

interface Place {
  epoch: Epoch;
  reason: EpochReason;
  parent: Head | undefined;
  head: Head | undefined;
  sequence: number;
}

/** @param directory of its keys; the same one twice is the same box, copied. */
export const newBox = async (
  directory: string,
  kind: KeyKind = 'file',
  device: DeviceName = 'car' as DeviceName,
): Promise<Box> => {
  const clock = manualClock();
  const ring = must(await openKeyRing({ directory, kind, clock }));
  must(await ring.device(device));
  const heads: Head[] = [];
  const place: Place = {
    epoch: newEpoch(),
    reason: 'started',
    parent: undefined,
    head: undefined,
    sequence: 0,
  };

  const statementOf = (
    deviceKey: Uint8Array,
    { readings = 4, origin = 'live', statement = {} }: BatchOptions,
  ): Statement => {
    const { epoch, reason, parent, head, sequence } = place;
    const anchor: ClockAnchor = { wall: clock.wall(), mono: clock.mono(), trust: 'ntp' };
    return {
      deviceKey,
      gatewayKey: ring.gateway().publicKey,
      keyKind: kind,
      stream: streamId(device, 'telemetry'),
      epoch,
      epochReason: reason,
      counter: head === undefined ? 0 : head.counter + 1,
      previous: head === undefined ? (parent ?? null) : head.hash,
      size: readings,
      firstSequence: sequence,
      firstMono: clock.mono(),
      lastMono: monoNs(clock.mono() + BigInt(readings - 1)),
      anchor,
      origin,
      authenticated: 'wired',
      software: 'rig 1',
      ...statement,
    };
  };

  return {
    ring,
    clock,
    heads,
    head: () => place.head ?? place.parent,
    restart: (reason = 'started', parent = place.head ?? place.parent) => {
      Object.assign(place, { epoch: newEpoch(), reason, parent, head: undefined, sequence: 0 });
    },
    batch: async (options = {}) => {
      await clock.advance(1_000);
      const { key } = must(await ring.device(device));
      const statement = statementOf(key.publicKey, options);
      const leaves = leavesOf(key.saltSecret(), statement);
      const attestation = sealAttestation(statement, treeRoot(leafHashes(leaves)), (bytes) =>
        key.sign(bytes),
      );
      const hash = attestationHash(attestation);
      const { epoch, counter, stream, deviceKey, origin, keyKind, size } = statement;
      place.head = { epoch, counter, hash };
      place.sequence += size;
      heads.push(place.head);
      return { hash, attestation, leaves, stream, deviceKey, origin, keyKind };
    },
  };
};
