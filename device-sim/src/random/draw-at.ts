/** MurmurHash3's 32-bit finaliser (Austin Appleby, public domain): every input bit moves every output bit. */
const mix = (value: number): number => {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Odd, the golden ratio's fraction in 32 bits: neighbouring counters land far apart. */
const STRIDE = 0x9e3779b9;

/**
 * The draw number `index` of a numbered channel, from 0 (included) to 1 (excluded), without any state to carry.
 *
 * Pure step functions use it: what is drawn depends on the seed and the moment, not on how often something was asked.
 */
export const drawAt = (seed: number, channel: number, index: number): number => {
  const low = Math.imul(index >>> 0, STRIDE);
  const high = Math.floor(index / 2 ** 32) >>> 0;
  return mix(mix(mix(mix(seed >>> 0) + channel) ^ low) + high) / 2 ** 32;
};

/** Normal draws have channels of their own, so that no uniform draw repeats a part of them. */
const NORMAL_CHANNELS = 1 << 16;

/** About normal with mean 0 and deviation 1, within ±3.5 (the sum of four uniform draws). */
export const normalAt = (seed: number, channel: number, index: number): number => {
  let sum = 0;
  for (let part = 0; part < 4; part += 1) sum += drawAt(seed, NORMAL_CHANNELS + channel * 4 + part, index);
  return (sum - 2) * Math.sqrt(3);
};
