import { writeMessage } from '@outpost/firmware-bridge';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { DOWNLINK_FRAME, readGw, UPLINK_FRAME, writeGw } from '@outpost/schemas/radio/gw';
import {
  type Body,
  type Epoch,
  fromHex,
  type OrderId,
  type ReceptionBody,
  toHex,
  wallNs,
} from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import type { LiveDelivery } from '../contract.ts';
import { ackMessage, type Downlink, readCommand, statusesOf } from './codec.ts';
import { createOutgoing } from './outgoing.ts';
import { checkSettings } from './settings.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const EUI = vectors.gateway;
const STYLE = { prefix: 'eu868/', encoding: 'protobuf' } as const;

const reception: ReceptionBody = {
  kind: 'reception',
  direction: 'heard',
  gateway: fromHex(EUI),
  phy: Uint8Array.of(0x40, 1, 2, 3, 4),
  crc: 'ok',
  frequencyHz: 868_100_000,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  rssiDeciDbm: -1_070,
  signalRssiDeciDbm: undefined,
  snrDeciDb: 72,
  powerDeciDbm: undefined,
  tmst: 1_234,
  gatewayTime: undefined,
  fineNs: undefined,
  frequencyOffsetHz: undefined,
  channel: 2,
  rfChain: 0,
  antenna: 0,
  location: undefined,
};

const delivery = (body: Body, over: Partial<LiveDelivery> = {}): LiveDelivery => ({
  stream: 'roof/coverage',
  gatewayKey: new Uint8Array(32),
  deviceKey: new Uint8Array(32),
  epoch: new Uint8Array(16).fill(1) as Epoch,
  sequence: 5,
  wall: wallNs(1_800_000_000_000_000_000n),
  trust: 'ntp',
  origin: 'live',
  keyKind: 'file',
  body,
  raw: Uint8Array.of(2, 0, 0, 0),
  ...over,
});

const count = (signal: number, mantissa: number): Body => ({ kind: 'number', signal, mantissa, ecu: 0x101 });
const { received, receivedOk, downlinks, transmitted, forwarded } = GATEWAY_SIGNALS;
const COUNTS = [
  count(received.id, 9),
  count(receivedOk.id, 7),
  count(downlinks.id, 2),
  count(transmitted.id, 1),
];

const sent = (message: unknown): { readonly topic: string; readonly hex: string } => {
  if (typeof message !== 'object') throw new Error(`nothing is sent: ${String(message)}`);
  const { topic, payload } = message as { topic: string; payload: Uint8Array };
  return { topic, hex: toHex(payload) };
};

describe('what goes to a ChirpStack', () => {
  it('is an uplink byte for byte as the published package writes it', () => {
    const message = createOutgoing(STYLE).messageOf(delivery(reception));
    expect(sent(message)).toEqual({ topic: `eu868/gateway/${EUI}/event/up`, hex: vectors.uplink });
  });

  it('is a statistic of all counts together, of a gateway that is known, and again if need be', () => {
    const outgoing = createOutgoing(STYLE);
    expect(COUNTS.map((body) => outgoing.messageOf(delivery(body)))).toEqual(COUNTS.map(() => 'no-gateway'));
    outgoing.messageOf(delivery(reception));
    expect(outgoing.messageOf(delivery(COUNTS[3] as Body))).toBe('with-another');
    const [message, ...parts] = COUNTS.map((body) => outgoing.messageOf(delivery(body))).reverse();
    expect(parts).toEqual(['with-another', 'with-another', 'with-another']);
    const expected = { topic: `eu868/gateway/${EUI}/event/stats`, hex: vectors.stats };
    expect(sent(message)).toEqual(expected);
    expect(sent(outgoing.messageOf(delivery(COUNTS[3] as Body)))).toEqual(expected);
  });

  it('is the message of a ChirpStack gateway as it came, under the prefix of this network', () => {
    const payload = writeGw(
      UPLINK_FRAME,
      { rxInfo: { gatewayId: EUI, context: new Uint8Array(16) } },
      'json',
    );
    const raw = writeMessage({ topic: `us915/gateway/${EUI}/event/up`, payload });
    const message = createOutgoing(STYLE).messageOf(delivery(reception, { raw }));
    expect(sent(message)).toEqual({ topic: `eu868/gateway/${EUI}/event/up`, hex: toHex(payload) });
    const stats = writeMessage({ topic: `gateway/${EUI}/event/stats`, payload: Uint8Array.of(1) });
    const said = COUNTS.map((body) => createOutgoing(STYLE).messageOf(delivery(body, { raw: stats })));
    expect(sent(said[0])).toEqual({ topic: `eu868/gateway/${EUI}/event/stats`, hex: '01' });
    expect(said.slice(1)).toEqual(['with-another', 'with-another', 'with-another']);
  });

  it('is nothing that a network server cannot use', () => {
    const { wants } = createOutgoing(STYLE);
    expect(wants(delivery(reception))).toBe(true);
    expect(wants(delivery(COUNTS[0] as Body))).toBe(true);
    const others: Body[] = [
      { ...reception, crc: 'bad' },
      { ...reception, crc: 'none' },
      { ...reception, direction: 'sent' },
      { ...reception, gateway: undefined },
      count(forwarded.id, 1),
      { kind: 'gap', reason: 'disconnected', count: 0 },
    ];
    expect(others.filter((body) => wants(delivery(body)))).toEqual([]);
  });
});

