import { BURST_MS } from './limits.ts';

/** How much too early a sender's last message was, in milliseconds; 0 where it may go on at once. */
export type Pace = (nowMs: number) => number;

/** Spaces messages evenly (the generic cell rate algorithm): one number a connection, whatever the rate. */
export const newPace = (perSecondMax: number): Pace => {
  const costMs = 1_000 / perSecondMax;
  let paidUntilMs = 0;
  return (nowMs) => {
    paidUntilMs = Math.max(paidUntilMs, nowMs) + costMs;
    return Math.max(0, paidUntilMs - nowMs - BURST_MS);
  };
};
