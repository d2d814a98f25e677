/** Which draw belongs to what: one number each, so that no two read the same chance. */
export const CHANNEL = {
  idle: 1,
  spark: 2,
  trim: 3,
  ripple: 4,
  oxygen: 5,
  latency: 7,
  adapter: 8,
  fault: 9,
  hand: 10,
  vapour: 11,
  identity: 12,
  pack: 13,
  road: 14,
  day: 15,
  past: 16,
  pending: 17,
} as const;
