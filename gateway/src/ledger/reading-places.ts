import type { Offset } from '../journal/contract.ts';

/** Readings whose device is at hand until a network has answered for them, ten bytes each; of others it is read again. */
export const PLACES_MAX = 1 << 17;

/** Which device each of the latest readings is of, by its place in the journal. */
export interface ReadingPlaces {
  /** Offsets must come in order. */
  add(offset: Offset, device: string): void;
  /** Undefined where that is forgotten, or was never told. */
  deviceAt(offset: Offset): string | undefined;
}

export const newReadingPlaces = (max: number = PLACES_MAX): ReadingPlaces => {
  const offsets = new BigUint64Array(max);
  const devices = new Uint16Array(max);
  const names: string[] = [''];
  const numbers = new Map<string, number>();
  let count = 0;

  const numberOf = (device: string): number => {
    const known = numbers.get(device);
    if (known !== undefined) return known;
    // A box has 64 devices at most; names beyond what a number holds are not told apart.
    const number = names.length > 0xffff ? 0 : names.push(device) - 1;
    numbers.set(device, number);
    return number;
  };

  return {
    add(offset, device) {
      offsets[count % max] = offset;
      devices[count % max] = numberOf(device);
      count += 1;
    },
    deviceAt(offset) {
      let low = Math.max(0, count - max);
      let high = count;
      while (low < high) {
        const middle = low + ((high - low) >> 1);
        if ((offsets[middle % max] ?? 0n) < offset) low = middle + 1;
        else high = middle;
      }
      return low < count && offsets[low % max] === offset ? names[devices[low % max] ?? 0] : undefined;
    },
  };
};
