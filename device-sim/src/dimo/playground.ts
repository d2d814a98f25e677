import type { Delivery, Network, Outcome } from '@outpost/gateway';
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

export const number = (signal: number, mantissa: number): Body => ({
  kind: 'number',
  signal,
  mantissa,
  ecu: 0x7e8,
});
export const SPEED: readonly Body[] = [number(1, 39)];

/** What the node has stored, in the order of its first arrival. */
export const eventsOf = ({ served }: DimoRig) => [...served.shelf.events.values()];

/** Delivers while the clock goes on, so that what is paced goes out; slowly, so that no deadline passes on a busy
 * machine. */
export const deliverAll = async (
  network: Network,
  clock: ManualClock,
  items: readonly Delivery[],
): Promise<readonly Outcome[]> => {
  let done = false;
  const outcomes = network.deliver(items, new AbortController().signal).finally(() => {
    done = true;
  });
  while (!done) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(0.1);
  }
  return await outcomes;
};

/** Playgrounds that `close` ends, for tests. */
export const openPlaygrounds = () => {
  const open: AsyncDisposable[] = [];
  return {
    playground: async (options: Parameters<typeof openPlayground>[0] = {}): Promise<Playground> => {
      const made = await openPlayground(options);
      open.push(made);
      return made;
    },
    close: async (): Promise<void> => {
      for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
    },
  };
};
