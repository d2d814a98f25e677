import type { DownlinkItem } from '@outpost/schemas/words';

/** How a program times transmissions; all in µs. */
export interface TimingRules {
  /** What asks for less than this before its start is too late. */
  readonly leadUs: number;
  /** From the end of one to the start of the next. */
  readonly gapUs: number;
  readonly advanceMaxUs: number;
  readonly queueMax: number;
  /** So long before its start one is handed to the concentrator. */
  readonly handoverUs: number;
}

const [START_DELAY_US, MARGIN_US, JIT_DELAY_US] = [1_500, 1_000, 40_000] as const;

/** The packet forwarder's (sx1302_hal: packet_forwarder/src/jitqueue.c). */
export const FORWARDER_TIMING: TimingRules = {
  leadUs: START_DELAY_US + MARGIN_US + JIT_DELAY_US,
  gapUs: START_DELAY_US + JIT_DELAY_US + MARGIN_US,
  advanceMaxUs: 4 * 128_000_000,
  queueMax: 32,
  handoverUs: JIT_DELAY_US,
};

const COUNTER_US = 2 ** 32;

/** A transmission that waits for its moment, by the counter without its wraps. */
export interface Planned {
  readonly item: DownlinkItem;
  readonly startUs: number;
  readonly airtimeUs: number;
}

export type JitError = 'TOO_LATE' | 'TOO_EARLY' | 'COLLISION_PACKET';

/** As unsigned arithmetic of 32 bits sees it: what has just passed is more than an hour ahead. */
const aheadUs = (startUs: number, nowUs: number): number =>
  (((startUs - nowUs) % COUNTER_US) + COUNTER_US) % COUNTER_US;

const collides = (a: Planned, b: Planned, { gapUs }: TimingRules): boolean => {
  const [first, second] = a.startUs <= b.startUs ? [a, b] : [b, a];
  return second.startUs - first.startUs <= first.airtimeUs + gapUs;
};

/** Moments at which something may be sent at once: now, and after each of what is planned. */
const gaps = (
  queue: readonly Planned[],
  nowUs: number,
  { leadUs, gapUs }: TimingRules,
): readonly number[] => {
  const lead = Math.max(leadUs, gapUs) + MARGIN_US;
  return [nowUs + lead, ...queue.map(({ startUs, airtimeUs }) => startUs + airtimeUs + lead)].filter(
    (each) => each >= nowUs + lead,
  );
};

/**
 * Plans a transmission or says why not, as jit_enqueue does.
 * @param startUs by the counter without its wraps; undefined: as soon as there is room
 */
export const plan = (
  queue: readonly Planned[],
  item: DownlinkItem,
  airtimeUs: number,
  startUs: number | undefined,
  nowUs: number,
  rules = FORWARDER_TIMING,
): readonly Planned[] | JitError => {
  if (queue.length >= rules.queueMax) return 'COLLISION_PACKET';
  if (startUs === undefined) {
    for (const at of gaps(queue, nowUs, rules)) {
      const planned = { item, airtimeUs, startUs: at };
      if (!queue.some((each) => collides(each, planned, rules))) return [...queue, planned];
    }
    return 'COLLISION_PACKET';
  }
  const ahead = aheadUs(startUs, nowUs);
  if (ahead <= rules.leadUs) return 'TOO_LATE';
  if (ahead > rules.advanceMaxUs) return 'TOO_EARLY';
  const planned = { item, airtimeUs, startUs: nowUs + ahead };
  return queue.some((each) => collides(each, planned, rules)) ? 'COLLISION_PACKET' : [...queue, planned];
};

/** When the next one is handed to the concentrator; undefined where none waits. */
export const nextHandoverUs = (
  queue: readonly Planned[],
  { handoverUs } = FORWARDER_TIMING,
): number | undefined =>
  queue.reduce<number | undefined>((first, { startUs }) => {
    const at = startUs - handoverUs;
    return first === undefined || at < first ? at : first;
  }, undefined);

export const isHandedOver = (
  { startUs }: Planned,
  nowUs: number,
  { handoverUs } = FORWARDER_TIMING,
): boolean => startUs - handoverUs <= nowUs;
