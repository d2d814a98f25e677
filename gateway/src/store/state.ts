import { readFile } from 'node:fs/promises';
import { type ClockAnchor, monoNs, type StreamId, type TimeTrust, wallNs } from '@outpost/schemas/words';
import type { Offset } from '../journal/contract.ts';
import type { Clocks } from './anchors.ts';
import type { Stretch } from './rollups.ts';
import { errorCode, writeWhole } from './whole-file.ts';

/** The clocks as they stood at one place of the journal, valid until the next snapshot's place. */
export interface Snapshot {
  readonly from: Offset;
  readonly clocks: Clocks;
}

/**
 * What the follower must know at its next start beside its position: the anchors in force there, which stand earlier
 * in the journal than anything it will read again, and the minutes that still want a roll-up.
 */
export interface StoreState {
  /** Oldest first, at most two: one for the position before the last commit, in case that did not happen. */
  readonly snapshots: readonly Snapshot[];
  readonly dirty: readonly Stretch[];
}

export interface StateKeeper {
  load(): Promise<StoreState | undefined>;
  /** Durable on return. */
  save(state: StoreState): Promise<void>;
}

const TRUSTS: readonly TimeTrust[] = ['none', 'rtc', 'ntp', 'gnss'];

type AnchorJson = readonly [wall: string, mono: string, trust: string] | null;

const anchorJson = (anchor: ClockAnchor | undefined): AnchorJson =>
  anchor === undefined ? null : [String(anchor.wall), String(anchor.mono), anchor.trust];

const anchorOf = (json: AnchorJson): ClockAnchor | undefined => {
  if (json === null) return undefined;
  const [wall, mono, named] = json;
  const trust = TRUSTS.find((each) => each === named);
  if (trust === undefined) throw new TypeError(`no such trust: ${named}`);
  return { wall: wallNs(BigInt(wall)), mono: monoNs(BigInt(mono)), trust };
};

interface StateJson {
  readonly version: 1;
  readonly snapshots: readonly {
    readonly from: string;
    readonly clocks: readonly {
      readonly stream: StreamId;
      readonly epoch: string;
      readonly anchor: AnchorJson;
      readonly trusted: AnchorJson;
    }[];
  }[];
  readonly dirty: readonly Stretch[];
}

export const encodeState = ({ snapshots, dirty }: StoreState): string => {
  const json: StateJson = {
    version: 1,
    snapshots: snapshots.map(({ from, clocks }) => ({
      from: String(from),
      clocks: [...clocks].map(([stream, { epoch, anchor, trusted }]) => ({
        stream,
        epoch,
        anchor: anchorJson(anchor),
        trusted: anchorJson(trusted),
      })),
    })),
    dirty,
  };
  return `${JSON.stringify(json)}\n`;
};

/** Undefined where the text is not ours: the follower then knows no anchors and says so of each reading. */
export const decodeState = (text: string): StoreState | undefined => {
  try {
    const { version, snapshots, dirty } = JSON.parse(text) as StateJson;
    if (version !== 1) return undefined;
    return {
      snapshots: snapshots.map(({ from, clocks }) => ({
        from: BigInt(from) as Offset,
        clocks: new Map(
          clocks.map(({ stream, epoch, anchor, trusted }) => [
            stream,
            { epoch, anchor: anchorOf(anchor), trusted: anchorOf(trusted) },
          ]),
        ),
      })),
      dirty: dirty.map(({ from, to }) => ({ from: Number(from), to: Number(to) })),
    };
  } catch {
    return undefined;
  }
};

/** The clocks at a position: those of the last snapshot that is not beyond it; undefined where there is none. */
export const clocksAt = (state: StoreState | undefined, position: Offset): Clocks | undefined =>
  state?.snapshots.findLast(({ from }) => from <= position)?.clocks;

/** One small file beside the journal. */
export const stateFile = (path: string): StateKeeper => ({
  async load() {
    try {
      return decodeState(await readFile(path, 'utf8'));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  save: (state) => writeWhole(path, encodeState(state)),
});
