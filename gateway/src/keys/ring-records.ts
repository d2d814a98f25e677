import {
  type KeyRecord,
  type RecordPlace,
  type RevocationReason,
  readKeyRecord,
  sealEndorsement,
  sealRevocation,
  sealRotation,
} from '@outpost/schemas/evidence';
import type { WallNs } from '@outpost/schemas/words';
import { deviceKeyOf, nextPlace } from './key-history.ts';
import { deviceOf, type KeyName } from './ring-files.ts';
import { type RingKey, type RingState, unendorsed } from './ring-keys.ts';
import type { Signer } from './signer.ts';

/** Records that were made and are not on the disk yet. */
export interface Sealing {
  readonly all: readonly Uint8Array[];
  readonly made: readonly Uint8Array[];
}

type Seal = (place: RecordPlace) => Uint8Array;

const recordOf = (bytes: Uint8Array): KeyRecord => {
  const read = readKeyRecord(bytes);
  if (!read.ok) throw new Error(`a key record of our own does not read: ${read.fault.words}`);
  return read.value;
};

/** Seals records one after another, each naming the one before it. */
const sealAll = (state: RingState, now: WallNs, seals: readonly Seal[]): Sealing => {
  const all = [...state.records];
  for (const seal of seals) all.push(recordOf(seal(nextPlace(all, now))));
  const bytes = all.map((record) => record.bytes);
  return { all: bytes, made: bytes.slice(state.records.length) };
};

type Endorsable = Pick<RingKey, 'name' | 'kind' | 'publicKey'>;

const endorsing =
  (gateway: Signer, device: Endorsable): Seal =>
  (place) => {
    const name = deviceOf(device.name);
    if (name === undefined) throw new Error(`${device.name} is no device`);
    const content = {
      ...place,
      gatewayKey: gateway.publicKey,
      deviceKey: device.publicKey,
      name,
      keyKind: device.kind,
    };
    return sealEndorsement(content, gateway.sign);
  };

/** The gateway's word for every device that does not have it yet. */
export const sealEndorsements = (state: RingState, gateway: RingKey, now: WallNs): Sealing => {
  const devices = unendorsed(state, gateway.publicKey);
  return sealAll(
    state,
    now,
    devices.map((device) => endorsing(gateway, device)),
  );
};

const devicesOf = (state: RingState): readonly RingKey[] =>
  [...state.keys.values()].filter(({ name }) => name !== 'gateway');

/**
 * The rotation, and the endorsements that follow from it: the new device key by the gateway, or every device by the
 * gateway's new key, so that whoever trusts the present gateway key needs nothing older.
 */
export const sealRotationTo = (
  state: RingState,
  gateway: RingKey,
  old: RingKey,
  signer: Signer,
  now: WallNs,
): Sealing => {
  const role = old.name === 'gateway' ? 'gateway' : 'device';
  const rotating: Seal = (place) =>
    sealRotation(
      { ...place, role, from: old.publicKey, to: signer.publicKey, keyKind: old.kind },
      signer.sign,
      old.sign,
    );
  const due =
    role === 'device'
      ? [endorsing(gateway, { name: old.name, kind: old.kind, publicKey: signer.publicKey })]
      : devicesOf(state).map((device) => endorsing(signer, device));
  return sealAll(state, now, [rotating, ...due]);
};

/** The keys that go with a name: for the gateway its devices first, then its own, which signs them all. */
const keysGoingWith = (state: RingState, gateway: RingKey, name: KeyName): readonly Uint8Array[] => {
  const device = deviceOf(name);
  if (device === undefined) return [...devicesOf(state), gateway].map(({ publicKey }) => publicKey);
  const key = state.keys.get(name)?.publicKey ?? deviceKeyOf(state.records, device);
  return key === undefined ? [] : [key];
};

/** Nothing is made where there is no such key. */
export const sealRevocations = (
  state: RingState,
  gateway: RingKey,
  name: KeyName,
  because: { readonly reason: RevocationReason; readonly words: string },
  now: WallNs,
): Sealing => {
  const keys = keysGoingWith(state, gateway, name);
  return sealAll(
    state,
    now,
    keys.map(
      (key): Seal =>
        (place) =>
          sealRevocation({ ...place, key, by: gateway.publicKey, ...because }, gateway.sign),
    ),
  );
};
