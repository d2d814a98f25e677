import type { NumberBody, Origin, StreamId, TextBody, TimeTrust } from '@outpost/schemas/words';
import { seriesText } from './line.ts';
import { tagsProblem } from './point.ts';
import type { ReadingRecord } from './records.ts';

export type Tags = Readonly<Record<string, string>>;

/** Measurement and tags, which are the same for each point of a series. */
export interface Series {
  readonly measurement: string;
  readonly tags: Tags;
  /** In the line protocol; undefined where they cannot be stored. */
  readonly text: string | undefined;
}

/** What tells the series of one signal of one stream apart. */
interface Known {
  readonly ecu: number;
  readonly origin: Origin;
  readonly trust: TimeTrust;
  readonly gateway: string | undefined;
  readonly series: Series;
}

/** Remembers series, so that what is the same for many readings is worked out once. */
export interface SeriesMemory {
  of(
    record: ReadingRecord,
    body: NumberBody | TextBody,
    trust: TimeTrust,
    make: () => Omit<Series, 'text'>,
  ): Series;
}

/** Two lanes of 64 devices with 64 signals each; beyond it everything is worked out again. */
const SERIES_MAX = 8_192;

const isSame = (known: Known, { origin, gateway }: ReadingRecord, ecu: number, trust: TimeTrust): boolean =>
  known.ecu === ecu && known.origin === origin && known.trust === trust && known.gateway === gateway;

export const newSeriesMemory = (max: number = SERIES_MAX): SeriesMemory => {
  const streams = new Map<StreamId, Map<number, Known[]>>();
  let count = 0;

  const add = (record: ReadingRecord, { signal }: NumberBody | TextBody, known: Known): void => {
    if (count >= max) {
      streams.clear();
      count = 0;
    }
    count += 1;
    const signals = streams.get(record.stream) ?? new Map<number, Known[]>();
    streams.set(record.stream, signals);
    const those = signals.get(signal);
    if (those === undefined) signals.set(signal, [known]);
    else those.push(known);
  };

  return {
    of(record, body, trust, make) {
      const those = streams.get(record.stream)?.get(body.signal);
      for (const known of those ?? []) if (isSame(known, record, body.ecu, trust)) return known.series;
      const { measurement, tags } = make();
      const text = tagsProblem(measurement, tags) === undefined ? seriesText(measurement, tags) : undefined;
      const series = { measurement, tags, text };
      const { origin, gateway } = record;
      add(record, body, { ecu: body.ecu, origin, trust, gateway, series });
      return series;
    },
  };
};
