/** Whether somebody may send one more now; each has as many in hand as he gets in a second. */
export type Bucket = (who: string, nowMs: number) => boolean;

/** Who sends is forgotten beyond this; he begins anew with a full hand. */
const SENDERS_MAX = 1_000;

/** As the newer node has it where its operator asks for it: by certificate or by address. */
export const openBucket = (perSecondMax: number): Bucket => {
  const hands = new Map<string, { tokens: number; atMs: number }>();
  return (who, nowMs) => {
    const { tokens, atMs } = hands.get(who) ?? { tokens: perSecondMax, atMs: nowMs };
    const now = Math.min(perSecondMax, tokens + ((nowMs - atMs) / 1_000) * perSecondMax);
    if (!hands.has(who) && hands.size >= SENDERS_MAX) hands.clear();
    hands.set(who, { tokens: now < 1 ? now : now - 1, atMs: nowMs });
    return now >= 1;
  };
};
