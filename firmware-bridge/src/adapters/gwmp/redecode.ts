import { itemAirtimeUs } from '@outpost/schemas/radio';
import type { Body, ReceptionBody, TransmitAt } from '@outpost/schemas/words';
import { eventWire } from './codec.ts';
import { euiBytes, euiOf, GATEWAY_HEAD_BYTES, ID, readHead, withoutTail } from './datagram.ts';
import { isMembers, readMembers } from './members.ts';
import { readTxAck, type TxAck } from './tx-ack.ts';
import { readTxpk, wholeDbm } from './txpk.ts';

/** No JSON holds it, so it can stand between two. */
const BETWEEN = 0x00;

const endOf = (at: TransmitAt, ack: TxAck, airtime: number | undefined): number | undefined => {
  const start = at.kind === 'count' ? at.tmst : ack.tmst;
  return start === undefined || airtime === undefined ? undefined : (start + Math.round(airtime)) % 2 ** 32;
};

/**
 * What stands in a leaf for a frame that a gateway sent: head and EUI of the answer, the transmission as it was asked
 * for, a zero byte, and what the gateway said to it.
 * @param resp the PULL_RESP
 * @param ack the TX_ACK
 */
export const sentRaw = (resp: Uint8Array, ack: Uint8Array): Uint8Array => {
  const asked = resp.subarray(4);
  const answered = withoutTail(ack, GATEWAY_HEAD_BYTES);
  const raw = new Uint8Array(GATEWAY_HEAD_BYTES + asked.length + 1 + answered.length);
  raw.set(resp.subarray(0, 4));
  raw.set(ack.subarray(4, GATEWAY_HEAD_BYTES), 4);
  raw.set(asked, GATEWAY_HEAD_BYTES);
  raw[GATEWAY_HEAD_BYTES + asked.length] = BETWEEN;
  raw.set(answered, GATEWAY_HEAD_BYTES + asked.length + 1);
  return raw;
};

/** The frame that a gateway said it sends; undefined where the bytes do not say so. */
export const sentBody = (raw: Uint8Array): ReceptionBody | undefined => {
  const between = raw.indexOf(BETWEEN, GATEWAY_HEAD_BYTES);
  if (between < 0) return undefined;
  const asked = readMembers(raw.subarray(GATEWAY_HEAD_BYTES, between));
  const ack = readTxAck(raw.subarray(between + 1));
  const txpk = asked.ok ? asked.value['txpk'] : undefined;
  if (!isMembers(txpk) || !ack.ok || ack.value.error !== undefined) return undefined;
  const item = readTxpk(txpk);
  if (!item.ok) return undefined;
  const { phy, at, frequencyHz, powerDbm, modulation, noCrc } = item.value;
  return {
    kind: 'reception',
    direction: 'sent',
    gateway: euiBytes(euiOf(raw)),
    phy,
    crc: noCrc ? 'none' : 'ok',
    frequencyHz,
    modulation,
    rssiDeciDbm: undefined,
    signalRssiDeciDbm: undefined,
    snrDeciDb: undefined,
    powerDeciDbm: 10 * (ack.value.powerDbm ?? wholeDbm(powerDbm)),
    tmst: endOf(at, ack.value, itemAirtimeUs(item.value)),
    gatewayTime: undefined,
    fineNs: undefined,
    frequencyOffsetHz: undefined,
    channel: undefined,
    rfChain: undefined,
    antenna: undefined,
    location: undefined,
  };
};

/** What the raw bytes of a reading say: one item among its siblings, or a frame that was sent. */
export const redecode = (raw: Uint8Array): readonly Body[] => {
  const head = readHead(raw);
  if (head.ok && head.value.id === ID.pullResp) {
    const sent = sentBody(raw);
    return sent === undefined ? [] : [sent];
  }
  return eventWire.decode(raw).flatMap(({ result }): readonly Body[] => {
    if (!result.ok) return [];
    const event = result.value;
    return event.kind === 'heard' || event.kind === 'stat' ? event.bodies : [];
  });
};
