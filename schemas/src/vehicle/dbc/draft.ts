import { rawLimits } from '../formula.ts';
import type { Database, DbcMessage, DbcSignal, Flaw, Multiplexed } from './database.ts';
import type { SignalLine } from './read-signal.ts';

/** A `BO_` with its `SG_` lines. */
export interface MessageLine {
  readonly name: string;
  readonly id: number;
  readonly extended: boolean;
  readonly bytes: number;
  readonly flaw: Flaw | undefined;
  readonly signals: Map<string, SignalLine>;
}

/** What a later section says of a signal. */
export type SaidLater = {
  readonly key: number;
  readonly signal: string;
  readonly line: number;
} & (
  | { readonly kind: 'labels'; readonly labels: ReadonlyMap<bigint, string> }
  | { readonly kind: 'float'; readonly float: boolean }
  | { readonly kind: 'ranges'; readonly by: string; readonly ranges: Multiplexed['ranges'] }
);

/** What was read of a file so far. */
export interface Draft {
  readonly messages: Map<number, MessageLine>;
  readonly said: SaidLater[];
  signals: number;
  labels: number;
}

export const newDraft = (): Draft => ({ messages: new Map(), said: [], signals: 0, labels: 0 });

type LaterBySignal = ReadonlyMap<string, readonly SaidLater[]>;

const nameOf = (key: number, signal: string): string => `${key} ${signal}`;

const sortLater = (draft: Draft): LaterBySignal => {
  const later = new Map<string, SaidLater[]>();
  for (const said of draft.said) {
    const name = nameOf(said.key, said.signal);
    const list = later.get(name);
    if (list === undefined) later.set(name, [said]);
    else list.push(said);
  }
  return later;
};

type Multiplexing = { readonly multiplexed: Multiplexed | undefined; readonly flaw?: Flaw };

/** By whom a signal is multiplexed: as `SG_MUL_VAL_` says, else by the only signal of the message that can. */
const multiplexingOf = (
  message: MessageLine,
  { name, line, mark }: SignalLine,
  later: readonly SaidLater[],
): Multiplexing => {
  const none = (words: string): Multiplexing => ({ multiplexed: undefined, flaw: { line, words } });
  const stated = later.find((said) => said.kind === 'ranges');
  if (stated?.kind === 'ranges') {
    const { by, ranges } = stated;
    const selects = by !== name && message.signals.get(by)?.mark.multiplexor === true;
    return selects ? { multiplexed: { by, ranges } } : none(`${by} is no multiplexor of it.`);
  }
  if (mark.group === undefined) return { multiplexed: undefined };
  const [root, ...others] = [...message.signals.values()].filter(
    (other) => other.mark.multiplexor && other.mark.group === undefined,
  );
  if (root === undefined) return none('it is multiplexed and its message has no multiplexor.');
  if (others.length > 0)
    return none('its message has several multiplexors and nothing says which is its own.');
  return { multiplexed: { by: root.name, ranges: [{ from: mark.group, to: mark.group }] } };
};

const resolveSignal = (message: MessageLine, signal: SignalLine, later: readonly SaidLater[]): DbcSignal => {
  const { name, mark, formula, limits, unit } = signal;
  const { multiplexed, flaw } = multiplexingOf(message, signal, later);
  let labels: ReadonlyMap<bigint, string> = new Map();
  let float: Flaw | undefined;
  for (const said of later) {
    if (said.kind === 'labels') labels = said.labels;
    if (said.kind === 'float' && said.float) {
      float = { line: said.line, words: 'it is a floating-point number, which is never signed.' };
    }
  }
  const { multiplexor } = mark;
  return {
    name,
    multiplexor,
    multiplexed,
    formula,
    limits,
    unit,
    labels,
    flaw: signal.flaw ?? flaw ?? float,
  };
};

/** A number that the multiplexor cannot say, or one that selects by way of itself, is never there. */
const selectionFlaw = (
  signal: DbcSignal,
  byName: ReadonlyMap<string, DbcSignal>,
  line: number,
): Flaw | undefined => {
  const { multiplexed } = signal;
  if (multiplexed === undefined) return undefined;
  const by = byName.get(multiplexed.by);
  const max = by === undefined ? 0n : rawLimits(by.formula).max;
  if (multiplexed.ranges.some(({ from, to }) => from > to || from > max)) {
    return { line, words: `${multiplexed.by} cannot say that it is there.` };
  }
  let above = by;
  for (let depth = 0; above?.multiplexed !== undefined; depth += 1) {
    if (depth >= DEPTH_MAX) return { line, words: 'its multiplexors never come to an end.' };
    above = byName.get(above.multiplexed.by);
  }
  return above?.flaw === undefined ? undefined : { line, words: `its multiplexor ${above.name} has a flaw.` };
};

/** Multiplexors above one another; real files have two. */
const DEPTH_MAX = 8;

/** Joins what stands in several places of a file. */
export const resolveDraft = (draft: Draft): Database => {
  const later = sortLater(draft);
  const messages = new Map<number, DbcMessage>();
  for (const [key, message] of draft.messages) {
    const lines = [...message.signals.values()];
    const resolved = lines.map((line) =>
      resolveSignal(message, line, later.get(nameOf(key, line.name)) ?? []),
    );
    const byName = new Map(resolved.map((signal) => [signal.name, signal]));
    const signals = resolved.map((signal, index) => {
      const flaw = signal.flaw ?? selectionFlaw(signal, byName, lines[index]?.line ?? 0);
      return flaw === undefined ? signal : { ...signal, flaw };
    });
    const { name, id, extended, bytes, flaw } = message;
    messages.set(key, { name, id, extended, bytes, flaw, signals });
  }
  return { messages };
};
