import { itemAirtimeUs } from '@outpost/schemas/radio';
import type { DownlinkItem } from '@outpost/schemas/words';
import { FORWARDER_TIMING, type JitError, type Planned, plan, type TimingRules } from './jit-queue.ts';

/** What a concentrator can send. */
export interface Transmitter {
  readonly txHz: readonly [from: number, to: number];
  /** dBm that its amplifier can be set to, ascending. */
  readonly powersDbm: readonly number[];
  /** Milliseconds of GPS when its counter was 0; undefined without satellites. */
  readonly gpsAtZeroMs: number | undefined;
}

export type TransmitError = JitError | 'GPS_UNLOCKED' | 'TX_FREQ';

export interface Taken {
  readonly queue: readonly Planned[];
  /** What it is really sent with. */
  readonly powerDbm: number;
}

/** Undefined where it has no time to send it at; the counter's wraps are those that are nearest ahead. */
const startOf = ({ gpsAtZeroMs }: Transmitter, { at }: DownlinkItem): number | 'at-once' | undefined => {
  switch (at.kind) {
    case 'immediately':
      return 'at-once';
    case 'count':
      return at.tmst;
    case 'gps':
      return gpsAtZeroMs === undefined ? undefined : (at.tmms - gpsAtZeroMs) * 1_000;
  }
};

/** Plans a transmission with the power that is nearest below, or says why not. */
export const planItem = (
  radio: Transmitter,
  queue: readonly Planned[],
  item: DownlinkItem,
  nowUs: number,
  rules: TimingRules = FORWARDER_TIMING,
): Taken | TransmitError => {
  const start = startOf(radio, item);
  if (start === undefined) return 'GPS_UNLOCKED';
  const [from, to] = radio.txHz;
  if (item.frequencyHz < from || item.frequencyHz > to) return 'TX_FREQ';
  const powerDbm =
    radio.powersDbm.findLast((each) => each <= item.powerDbm) ?? radio.powersDbm[0] ?? item.powerDbm;
  const startUs = start === 'at-once' ? undefined : start;
  const planned = plan(queue, { ...item, powerDbm }, itemAirtimeUs(item) ?? 0, startUs, nowUs, rules);
  return typeof planned === 'string' ? planned : { queue: planned, powerDbm };
};
