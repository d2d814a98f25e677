import type { Message } from '@outpost/firmware-bridge';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { type Body, type NumberBody, type StreamId, toHex } from '@outpost/schemas/words';
import type { LiveDelivery } from '../contract.ts';
import { originalOf, type Style, statsMessage, uplinkMessage } from './codec.ts';

/** Gateways whose identifier is remembered; the one heard longest ago makes room. */
const GATEWAYS_MAX = 4_096;

/** The first count of a statistic and the last one that every kind of gateway gives. */
const FIRST = GATEWAY_SIGNALS.received.id;
const LAST = GATEWAY_SIGNALS.transmitted.id;
const COUNTS: ReadonlySet<number> = new Set([
  FIRST,
  GATEWAY_SIGNALS.receivedOk.id,
  GATEWAY_SIGNALS.downlinks.id,
  LAST,
]);

interface Gateway {
  readonly eui: string;
  /** Which device of this box reports it. */
  readonly device: string;
  readonly counts: Map<number, Body>;
}

/** What readings become on their way to a ChirpStack. */
export interface Outgoing {
  /** Pure. */
  wants(delivery: LiveDelivery): boolean;
  /**
   * `with-another`: it is part of a message that goes with another reading. `no-gateway`: a count of a gateway that
   * was not heard to receive anything since the program started, so that its identifier is not known.
   */
  messageOf(delivery: LiveDelivery): Message | 'with-another' | 'no-gateway';
  /** Which device of this box reported that gateway last. */
  deviceOf(eui: string): string | undefined;
}

const shortOf = (gateway: Uint8Array): number =>
  new DataView(gateway.buffer, gateway.byteOffset).getUint32(4);

const deviceOfStream = (stream: StreamId): string => stream.slice(0, stream.indexOf('/'));

const isCount = (body: Body): body is NumberBody => body.kind === 'number' && COUNTS.has(body.signal);

/** Damaged frames and those without a CRC are evidence, and of no use to a network server. */
const isUplink = (body: Body): boolean =>
  body.kind === 'reception' &&
  body.direction === 'heard' &&
  body.gateway !== undefined &&
  (body.crc === 'ok' || body.crc === 'unknown');

/**
 * Messages that came from a gateway of ChirpStack's own kind go on as they came, byte for byte, under the prefix of the
 * network. All others are written from what the readings say: an uplink from its reception, a statistic from its counts,
 * once the gateway behind them is known from a frame that it heard.
 */
export const createOutgoing = (style: Style): Outgoing => {
  /** By the end of the identifier and the device, which is all that a count says of its gateway. */
  const byShort = new Map<string, Gateway>();
  const byEui = new Map<string, Gateway>();
  const keyOf = (device: string, short: number): string => `${short} ${device}`;

  const learn = (stream: StreamId, gateway: Uint8Array): Gateway => {
    const device = deviceOfStream(stream);
    const key = keyOf(device, shortOf(gateway));
    const eui = toHex(gateway);
    const before = byShort.get(key);
    const known = before?.eui === eui ? before : { eui, device, counts: new Map<number, Body>() };
    byShort.delete(key);
    byShort.set(key, known);
    byEui.delete(eui);
    byEui.set(eui, known);
    for (const map of [byShort, byEui]) {
      const oldest = map.size > GATEWAYS_MAX ? map.keys().next().value : undefined;
      if (oldest !== undefined) map.delete(oldest);
    }
    return known;
  };

  const statistic = (delivery: LiveDelivery, body: NumberBody): Message | 'with-another' | 'no-gateway' => {
    const gateway = byShort.get(keyOf(deviceOfStream(delivery.stream), body.ecu));
    if (gateway === undefined) return 'no-gateway';
    if (body.signal === FIRST) gateway.counts.clear();
    gateway.counts.set(body.signal, body);
    // Whoever was sent the first ones in an earlier run is sent no half of a statistic in this one.
    if (body.signal !== LAST || !gateway.counts.has(FIRST)) return 'with-another';
    return statsMessage(style, delivery, gateway.eui, [...gateway.counts.values()]);
  };

  return {
    wants: ({ body }) => isUplink(body) || isCount(body),
    messageOf: (delivery) => {
      const { body, stream } = delivery;
      const original = originalOf(style, delivery);
      if (body.kind === 'reception' && body.gateway !== undefined) {
        learn(stream, body.gateway);
        return original ?? uplinkMessage(style, delivery, body, body.gateway);
      }
      if (!isCount(body)) throw new Error(`A reading of kind "${body.kind}" was not wanted.`);
      // One message, and four readings of it.
      if (original !== undefined) return body.signal === FIRST ? original : 'with-another';
      return statistic(delivery, body);
    },
    deviceOf: (eui) => byEui.get(eui)?.device,
  };
};
