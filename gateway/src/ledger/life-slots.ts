import type { Offset } from '../journal/contract.ts';

/**
 * Attestations that are remembered at once, the latest of all: 37 bytes each and 8 for every network, so 12 MB with two
 * networks and 43 MB with sixteen.
 */
export const SLOTS_MAX = 1 << 18;
/** Networks that are told apart; a box has 16, and the journal may name former ones. */
export const COLUMNS_MAX = 32;

/** Enough of a hash that no two are the same. */
const NAME_BYTES = 16;
const NAME_WORDS = NAME_BYTES / 4;
/** Memory is taken in steps of so many slots, so that a small journal needs little. */
const CHUNK = 1 << 13;
const HEADS = 1 << 16;

interface Chunk {
  readonly names: Uint32Array;
  readonly places: Float64Array;
  readonly nexts: Int32Array;
  readonly isReal: Uint8Array;
  /** By network: where its verdict stands, and one; 0 where there is none. */
  readonly ends: (Float64Array | undefined)[];
}

/**
 * What has to be known of an attestation until every network has answered, and of those behind it so that an answer that
 * was written twice counts once: where it stands, its name, and where its verdicts stand. All else is read again.
 */
export interface LifeSlots {
  /** The first ordinal that is remembered, and one past the last; the latest takes the place of the first. */
  readonly start: number;
  readonly end: number;
  /** @param isReal nothing says that it must not be shown to a network that pays for the real thing */
  add(hash: Uint8Array, place: Offset, isReal: boolean): void;
  find(hash: Uint8Array): number | undefined;
  placeOf(ordinal: number): Offset;
  isReal(ordinal: number): boolean;
  verdictOf(ordinal: number, column: number): Offset | undefined;
  setVerdict(ordinal: number, column: number, place: Offset): void;
}

const newChunk = (size: number): Chunk => ({
  names: new Uint32Array(size * NAME_WORDS),
  places: new Float64Array(size),
  nexts: new Int32Array(size),
  isReal: new Uint8Array(size),
  ends: [],
});

/** The beginning of a hash; of what is shorter than any hash the rest counts as zeros. */
const wordsOf = (hash: Uint8Array): Uint32Array => {
  const words = new Uint32Array(NAME_WORDS);
  for (let index = 0; index < NAME_BYTES; index += 1) {
    const word = index >> 2;
    words[word] = ((words[word] ?? 0) << 8) | (hash[index] ?? 0);
  }
  return words;
};

export const newLifeSlots = (max: number = SLOTS_MAX): LifeSlots => {
  const size = Math.min(CHUNK, max);
  const chunks: (Chunk | undefined)[] = [];
  /** Attestations with the same beginning hang together, by ordinal and one, the latest first. */
  const heads = new Float64Array(HEADS);
  let start = 0;
  let end = 0;

  const at = (ordinal: number): readonly [Chunk, number] => {
    const slot = ordinal % max;
    const index = Math.floor(slot / size);
    let chunk = chunks[index];
    if (chunk === undefined) {
      chunk = newChunk(size);
      chunks[index] = chunk;
    }
    return [chunk, slot % size];
  };

  const headOf = (word: number): number => word % HEADS;

  /** How far back the next one with the same beginning is; those that are no longer remembered end the chain. */
  const before = (ordinal: number): number => {
    const [chunk, slot] = at(ordinal);
    const back = chunk.nexts[slot] ?? 0;
    return back === 0 ? -1 : ordinal - back;
  };

  const isNamed = (ordinal: number, words: Uint32Array): boolean => {
    const [{ names }, slot] = at(ordinal);
    return words.every((word, index) => names[slot * NAME_WORDS + index] === word);
  };

  return {
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    add(hash, place, isReal) {
      const ordinal = end;
      end += 1;
      if (end - start > max) start = end - max;
      const [chunk, slot] = at(ordinal);
      const words = wordsOf(hash);
      const head = headOf(words[0] ?? 0);
      const last = (heads[head] ?? 0) - 1;
      chunk.names.set(words, slot * NAME_WORDS);
      chunk.places[slot] = Number(place);
      chunk.nexts[slot] = last < start ? 0 : ordinal - last;
      chunk.isReal[slot] = isReal ? 1 : 0;
      for (const column of chunk.ends) column?.fill(0, slot, slot + 1);
      heads[head] = ordinal + 1;
    },
    find(hash) {
      const words = wordsOf(hash);
      for (
        let ordinal = (heads[headOf(words[0] ?? 0)] ?? 0) - 1;
        ordinal >= start;
        ordinal = before(ordinal)
      ) {
        if (isNamed(ordinal, words)) return ordinal;
      }
      return undefined;
    },
    placeOf(ordinal) {
      const [{ places }, slot] = at(ordinal);
      return BigInt(places[slot] ?? 0) as Offset;
    },
    isReal(ordinal) {
      const [{ isReal }, slot] = at(ordinal);
      return isReal[slot] === 1;
    },
    verdictOf(ordinal, column) {
      const [{ ends }, slot] = at(ordinal);
      const place = ends[column]?.[slot] ?? 0;
      return place === 0 ? undefined : (BigInt(place - 1) as Offset);
    },
    setVerdict(ordinal, column, place) {
      const [{ ends }, slot] = at(ordinal);
      const places = ends[column] ?? new Float64Array(size);
      ends[column] = places;
      places[slot] = Number(place) + 1;
    },
  };
};
