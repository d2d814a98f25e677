import {
  type Authentication,
  type Epoch,
  type EpochReason,
  type GapReason,
  type Origin,
  type StreamId,
  type TimeTrust,
  toHex,
  type WallNs,
  wallAt,
} from '../words/index.ts';
import type { Chain, EpochRun } from './chain.ts';
import type { CheckedBatch } from './check-batch.ts';
import type { NetworkTally } from './check-receipts.ts';
import type { Identification } from './check-signers.ts';
import type { KeyKind } from './codes.ts';
import type { Findings, Problem, ProblemCode } from './problem.ts';
import type { Statement } from './statement.ts';

/**
 * `holds`: nothing failed and the given key vouches for all of it. `unidentified`: nothing failed, but no key was
 * given, so anybody may have made it. `fails`: at least one failure.
 */
export type Verdict = 'holds' | 'unidentified' | 'fails';

/** How much was looked at. */
export interface Checked {
  readonly attestations: number;
  readonly leaves: number;
  readonly proofs: number;
  readonly signatures: number;
  /** Readings whose value was held against their raw frame. */
  readonly redecoded: number;
  readonly keyRecords: number;
  readonly receipts: number;
}

export interface EpochSummary {
  readonly epoch: Epoch;
  readonly reason: EpochReason;
  readonly firstCounter: number;
  readonly lastCounter: number;
  readonly attestations: number;
  readonly readings: number;
  /** By the clocks of the device that signed; see `trust`. */
  readonly from: WallNs;
  readonly to: WallNs;
  readonly trust: readonly TimeTrust[];
}

export interface StreamSummary {
  readonly stream: StreamId;
  readonly deviceKey: Uint8Array;
  readonly gatewayKeys: readonly Uint8Array[];
  readonly signer: Identification;
  readonly keyKinds: readonly KeyKind[];
  readonly origins: readonly Origin[];
  readonly authenticated: readonly Authentication[];
  readonly software: readonly string[];
  readonly epochs: readonly EpochSummary[];
  /** Holes that the box signed: how often, and readings known to be lost. */
  readonly gaps: readonly { readonly reason: GapReason; readonly times: number; readonly readings: number }[];
}

export interface Report {
  readonly verdict: Verdict;
  readonly checked: Checked;
  /** The first 1,000; `counts` has them all. */
  readonly problems: readonly Problem[];
  readonly counts: ReadonlyMap<ProblemCode, number>;
  readonly streams: readonly StreamSummary[];
  /** Proofs of single leaves that hold. */
  readonly proven: readonly ProvenReading[];
  readonly networks: ReadonlyMap<string, NetworkTally>;
  /** What the file says of itself, signed by nobody. */
  readonly claimed: Claimed;
}

export interface ProvenReading {
  readonly statement: Statement;
  readonly sequence: number;
  readonly wall: WallNs;
}

export interface Claimed {
  readonly from: WallNs | null;
  readonly to: WallNs | null;
  readonly notes: number;
}

/** Keeps the first of each, in order, by what names it. */
const distinct = <T>(values: Iterable<T>, nameOf: (value: T) => unknown = (value) => value): readonly T[] => {
  const found = new Map<unknown, T>();
  for (const value of values) if (!found.has(nameOf(value))) found.set(nameOf(value), value);
  return [...found.values()];
};

const leastWall = (a: WallNs, b: WallNs): WallNs => (a < b ? a : b);
const mostWall = (a: WallNs, b: WallNs): WallNs => (a > b ? a : b);

const summariseEpoch = (run: EpochRun): readonly EpochSummary[] => {
  const statements = [...run.values()].map(({ statement }) => statement);
  const [first, last] = [statements[0], statements.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [
    {
      epoch: first.epoch,
      reason: first.epochReason,
      firstCounter: first.counter,
      lastCounter: last.counter,
      attestations: statements.length,
      readings: statements.reduce((sum, { size }) => sum + size, 0),
      from: statements.map(({ anchor, firstMono }) => wallAt(anchor, firstMono)).reduce(leastWall),
      to: statements.map(({ anchor, lastMono }) => wallAt(anchor, lastMono)).reduce(mostWall),
      trust: distinct(statements.map(({ anchor }) => anchor.trust)),
    },
  ];
};

const summariseGaps = (batches: readonly CheckedBatch[]): StreamSummary['gaps'] => {
  const gaps = new Map<GapReason, { times: number; readings: number }>();
  for (const { reason, count } of batches.flatMap((batch) => batch.gaps)) {
    const gap = gaps.get(reason) ?? { times: 0, readings: 0 };
    gaps.set(reason, { times: gap.times + 1, readings: gap.readings + count });
  }
  return [...gaps].map(([reason, gap]) => ({ reason, ...gap }));
};

export const summariseStream = (
  { deviceKey, stream, runs }: Chain,
  signer: Identification,
): StreamSummary => {
  const batches = [...runs.values()].flatMap((run) => [...run.values()]);
  const statements = batches.map(({ statement }) => statement);
  return {
    stream,
    deviceKey,
    gatewayKeys: distinct(
      statements.map(({ gatewayKey }) => gatewayKey),
      toHex,
    ),
    signer,
    keyKinds: distinct(statements.map(({ keyKind }) => keyKind)),
    origins: distinct(statements.map(({ origin }) => origin)),
    authenticated: distinct(statements.map(({ authenticated }) => authenticated)),
    software: distinct(statements.map(({ software }) => software)),
    epochs: [...runs.values()].flatMap(summariseEpoch),
    gaps: summariseGaps(batches),
  };
};

/** What a statement says of itself that whoever reads the report must know. */
export const remark = (statement: Statement, findings: Findings): void => {
  const { stream, origin, keyKind, anchor } = statement;
  const place = { stream };
  if (keyKind === 'demo') {
    findings.once('key.demo', 'Signed by a demonstration’s key, which vouches for nothing.', place);
  }
  if (origin === 'simulated') {
    findings.once('origin.simulated', 'The readings are simulated: no device measured them.', place);
  }
  if (origin === 'replayed') {
    findings.once('origin.replayed', 'The readings are a recording that was played again.', place);
  }
  if (anchor.trust === 'none') {
    findings.once(
      'clock.untrusted',
      'The wall clock was not synchronised: dates are not to be believed.',
      place,
    );
  }
};

/** Nanoseconds by which two anchors of one epoch may differ before the step is worth a note. */
const STEP_NS = 1_000_000_000n;

/** Steps of the wall clock and holes that the box stated itself. */
export const remarkChain = ({ runs, stream }: Chain, findings: Findings): void => {
  for (const run of runs.values()) {
    let before: Statement | undefined;
    for (const { statement, gaps } of run.values()) {
      const { anchor, epoch, counter } = statement;
      const place = { stream, epoch, counter };
      const step =
        before === undefined ? 0n : anchor.wall - anchor.mono - (before.anchor.wall - before.anchor.mono);
      if (step > STEP_NS || step < -STEP_NS) {
        findings.add('clock.step', `The wall clock was set by ${step / 1_000_000n} ms before it.`, place);
      }
      for (const { reason, count } of gaps) {
        const number = count === 0 ? 'an unknown number of' : count;
        findings.add('gap.stated', `The gateway says that it lost ${number} reading(s): ${reason}.`, place);
      }
      before = statement;
    }
  }
};
