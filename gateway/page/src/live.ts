import type { Status } from '../../src/control/status.ts';
import type { LatestValue } from '../../src/page/latest.ts';
import { createTopics, type Topic } from './topic.ts';

/** Points of one sparkline; beyond it the oldest go. At five a second that is the last minute. */
const POINTS_MAX = 300;
/** Series of one page; beyond it new ones are not shown. The box remembers as many. */
const SERIES_MAX = 4_096;
/** How long until a box that refused is asked who we are to it. */
const AGAIN_MS = 2_000;

/** What one device said of one thing since this page is open. */
export interface Series extends Topic {
  readonly name: string;
  readonly unit: string;
  latest: LatestValue;
  /** Oldest first; empty for texts. */
  readonly points: number[];
}

/** The series of one device, by name and gateway; changes where one is new. */
export interface DeviceSeries extends Topic {
  readonly series: Map<string, Series>;
}

export interface Live {
  /** Changes with `current` and `rate`. */
  readonly status: Topic & {
    current: Status | undefined;
    /** The first one of this page: what has come since is new to whoever looks at it. */
    first: Status | undefined;
    perSecond: number | undefined;
  };
  /** Offers that somebody does not want to see any more. */
  readonly dismissed: Set<string>;
  /** Whether the box answers. */
  readonly line: Topic & { isOpen: boolean };
  of(device: string): DeviceSeries;
  close(): void;
}

/** Follows `/api/live` for as long as the page is open; `ended` is told when the box wants to know again who asks. */
export const openLive = (ended: () => void): Live => {
  const topic = createTopics();
  const status: Live['status'] = Object.assign(topic(), {
    current: undefined,
    first: undefined,
    perSecond: undefined,
  });
  const line = Object.assign(topic(), { isOpen: false });
  const devices = new Map<string, DeviceSeries>();
  let count = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const of = (device: string): DeviceSeries => {
    const known = devices.get(device) ?? Object.assign(topic(), { series: new Map<string, Series>() });
    devices.set(device, known);
    return known;
  };

  const take = (said: LatestValue): void => {
    const device = of(said.device);
    const key = `${said.name}\n${said.gateway ?? ''}`;
    let series = device.series.get(key);
    if (series === undefined) {
      if (count >= SERIES_MAX) return;
      count += 1;
      series = Object.assign(topic(), { name: said.name, unit: said.unit, latest: said, points: [] });
      device.series.set(key, series);
      device.changed();
    }
    series.latest = said;
    if (typeof said.value === 'number') series.points.push(said.value);
    if (series.points.length > POINTS_MAX) series.points.shift();
    series.changed();
  };

  const open = (isOpen: boolean): void => {
    line.isOpen = isOpen;
    line.changed();
  };

  const source = new EventSource('/api/live');
  source.onopen = () => open(true);
  source.onerror = () => {
    open(false);
    // A browser comes back by itself where the line broke; where it was refused it does not.
    if (source.readyState === EventSource.CLOSED) waiting = setTimeout(ended, AGAIN_MS);
  };
  source.addEventListener('values', ({ data }) => {
    for (const said of (JSON.parse(data) as { values: LatestValue[] }).values) take(said);
  });
  source.addEventListener('status', ({ data }) => {
    const [before, now] = [status.current, JSON.parse(data) as Status];
    const seconds = before === undefined ? 0 : now.upSeconds - before.upSeconds;
    if (before !== undefined && seconds > 0) {
      status.perSecond = (now.record.made - before.record.made) / seconds;
    }
    status.current = now;
    // A box that was started anew counts anew.
    if (before === undefined || seconds < 0) status.first = now;
    status.changed();
  });

  const close = (): void => {
    clearTimeout(waiting);
    source.close();
  };
  return { status, dismissed: new Set(), line, of, close };
};
