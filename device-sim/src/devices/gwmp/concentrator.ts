import { type Clock, type DownlinkItem, elapsedMs } from '@outpost/schemas/words';
import { isHandedOver, nextHandoverUs, type Planned, type TimingRules } from './jit-queue.ts';
import { planItem, type TransmitError, type Transmitter } from './transmission.ts';
import { createWaker } from './waker.ts';

export interface ConcentratorParts {
  readonly radio: Transmitter;
  readonly rules: TimingRules;
  readonly clock: Clock;
  /** What its counter shows now, µs. */
  readonly counterUs: number;
  /** Told of each frame when it is handed over. */
  onAir(planned: Planned): void;
}

/** A radio with a counter and a queue of what it is to send. */
export interface Concentrator {
  /** Its counter now, without its wraps, µs. */
  nowUs(): number;
  /** dBm that it is sent with, or why it is not. */
  take(item: DownlinkItem): number | TransmitError;
  /** Nothing is handed over any more. */
  stop(): void;
}

export const createConcentrator = (parts: ConcentratorParts): Concentrator => {
  const { radio, rules, clock, counterUs } = parts;
  const begun = clock.mono();
  const nowUs = (): number => Math.floor(counterUs + elapsedMs(begun, clock.mono()) * 1_000);
  let queue: readonly Planned[] = [];
  const handOver = (): void => {
    const now = nowUs();
    const due = queue.filter((each) => isHandedOver(each, now, rules));
    queue = queue.filter((each) => !due.includes(each));
    for (const each of due.toSorted((a, b) => a.startUs - b.startUs)) parts.onAir(each);
    const nextUs = nextHandoverUs(queue, rules);
    if (nextUs !== undefined) waker.at(Math.max(1, (nextUs - nowUs()) / 1_000));
  };
  const waker = createWaker(clock, handOver);
  return {
    nowUs,
    take: (item) => {
      const taken = planItem(radio, queue, item, nowUs(), rules);
      if (typeof taken === 'string') return taken;
      queue = taken.queue;
      handOver();
      return taken.powerDbm;
    },
    stop: waker.stop,
  };
};
