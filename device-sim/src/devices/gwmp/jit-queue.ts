import type { DownlinkItem } from '@outpost/schemas/words';

/** Microseconds of jitqueue.c: what a transmission needs before it, between two, and how far ahead one may be asked for. */
const START_DELAY_US = 1_500;
const MARGIN_US = 1_000;
const JIT_DELAY_US = 40_000;
const ADVANCE_MAX_US = 4 * 128_000_000;
const QUEUE_MAX = 32;

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

const collides = (a: Planned, b: Planned): boolean => {
  const [first, second] = a.startUs <= b.startUs ? [a, b] : [b, a];
  return second.startUs - first.startUs <= START_DELAY_US + JIT_DELAY_US + first.airtimeUs + MARGIN_US;
};

/** Moments at which something may be sent at once: now, and after each of what is planned. */
const gaps = (queue: readonly Planned[], nowUs: number): readonly number[] => {
  const lead = START_DELAY_US + JIT_DELAY_US + 2 * MARGIN_US;
  return [nowUs + lead, ...queue.map(({ startUs, airtimeUs }) => startUs + airtimeUs + lead)].filter(
    (each) => each >= nowUs + lead,
  );
};

/**
 * Plans a transmission or says why not, as jit_enqueue does (sx1302_hal: packet_forwarder/src/jitqueue.c).
 * @param startUs by the counter without its wraps; undefined: as soon as there is room
 */
export const plan = (
  queue: readonly Planned[],
  item: DownlinkItem,
  airtimeUs: number,
  startUs: number | undefined,
  nowUs: number,
): readonly Planned[] | JitError => {
  if (queue.length >= QUEUE_MAX) return 'COLLISION_PACKET';
  if (startUs === undefined) {
    for (const at of gaps(queue, nowUs)) {
      const planned = { item, airtimeUs, startUs: at };
      if (!queue.some((each) => collides(each, planned))) return [...queue, planned];
    }
    return 'COLLISION_PACKET';
  }
  const ahead = aheadUs(startUs, nowUs);
  if (ahead <= START_DELAY_US + MARGIN_US + JIT_DELAY_US) return 'TOO_LATE';
  if (ahead > ADVANCE_MAX_US) return 'TOO_EARLY';
  const planned = { item, airtimeUs, startUs: nowUs + ahead };
  return queue.some((each) => collides(each, planned)) ? 'COLLISION_PACKET' : [...queue, planned];
};

/** When the next one is handed to the concentrator; undefined where none waits. */
export const nextHandoverUs = (queue: readonly Planned[]): number | undefined =>
  queue.reduce<number | undefined>((first, { startUs }) => {
    const at = startUs - JIT_DELAY_US;
    return first === undefined || at < first ? at : first;
  }, undefined);

export const isHandedOver = ({ startUs }: Planned, nowUs: number): boolean => startUs - JIT_DELAY_US <= nowUs;
