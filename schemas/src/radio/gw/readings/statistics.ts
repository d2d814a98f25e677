import { type Body, fromHex, type PositionBody } from '../../../words/index.ts';
import { GATEWAY_SIGNALS } from '../../statistics.ts';
import type { Given, ValueOf } from '../field.ts';
import type { GATEWAY_STATS } from '../gateway.ts';
import { placeOf, writePlace } from './place.ts';

export type GatewayStats = ValueOf<typeof GATEWAY_STATS>;

type Count = 'rxPacketsReceived' | 'rxPacketsReceivedOk' | 'txPacketsReceived' | 'txPacketsEmitted';

const COUNTS: readonly (readonly [field: Count, signal: number])[] = [
  ['rxPacketsReceived', GATEWAY_SIGNALS.received.id],
  ['rxPacketsReceivedOk', GATEWAY_SIGNALS.receivedOk.id],
  ['txPacketsReceived', GATEWAY_SIGNALS.downlinks.id],
  ['txPacketsEmitted', GATEWAY_SIGNALS.transmitted.id],
];

const positionOf = ({ location }: GatewayStats): PositionBody | undefined => {
  const place = placeOf(location);
  if (place === undefined) return undefined;
  return {
    kind: 'position',
    fix: place.source === 'gnss' ? '3d' : 'estimated',
    latitude: place.latitude,
    longitude: place.longitude,
    altitudeCm: place.altitudeCm,
    speedCmS: undefined,
    courseCdeg: undefined,
    hdopCenti: undefined,
    satellites: undefined,
    fixedAt: undefined,
  };
};

/** The last four bytes of the EUI tell gateways apart. */
const shortOf = (gateway: string): number => {
  const eui = fromHex(gateway) ?? new Uint8Array(8);
  return new DataView(eui.buffer).getUint32(4);
};

/** The four counts of one interval, and the place where the gateway says one. */
export const statisticsOf = (stats: GatewayStats, gateway: string): readonly Body[] => {
  const ecu = shortOf(gateway);
  const counts = COUNTS.map(
    ([field, signal]): Body => ({ kind: 'number', signal, mantissa: stats[field], ecu }),
  );
  const position = positionOf(stats);
  return position === undefined ? counts : [...counts, position];
};

/** The fields that such readings become again; readings of other signals say nothing here. */
export const writeStatistics = (bodies: readonly Body[]): Given<GatewayStats> => {
  const fields: Partial<Record<Count, number>> & { location?: NonNullable<Given<GatewayStats>['location']> } =
    {};
  for (const body of bodies) {
    if (body.kind === 'position') {
      const { latitude, longitude, altitudeCm, fix } = body;
      const source = fix === 'estimated' ? 'configured' : 'gnss';
      fields.location = writePlace({ latitude, longitude, altitudeCm, source });
    }
    const found = body.kind === 'number' ? COUNTS.find(([, signal]) => signal === body.signal) : undefined;
    if (found !== undefined && body.kind === 'number') fields[found[0]] = body.mantissa;
  }
  return fields;
};
