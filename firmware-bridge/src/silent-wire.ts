import type { Wire } from './wire.ts';

/** A direction in which nothing is ever said: what arrives on it is thrown away. */
export const silentWire: Wire<never> = {
  tailMaxBytes: 0,
  cut: (_tail, chunk) => ({ frames: [], tail: new Uint8Array(0), discardedBytes: chunk.length }),
  decode: () => [],
  encode: (value) => value,
};
