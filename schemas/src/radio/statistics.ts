import { PACES, type Signal, type Span } from '../vehicle/signal.ts';

const row = (id: number, name: string, span: Span, description: string): Signal => {
  const [unit, decimals, min, max] = span;
  return {
    id,
    name: `Radio.Gateway.${name}`,
    unit,
    decimals,
    min,
    max,
    minMantissa: Math.round(min * 10 ** decimals),
    maxMantissa: Math.round(max * 10 ** decimals),
    pace: 'minute',
    defaultIntervalMs: PACES.minute.intervalMs,
    priority: PACES.minute.priority,
    description,
  };
};

export type GatewayStatistic =
  | 'received'
  | 'receivedOk'
  | 'forwarded'
  | 'ackRatio'
  | 'downlinks'
  | 'transmitted'
  | 'temperature';

const COUNT: Span = ['count', 0, 0, 4_294_967_295];

/**
 * Identifiers 700 to 799: what a LoRa gateway says of itself. Counts are of the gateway's own interval, mostly half a
 * minute; some count from their start instead. The control unit of such a reading is the last four bytes of the EUI.
 */
// biome-ignore format: a table reads by columns
export const GATEWAY_SIGNALS: Readonly<Record<GatewayStatistic, Signal>> = {
  received: row(700, 'Received', COUNT, 'Frames that the radio received, damaged ones among them.'),
  receivedOk: row(701, 'ReceivedOk', COUNT, 'Frames with a CRC that held.'),
  forwarded: row(702, 'Forwarded', COUNT, 'Frames that the gateway passed on.'),
  ackRatio: row(703, 'AckRatio', ['percent', 1, 0, 100], 'Share of its datagrams that were acknowledged in time.'),
  downlinks: row(704, 'Downlinks', COUNT, 'Transmissions that it was asked for.'),
  transmitted: row(705, 'Transmitted', COUNT, 'Frames that it sent.'),
  temperature: row(706, 'Temperature', ['celsius', 1, -60, 200], 'Temperature of the concentrator.'),
};
