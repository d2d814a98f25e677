import type { Head, Statement } from '@outpost/schemas/evidence';
import { toHex } from '@outpost/schemas/words';

/** An attestation whose signature holds and which has its place in a chain. */
export interface Link {
  readonly bytes: Uint8Array;
  readonly statement: Statement;
  /** SHA-256 of the bytes. */
  readonly hash: Uint8Array;
  /** It, or one that it follows, continues a chain that already went on another way; nothing after it is taken. */
  readonly tainted: boolean;
}

interface Stream {
  readonly epochs: Map<string, Map<number, Link>>;
  /** Of the epoch that came up last. */
  head: Link;
}

/** What a network remembers of the chains it was shown. */
export interface Chains {
  enter(link: Link): void;
  find(hash: Uint8Array): Link | undefined;
  /** What has to be held beside a statement to judge its place: its neighbour, its twin, its parent and its siblings. */
  around(statement: Statement): readonly Link[];
  /** Whether what it follows is tainted. */
  isTainted(statement: Statement): boolean;
  /** The furthest of a stream; undefined before its first attestation. */
  head(statement: Statement): Head | undefined;
  readonly size: number;
  readonly streams: readonly {
    readonly stream: string;
    readonly deviceKey: Uint8Array;
    readonly head: Head;
  }[];
}

const streamName = ({ deviceKey, stream }: Statement): string => `${toHex(deviceKey)} ${stream}`;

const headOf = ({ statement, hash }: Link): Head => ({
  epoch: statement.epoch,
  counter: statement.counter,
  hash,
});

const parentHash = ({ previous }: Statement): string =>
  previous === null ? 'none' : toHex(previous instanceof Uint8Array ? previous : previous.hash);

export const newChains = (): Chains => {
  const byHash = new Map<string, Link>();
  const streams = new Map<string, Stream>();
  /** First attestations of epochs, by stream and what they continue. */
  const openings = new Map<string, Link[]>();

  const openingName = (statement: Statement): string => `${streamName(statement)} ${parentHash(statement)}`;
  const epochOf = (statement: Statement): ReadonlyMap<number, Link> | undefined =>
    streams.get(streamName(statement))?.epochs.get(toHex(statement.epoch));

  /** The last link of the epoch before this counter. */
  const neighbour = (statement: Statement): Link | undefined => {
    const run = epochOf(statement);
    if (run === undefined) return undefined;
    const direct = run.get(statement.counter - 1);
    if (direct !== undefined) return direct;
    return [...run.values()]
      .filter((link) => link.statement.counter < statement.counter)
      .sort((a, b) => b.statement.counter - a.statement.counter)[0];
  };

  const around = (statement: Statement): readonly Link[] => {
    const run = epochOf(statement);
    const found = new Set<Link | undefined>();
    const before = neighbour(statement);
    if (statement.counter === 0) {
      found.add(byHash.get(parentHash(statement)));
      for (const sibling of openings.get(openingName(statement)) ?? []) found.add(sibling);
    }
    found.add(before);
    if (before === undefined) found.add(streams.get(streamName(statement))?.head);
    found.add(run?.get(statement.counter));
    return [...found].filter((link) => link !== undefined);
  };

  const enter = (link: Link): void => {
    const { statement } = link;
    const known = streams.get(streamName(statement));
    const stream = known ?? { epochs: new Map<string, Map<number, Link>>(), head: link };
    streams.set(streamName(statement), stream);
    const epoch = toHex(statement.epoch);
    const run = stream.epochs.get(epoch);
    if (run === undefined) stream.epochs.set(epoch, new Map([[statement.counter, link]]));
    else run.set(statement.counter, link);
    const isLastEpoch = toHex(stream.head.statement.epoch) === epoch;
    if (run === undefined || (isLastEpoch && statement.counter > stream.head.statement.counter))
      stream.head = link;
    if (statement.counter === 0 && !byHash.has(toHex(link.hash))) {
      const name = openingName(statement);
      openings.set(name, [...(openings.get(name) ?? []), link]);
    }
    byHash.set(toHex(link.hash), link);
  };

  return {
    enter,
    find: (hash) => byHash.get(toHex(hash)),
    around,
    isTainted: (statement) => {
      const before = statement.counter > 0 ? neighbour(statement) : byHash.get(parentHash(statement));
      return before?.tainted ?? false;
    },
    head: (statement) => {
      const stream = streams.get(streamName(statement));
      return stream === undefined ? undefined : headOf(stream.head);
    },
    get size() {
      return byHash.size;
    },
    get streams() {
      return [...streams.values()].map(({ head }) => ({
        stream: head.statement.stream,
        deviceKey: head.statement.deviceKey,
        head: headOf(head),
      }));
    },
  };
};
