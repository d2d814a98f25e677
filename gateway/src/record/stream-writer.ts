import { encodeLeaf, type Hash, type Head, type KeyKind, leafSalt, saltKey } from '@outpost/schemas/evidence';
import type {
  Authentication,
  Body,
  Clock,
  ClockAnchor,
  DeviceName,
  Epoch,
  EpochReason,
  MonoNs,
  Observation,
  Origin,
  StreamId,
  TimeTrust,
} from '@outpost/schemas/words';
import type { Entry } from '../journal/contract.ts';
import { openedEntry, readingKind } from './entry.ts';
import { anchorChanged, readAnchor } from './time-trust.ts';

/** What a stream needs to know of keys; the ring has it. */
export interface StreamKeys {
  readonly gatewayKey: Uint8Array;
  readonly deviceKey: Uint8Array;
  readonly keyKind: KeyKind;
  /** 32 bytes; salts of leaves are derived from it. */
  readonly saltSecret: Uint8Array;
}

/** What every stream of a run shares. */
export interface Run {
  readonly clock: Clock;
  readonly software: string;
  readonly hash: Hash;
  trust(): TimeTrust;
  keys(device: DeviceName): StreamKeys;
  /** The stream's last durable attestation, which a new epoch names as its parent. */
  parent(stream: StreamId): Head | undefined;
  newEpoch(): Epoch;
  /** A number that no other stream of this run has. */
  nextNumber(): number;
}

/** One epoch of one stream being written: it gives readings their place and their bytes. */
export interface StreamWriter {
  /** Adds the entries for a reading: what the box itself must say first, then the reading. */
  readonly addEntries: (observation: Observation, to: Entry[]) => void;
  /** A statement of the box about its own stream, of the origin of what it is made from. */
  readonly entryFor: (body: Body, mono: MonoNs, origin?: Origin) => Entry;
}

/** How often the distance of the two clocks is looked at. */
const LOOK_NS = 1_000_000_000n;
const NO_BYTES: Uint8Array = new Uint8Array(0);

interface State {
  sequence: number;
  lastMono: MonoNs;
  lookedAt: MonoNs;
  anchor: ClockAnchor | undefined;
  origin: Origin;
}

export const newStreamWriter = (
  stream: StreamId,
  device: DeviceName,
  opening: {
    readonly reason: EpochReason;
    readonly authenticated: Authentication;
    readonly first: readonly Body[];
  },
  run: Run,
): StreamWriter => {
  const { saltSecret, ...keys } = run.keys(device);
  const epoch = run.newEpoch();
  const number = run.nextNumber();
  const salts = saltKey(saltSecret, epoch, stream);
  const now = run.clock.mono();
  const state: State = {
    sequence: 0,
    lastMono: 0n as MonoNs,
    lookedAt: now,
    anchor: undefined,
    origin: 'live',
  };

  const leaf = (body: Body, raw: Uint8Array, mono: MonoNs, origin = state.origin): Entry => {
    const { sequence } = state;
    state.sequence += 1;
    // Two ports of one device may hand over a little out of order; a stream's time never goes back.
    if (mono > state.lastMono) state.lastMono = mono;
    const salt = leafSalt(salts, sequence, run.hash);
    const bytes = encodeLeaf({ sequence, mono: state.lastMono, body, raw, salt });
    return { kind: readingKind(origin), stream: number, bytes };
  };

  const opened = (): Entry =>
    openedEntry(number, {
      stream,
      epoch,
      reason: opening.reason,
      parent: run.parent(stream),
      ...keys,
      authenticated: opening.authenticated,
      software: run.software,
    });

  /** Adds the clock anchor, where there is none yet or it says something else now. */
  const addAnchor = (mono: MonoNs, to: Entry[]): void => {
    const at = run.clock.mono();
    if (state.anchor !== undefined && at - state.lookedAt < LOOK_NS) return;
    state.lookedAt = at;
    const anchor = readAnchor(run.clock, run.trust());
    if (state.anchor !== undefined && !anchorChanged(state.anchor, anchor)) return;
    state.anchor = anchor;
    to.push(leaf({ kind: 'anchor', anchor }, NO_BYTES, mono));
  };

  return {
    addEntries({ body, raw, mono, origin }, to) {
      state.origin = origin;
      const isFirst = state.sequence === 0;
      if (isFirst) to.push(opened());
      addAnchor(mono, to);
      if (isFirst) for (const said of opening.first) to.push(leaf(said, NO_BYTES, mono));
      to.push(leaf(body, raw, mono));
    },
    entryFor: (body, mono, origin) => leaf(body, NO_BYTES, mono, origin),
  };
};
