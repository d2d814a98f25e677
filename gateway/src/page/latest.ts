import { signalById } from '@outpost/schemas/vehicle';
import type { Observation } from '@outpost/schemas/words';
import { createHeard, type HeardView } from './heard.ts';

/** Signals of devices that are remembered; beyond it new ones are not shown. */
const VALUES_MAX = 4_096;
const TEXT_MAX = 200;

/** What a device last said of one thing. */
export interface LatestValue {
  readonly device: string;
  readonly name: string;
  readonly unit: string;
  readonly value: number | string;
  /** Milliseconds since 1970, by this box's clock. */
  readonly atMs: number;
}

/** The newest values, for pages that are open now. */
export interface Latest {
  take(device: string, readings: readonly Observation[], atMs: number): void;
  /** What the hotspots behind a device hear. */
  hears(device: string, nowMs: number): readonly HeardView[];
  /** What has changed after `version`, and the version to ask with next. */
  since(version: number): { readonly version: number; readonly values: readonly LatestValue[] };
}

const saidIn = ({ body }: Observation): Pick<LatestValue, 'name' | 'unit' | 'value'> | undefined => {
  switch (body.kind) {
    case 'number': {
      const row = signalById(body.signal);
      return row === undefined
        ? undefined
        : { name: row.name, unit: row.unit, value: body.mantissa / 10 ** row.decimals };
    }
    case 'text': {
      const row = signalById(body.signal);
      return row === undefined
        ? undefined
        : { name: row.name, unit: '', value: body.text.slice(0, TEXT_MAX) };
    }
    case 'codes':
      return { name: `codes.${body.status}`, unit: '', value: body.codes.join(' ').slice(0, TEXT_MAX) };
    // Where it is and what it heard belong on a map; the rest are notes of the box itself.
    case 'position':
    case 'reception':
    case 'trip':
    case 'anchor':
    case 'gap':
    case 'identity':
    case 'redacted':
      return undefined;
  }
};

export const createLatest = (): Latest => {
  const values = new Map<string, LatestValue & { readonly version: number }>();
  const heard = createHeard();
  let version = 0;
  return {
    hears: heard.of,
    take: (device, readings, atMs) => {
      heard.take(device, readings, atMs);
      version += 1;
      for (const reading of readings) {
        const said = saidIn(reading);
        if (said === undefined) continue;
        const key = `${device}\n${said.name}`;
        if (values.size >= VALUES_MAX && !values.has(key)) continue;
        values.set(key, { device, ...said, atMs, version });
      }
    },
    since: (after) => ({
      version,
      values: [...values.values()]
        .filter((each) => each.version > after)
        .map(({ version: _, ...value }) => value),
    }),
  };
};
