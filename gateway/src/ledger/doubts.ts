import { decodeLeaf, type Leaf, type Statement } from '@outpost/schemas/evidence';
import { isReception, leafTaker, openSenders, receptionExplainer } from '@outpost/schemas/radio';
import * as plausibility from '@outpost/schemas/vehicle/plausibility';
import { type Body, equalBytes, type MonoNs, type StreamId } from '@outpost/schemas/words';

/** Readings of one stream that are looked at together; a stream in a hurry is judged over less time. */
const READINGS_MAX = 8_192;
const WINDOW_NS = BigInt(plausibility.WINDOW_S + 1) * 1_000_000_000n;

interface Said {
  readonly mono: MonoNs;
  readonly body: Body;
}

/**
 * What this box's own judges of drives and of receptions have against readings whose signatures hold. Looks at one
 * attestation after the other, in the order in which they were made.
 */
export interface Doubts {
  /** One sentence each; none where nothing speaks against them. */
  take(statement: Statement, leaves: readonly Uint8Array[]): readonly string[];
}

const counted = (rules: ReadonlyMap<string, number>): string =>
  [...rules].map(([rule, times]) => (times === 1 ? rule : `${rule} ${times}`)).join(', ');

/** The latest minute of each stream, judged as a verifier judges the windows of a drive. */
const openDrives = () => {
  const streams = new Map<StreamId, { readonly epoch: Uint8Array; readonly said: Said[] }>();
  return (statement: Statement, leaves: readonly Leaf[]): string | undefined => {
    const { stream, epoch } = statement;
    const known = streams.get(stream);
    const said = known !== undefined && equalBytes(known.epoch, epoch) ? known.said : [];
    if (said !== known?.said) streams.set(stream, { epoch: epoch.slice(), said });
    for (const { mono, body } of leaves) {
      if (body.kind === 'number' || body.kind === 'position') said.push({ mono, body });
    }
    const last = said.at(-1);
    if (last === undefined) return undefined;
    const first = said.findIndex(({ mono }) => mono >= last.mono - WINDOW_NS);
    said.splice(0, Math.max(first, said.length - READINGS_MAX));
    const windows = plausibility.windowsOf(plausibility.trackOf(said));
    const findings = windows.flatMap(({ from, window }) => plausibility.judgeWindow(window, from));
    const [worst] = findings;
    return worst === undefined
      ? undefined
      : `the last minute does not fit together (${worst.rule}): ${worst.words}`;
  };
};

const openReceptions = () => {
  const take = leafTaker();
  const senders = openSenders();
  const explain = receptionExplainer({ region: undefined, senders, gainDbi: () => undefined });
  return (statement: Statement, leaves: readonly Leaf[]): string | undefined => {
    const rules = new Map<string, number>();
    let rejected = 0;
    for (const leaf of leaves) {
      const signed = take(statement, leaf);
      if (signed === undefined) continue;
      senders.take(signed);
      if (!isReception(signed)) continue;
      const { verdict, findings } = explain(signed);
      if (verdict !== 'rejected') continue;
      rejected += 1;
      for (const { rule } of findings) rules.set(rule, (rules.get(rule) ?? 0) + 1);
    }
    return rejected === 0 ? undefined : `${rejected} receptions cannot be true (${counted(rules)})`;
  };
};

export const openDoubts = (): Doubts => {
  const drives = openDrives();
  const receptions = openReceptions();
  return {
    take(statement, leafBytes) {
      const leaves = leafBytes.map(decodeLeaf).flatMap((leaf) => (leaf.ok ? [leaf.value] : []));
      return [drives(statement, leaves), receptions(statement, leaves)].filter((each) => each !== undefined);
    },
  };
};
