/** What a pin did: whoever drives a servo or a lamp speaks by how long it is high. */
export interface Pulse {
  readonly highUs: number;
  /** From one rise to the next. */
  readonly periodUs: number;
}

export interface PulseWatch {
  level(isHigh: boolean, atUs: number): void;
  /** The last whole one; undefined where the pin has stood still for longer than two servo pulses are apart. */
  last(nowUs: number): Pulse | undefined;
}

/** Servos are told every 20 ms. */
const STALE_US = 50_000;

export const watchPulses = (): PulseWatch => {
  let rose: number | undefined;
  let highUs = 0;
  let pulse: Pulse | undefined;
  let seenAt = 0;
  return {
    level: (isHigh, atUs) => {
      if (!isHigh) {
        if (rose !== undefined) highUs = atUs - rose;
        return;
      }
      if (rose !== undefined && highUs > 0) {
        pulse = { highUs, periodUs: atUs - rose };
        seenAt = atUs;
      }
      rose = atUs;
      highUs = 0;
    },
    last: (nowUs) => (nowUs - seenAt > STALE_US ? undefined : pulse),
  };
};
