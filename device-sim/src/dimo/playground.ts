import type { Delivery } from '@outpost/gateway';
import {
  attestationHash,
  encodeLeaf,
  leafHashes,
  leafSalt,
  saltKey,
  sealAttestation,
  treeRoot,
} from '@outpost/schemas/evidence';
import { type ManualClock, manualClock } from '@outpost/schemas/testing';
import { type Body, type Clock, type Epoch, monoNs } from '@outpost/schemas/words';
import { must } from '../network/rig.ts';
import { type DimoRig, openDimoRig, RIG_START_NS } from './rig.ts';

const statementOf = async (rig: DimoRig, clock: Clock, counter: number, trust: 'ntp' | 'rtc' | 'none') => {
  const { key } = must(await rig.box.ring.device('car' as never));
  const epoch = new Uint8Array(16).fill(counter + 1) as Epoch;
  const statement = {
    deviceKey: key.publicKey,
    gatewayKey: rig.box.ring.gateway().publicKey,
    keyKind: 'file',
    stream: 'car/telemetry',
    epoch,
    epochReason: 'started',
    counter: 0,
    previous: null,
    size: 1,
    firstSequence: 0,
    firstMono: clock.mono(),
    lastMono: clock.mono(),
    anchor: { wall: clock.wall(), mono: clock.mono(), trust },
    origin: 'live',
    authenticated: 'wired',
    software: 'rig 1',
  } as const;
  return { statement };
};

/** A rig whose box signs what it is told to. */
export interface Playground extends AsyncDisposable {
  readonly rig: DimoRig;
  readonly clock: ManualClock;
  /** Signs what these readings say. */
  delivery(bodies: readonly Body[], trust?: 'ntp' | 'rtc' | 'none', apartMs?: number): Promise<Delivery>;
}

export const openPlayground = async (
  options: Parameters<typeof openDimoRig>[0] = {},
): Promise<Playground> => {
  const clock = manualClock(RIG_START_NS);
  const rig = await openDimoRig({ clock, ...options });
  let counter = 0;
  const delivery: Playground['delivery'] = async (bodies, trust = 'ntp', apartMs = 0.000_001) => {
    const { statement } = await statementOf(rig, clock, counter, trust);
    const { key } = must(await rig.box.ring.device('car' as never));
    const salts = saltKey(key.saltSecret(), statement.epoch, statement.stream);
    const monoOf = (sequence: number) => monoNs(clock.mono() + BigInt(Math.round(sequence * apartMs * 1e6)));
    const leaves = bodies.map((body, sequence) => {
      const raw = body.kind === 'trip' ? new Uint8Array(0) : Uint8Array.of(1);
      return encodeLeaf({
        sequence,
        mono: monoOf(sequence),
        body,
        raw,
        salt: leafSalt(salts, sequence),
      });
    });
    counter += 1;
    const whole = {
      ...statement,
      size: bodies.length,
      lastMono: monoOf(bodies.length - 1),
    };
    const attestation = sealAttestation(whole, treeRoot(leafHashes(leaves)), (bytes) => key.sign(bytes));
    const { stream, deviceKey, origin, keyKind } = whole;
    return { hash: attestationHash(attestation), attestation, leaves, stream, deviceKey, origin, keyKind };
  };
  return { rig, clock, delivery, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};
