import { toHex } from '@outpost/schemas/words';
import type { Journal, Kept, Offset } from '../journal/contract.ts';
import { type End, fateOf, without } from './ends.ts';
import { COLUMNS_MAX, type LifeSlots, newLifeSlots, SLOTS_MAX } from './life-slots.ts';
import type { Fate, Life } from './lines.ts';
import type { LedgerNetwork } from './networks.ts';
import { newSayings, saidOf } from './sayings.ts';

/**
 * Attestations whose end is awaited at once; of more, the oldest is shown as far as it has come. The rest of the slots is
 * for those that have ended, so that an end which a crash made the gateway write twice counts once.
 */
export const LIVES_MAX: number = (SLOTS_MAX / 4) * 3;
/** The same for ends of attestations that are not among the slots, of all networks. */
const STRAY_ENDS_MAX = 4_096;
/**
 * A network goes through the journal in order, at most a MiB or 64 attestations at once: what lies further behind an
 * attestation that has ended, and has no end itself, was never sent.
 */
const PASSED_BYTES = 4n << 20n;
const PASSED_LIVES = 128;

export interface OpenLives extends AsyncDisposable {
  /** An attestation; nothing where the entry does not read (damaged). */
  begin(entry: Kept): void;
  /**
   * A network's verdict, or this program's own; gives it back where the line of its attestation stands above already, or
   * that was made before all this.
   * @param place of its entry
   */
  end(end: End, place: Offset): End | undefined;
  /** A network that takes single readings never takes an attestation. */
  takesReadings(network: string): void;
  /** Lives, oldest first, of which nothing more will come; all of them at the end of the journal. */
  settled(isEnd: boolean): AsyncIterable<Life>;
}

const WITHHELD = 'simulated, or signed by a demo key';
const NOT_SENT = 'was not sent';

export interface OpenLivesParts {
  readonly journal: Pick<Journal, 'read' | 'end'>;
  readonly networks: readonly LedgerNetwork[];
  readonly slots?: LifeSlots;
  readonly livesMax?: number;
}

/** Ends of attestations that are not remembered: whether one is new. */
const newStrays = () => {
  const known = new Set<string>();
  return {
    isNew({ network, hash }: End): boolean {
      const name = `${network} ${toHex(hash)}`;
      if (known.has(name)) return false;
      known.add(name);
      const oldest = known.size > STRAY_ENDS_MAX ? known.values().next().value : undefined;
      if (oldest !== undefined) known.delete(oldest);
      return true;
    },
  };
};

/** Networks by column: those that are known, then those that only entries name. */
const newColumns = (networks: readonly LedgerNetwork[]) => {
  const names = networks.map(({ name }) => name);
  return {
    names,
    /** Undefined where there are too many. */
    of(network: string): number | undefined {
      const known = names.indexOf(network);
      if (known >= 0) return known;
      return names.length < COLUMNS_MAX ? names.push(network) - 1 : undefined;
    },
  };
};

/** Joins attestations with what networks said of them, in one pass over the journal. */
export const newOpenLives = ({
  journal,
  networks,
  slots = newLifeSlots(),
  livesMax = LIVES_MAX,
}: OpenLivesParts): OpenLives => {
  const sayings = newSayings(journal, slots);
  const strays = newStrays();
  const readingNetworks = new Set(
    networks.filter(({ follows }) => follows === 'readings').map(({ name }) => name),
  );
  const columns = newColumns(networks);
  /** The furthest attestation that has ended, by column. */
  const furthest: (number | undefined)[] = [];
  /** The first that has no line yet. */
  let first = 0;

  const isPassed = (ordinal: number, column: number): boolean => {
    const far = furthest[column];
    if (far === undefined || far - ordinal <= PASSED_LIVES) return false;
    return slots.placeOf(far) - slots.placeOf(ordinal) > PASSED_BYTES;
  };

  const isWithheld = (ordinal: number, { config }: LedgerNetwork): boolean =>
    config !== undefined && !config.acceptSimulated && !slots.isReal(ordinal);

  /** What it waits for; undefined while it may still end. */
  const openFate = (ordinal: number, network: LedgerNetwork, column: number, isEnd: boolean) => {
    const { name, position } = network;
    if (isWithheld(ordinal, network)) return without(name, 'withheld', WITHHELD);
    if (isPassed(ordinal, column)) return without(name, 'withheld', NOT_SENT);
    if (!isEnd) return undefined;
    return slots.placeOf(ordinal) < position
      ? without(name, 'withheld', NOT_SENT)
      : without(name, 'pending', '');
  };

  const isOpen = (ordinal: number, isEnd: boolean): boolean =>
    networks.some(
      (network, column) =>
        !readingNetworks.has(network.name) &&
        slots.verdictOf(ordinal, column) === undefined &&
        openFate(ordinal, network, column, isEnd) === undefined,
    );

  const lifeOf = async (ordinal: number, isEnd: boolean): Promise<Life | undefined> => {
    const said = await sayings.life(ordinal);
    if (said === undefined) return undefined;
    const fates: Fate[] = [];
    const later: string[] = [];
    for (const [column, name] of columns.names.entries()) {
      const network = networks[column];
      const end = await sayings.end(ordinal, column);
      if (end !== undefined) fates.push(fateOf(end));
      if (end !== undefined || network === undefined || readingNetworks.has(name)) continue;
      const fate = openFate(ordinal, network, column, isEnd);
      if (fate === undefined) later.push(name);
      else fates.push(fate);
    }
    const shown = fates.filter(({ kind }) => kind !== 'withheld').length + later.length;
    return { ...said, fates, later, networks: shown };
  };

  return {
    begin(entry) {
      const known = saidOf(entry);
      if (known === undefined) return;
      sayings.hold(slots.end, known.said);
      slots.add(known.said.hash, entry.offset, known.isReal);
    },
    end(end, place) {
      const ordinal = slots.find(end.hash);
      const column = columns.of(end.network);
      if (ordinal === undefined || column === undefined) return strays.isNew(end) ? end : undefined;
      if (slots.verdictOf(ordinal, column) !== undefined) return undefined;
      slots.setVerdict(ordinal, column, place);
      furthest[column] = Math.max(furthest[column] ?? 0, ordinal);
      if (ordinal < first) return end;
      sayings.holdEnd(ordinal, column, end);
      return undefined;
    },
    takesReadings(network) {
      readingNetworks.add(network);
    },
    async *settled(isEnd) {
      while (first < slots.end) {
        const mustGo = slots.end - first > livesMax;
        if (!mustGo && isOpen(first, isEnd)) return;
        const life = await lifeOf(first, isEnd);
        first += 1;
        if (life !== undefined) yield life;
      }
    },
    [Symbol.asyncDispose]: () => sayings.close(),
  };
};