describe('what comes back', () => {
  const downlink: Downlink = { gateway: EUI, downlinkId: 77, items: [] };
  const id = 'o' as OrderId;

  it('is a downlink with its time, or a fault in words', () => {
    const item = {
      phyPayload: Uint8Array.of(0x60),
      txInfo: {
        frequency: 868_100_000,
        power: 14,
        modulation: { lora: { bandwidth: 125_000, spreadingFactor: 7, codeRate: 'CR_4_5' as const } },
        timing: { delay: { delay: 5_000_000_000n } },
        context: Uint8Array.of(0, 0, 0, 1),
      },
    };
    const frame = { downlinkId: 77, gatewayId: EUI, items: [item] };
    const topic = `eu868/gateway/${EUI}/command/down`;
    for (const encoding of ['protobuf', 'json'] as const) {
      const payload = writeGw(DOWNLINK_FRAME, frame, encoding);
      expect(readGw(DOWNLINK_FRAME, payload).ok).toBe(true);
      expect(readCommand({ topic, payload })).toMatchObject({
        ok: true,
        value: {
          kind: 'down',
          downlink: { downlinkId: 77, items: [{ at: { kind: 'count', tmst: 5_000_001 } }] },
        },
      });
    }
    const other = writeGw(DOWNLINK_FRAME, { ...frame, gatewayId: 'x' }, 'protobuf');
    expect(readCommand({ topic, payload: other })).toMatchObject({ ok: false });
    expect(
      readCommand({ topic, payload: writeGw(DOWNLINK_FRAME, { gatewayId: EUI }, 'json') }),
    ).toMatchObject({
      fault: { words: 'a downlink has no items.' },
    });
    expect(readCommand({ topic: topic.replace('down', 'config'), payload: other })).toMatchObject({
      value: { kind: 'other' },
    });
  });

  it('is answered with one status for each item', () => {
    const late = { id, kind: 'done', words: '', item: 1 } as const;
    expect(statusesOf(late, 3)).toEqual(['IGNORED', 'OK', 'IGNORED']);
    const no = { id, kind: 'refused', code: 'time-out', words: '' } as const;
    expect(statusesOf(no, 2)).toEqual(['INTERNAL_ERROR', 'INTERNAL_ERROR']);
    expect(statusesOf({ ...no, code: 'duty-cycle', items: ['too-late', 'duty-cycle'] }, 2)).toEqual([
      'TOO_LATE',
      'DUTY_CYCLE_OVERFLOW',
    ]);
    expect(statusesOf({ ...no, code: 'busy' }, 1)).toEqual(['QUEUE_FULL']);
  });

  it('has its answer byte for byte as the published package writes it', () => {
    const items = [{}, {}] as unknown as Downlink['items'];
    const refusedThenSent = { id, kind: 'refused', code: 'x', words: '', items: ['too-late', 'ok'] } as const;
    const message = ackMessage(STYLE, { ...downlink, items }, refusedThenSent);
    expect(sent(message)).toEqual({ topic: `eu868/gateway/${EUI}/event/ack`, hex: vectors.ackLateThenSent });
  });
});

describe('the settings', () => {
  const check = (over: object) =>
    checkSettings({ name: 'lns', url: 'mqtt://localhost', options: {}, ...over });

  it.each([
    ['mqtt://localhost', ''],
    ['mqtts://localhost:8883/eu868?ca=/ca.pem', 'eu868/'],
    ['ws://localhost:8083/org/eu868/?path=/mqtt', 'org/eu868/'],
  ])('%s has the prefix "%s"', (url, prefix) => {
    const checked = check({ url });
    expect(checked).toMatchObject({ ok: true, value: { prefix, encoding: 'protobuf' } });
    if (checked.ok) expect(checked.value.address.pathname).toBe(`/${prefix}gateway/+/command/+`);
  });

  it.each([
    [{ url: 'http://localhost' }, 'is no address of a broker'],
    [{ url: 'mqtt://localhost/a b' }, 'no prefix of topics'],
    [{ url: 'mqtt://localhost?session=x' }, 'too late for any gateway'],
    [{ url: 'mqtt://user:pw@localhost' }, 'network lns, url'],
    [{ key: 'x' }, 'signs nothing'],
    [{ options: { encoding: 'xml' } }, 'protobuf or json'],
    [{ options: { expiresAfterHours: 0 } }, 'must be a number'],
    [{ options: { qos: 0 } }, 'is no option'],
  ])('%j are refused: %s', (over, words) => {
    const checked = check(over);
    expect(checked.ok ? '' : `${checked.fault.where} ${checked.fault.words}`).toContain(words);
  });
});
