import { rawGateway } from '@outpost/schemas/evidence';
import { signalById } from '@outpost/schemas/vehicle';
import { type Observation, toHex } from '@outpost/schemas/words';
import { createHeard, type HeardView } from './heard.ts';

/** Signals of devices that are remembered; beyond it new ones are not shown. */
const VALUES_MAX = 4_096;
const TEXT_MAX = 200;

/** What a device last said of one thing. */
export interface LatestValue {
  readonly device: string;
  readonly name: string;
  /** EUI of the LoRa gateway that says so, where the device stands for several. */
  readonly gateway?: string;
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

type Said = Pick<LatestValue, 'name' | 'unit' | 'value' | 'gateway'>;

/** What a LoRa gateway counts of itself, in the signal table. */
const OF_GATEWAY = 'Radio.Gateway.';
const degrees = (degreesE7: number): string => (degreesE7 / 1e7).toFixed(5);

/** What is shown of a reading; where it was in full, and what it heard, belong on a map. */
const saidIn = ({ body, raw }: Observation): readonly Said[] => {
  switch (body.kind) {
    case 'number': {
      const row = signalById(body.signal);
      if (row === undefined) return [];
      const said = { name: row.name, unit: row.unit, value: body.mantissa / 10 ** row.decimals };
      const gateway = row.name.startsWith(OF_GATEWAY) ? rawGateway(raw)?.eui : undefined;
      return [gateway === undefined ? said : { ...said, gateway }];
    }
    case 'text': {
      const row = signalById(body.signal);
      return row === undefined ? [] : [{ name: row.name, unit: '', value: body.text.slice(0, TEXT_MAX) }];
    }
    case 'codes':
      return [{ name: `codes.${body.status}`, unit: '', value: body.codes.join(' ').slice(0, TEXT_MAX) }];
    case 'position':
      return [{ name: 'Place', unit: '', value: `${degrees(body.latitude)}, ${degrees(body.longitude)}` }];
    case 'reception': {
      const { rssiDeciDbm, direction, gateway } = body;
      if (rssiDeciDbm === undefined || direction !== 'heard') return [];
      const said = { name: 'Signal of the last frame', unit: 'dBm', value: rssiDeciDbm / 10 };
      return [gateway === undefined ? said : { ...said, gateway: toHex(gateway) }];
    }
    // The rest are notes of the box itself.
    case 'trip':
    case 'anchor':
    case 'gap':
    case 'identity':
    case 'redacted':
      return [];
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
        for (const said of saidIn(reading)) {
          const key = `${device}\n${said.name}\n${said.gateway ?? ''}`;
          if (values.size >= VALUES_MAX && !values.has(key)) continue;
          values.set(key, { device, ...said, atMs, version });
        }
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
