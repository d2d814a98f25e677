import { regionNamed } from '@outpost/schemas/radio';
import { DOWNLINK_FRAME, readGw, type TxAckStatus } from '@outpost/schemas/radio/gw';
import {
  type DownlinkItem,
  fromHex,
  type MonoNs,
  monoAfterMs,
  monoNs,
  type Order,
  type OrderId,
} from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { readMessage, writeMessage } from '../../message.ts';
import type { Step } from '../../session.ts';
import { commandWire, eventWire } from './codec.ts';
import type { GwCommand, GwEvent } from './event.ts';
import { type ChirpstackOptions, checkOptions } from './options.ts';
import { redecode } from './redecode.ts';
import { chirpstackSession } from './session.ts';
import type { State } from './state.ts';
import { ACK_WITHIN_MS } from './transmit.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const EUI = '0102030405060708';
const NOW = monoNs(5_000_000_000n);
const EU868: ChirpstackOptions = { gateways: undefined, region: regionNamed('EU868') };

const item: DownlinkItem = {
  phy: Uint8Array.of(0x60, 1, 2, 3),
  at: { kind: 'count', tmst: 1_001_234 },
  frequencyHz: 868_100_000,
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  invertPolarity: true,
  preambleSymbols: 8,
  noCrc: true,
};
const RX2: DownlinkItem = { ...item, frequencyHz: 869_525_000, powerDbm: 27 };

const order = (kind: 'downlink' | 'beacon', items: readonly DownlinkItem[] = [item, RX2]): Order => ({
  id: 'o1' as OrderId,
  kind,
  gateway: EUI,
  items,
});

/** A conversation, one input after the other. */
const talk = (options: ChirpstackOptions = EU868) => {
  const session = chirpstackSession(options);
  let { initial: state } = session;
  let now: MonoNs = NOW;
  const keep = (step: Step<State, GwCommand>) => {
    ({ state } = step);
    return step;
  };
  return {
    later: (ms: number) => {
      now = monoAfterMs(now, ms);
    },
    get state() {
      return state;
    },
    opened: () => keep(session.step(state, { kind: 'opened' }, now)),
    silence: () => keep(session.step(state, { kind: 'silence' }, now)),
    hear: (event: GwEvent, retained = false) => {
      const raw = eventWire.encode(event);
      const input = { kind: 'event' as const, event, raw };
      return keep(session.step(state, retained ? { ...input, retained } : input, now));
    },
    order: (given: Order) => {
      if (session.order === undefined) throw new Error('it takes no orders');
      return keep(session.order(state, given, now));
    },
  };
};

const vectorEvent = (index: number): GwEvent => {
  const { topic, ...vector } = vectors.events[index] as { topic: string; hex?: string };
  const frame = writeMessage({ topic, payload: fromHex(vector.hex ?? '') ?? new Uint8Array() });
  const read = eventWire.decode(frame)[0]?.result;
  if (read?.ok !== true) throw new Error('this is no event');
  return read.value;
};
const uplink = vectorEvent(0);
const stats = vectorEvent(2);
const conn = (online: boolean): GwEvent => ({ kind: 'conn', from: uplink.from, online });
const ack = (downlinkId: number, statuses: readonly TxAckStatus[]): GwEvent => ({
  kind: 'ack',
  from: uplink.from,
  downlinkId,
  statuses,
});

const sentId = ({ commands }: Step<State, GwCommand>): number => commands[0]?.frame.downlinkId ?? 0;

describe('what gateways hear', () => {
  it('is evidence, with the message as it came', () => {
    const told = talk();
    expect(told.opened().status?.phase).toBe('waiting');
    const step = told.hear(uplink);
    expect(step.fates).toEqual([{ kind: 'observed' }]);
    expect(step.said).toMatchObject([{ origin: 'live', body: { kind: 'reception', tmst: 1234 } }]);
    expect(redecode(step.said[0]?.raw ?? new Uint8Array())).toEqual([step.said[0]?.body]);
    expect(step.status).toMatchObject({ phase: 'listening', words: '1 gateway heard.' });
    expect(told.hear(stats).said).toHaveLength(5);
    expect(told.hear(uplink).status).toBeUndefined();
  });

  it('is no evidence where the broker had stored it, where it is not listed or of no use', () => {
    const told = talk({ ...EU868, gateways: new Set([EUI]) });
    expect(told.hear(uplink, true)).toMatchObject({
      said: [],
      fates: [{ kind: 'dropped', reason: 'retained' }],
    });
    const other: GwEvent = { kind: 'other', from: uplink.from, what: 'event/mesh' };
    expect(told.hear(other).fates).toEqual([{ kind: 'dropped', reason: 'not-used' }]);
    const stranger = { ...uplink, from: { ...uplink.from, gateway: '0102030405060709' } };
    expect(told.hear(stranger).fates).toEqual([{ kind: 'dropped', reason: 'not-listed' }]);
    expect(told.state.gateways.size).toBe(0);
  });

  it('is marked as simulated where the simulator said it', () => {
    expect(talk().hear({ ...uplink, simulated: true } as GwEvent).said).toMatchObject([
      { origin: 'simulated' },
    ]);
  });

  it('stops where a gateway loses its broker, which is told once and only of a live state', () => {
    const told = talk();
    const stored = told.hear(conn(false), true);
    expect(stored).toMatchObject({ said: [], fates: [{ kind: 'control' }] });
    expect(stored.happenings).toBeUndefined();
    expect(told.hear(conn(true)).status?.words).toBe('1 gateway heard.');
    const lost = told.hear(conn(false));
    expect(lost.happenings).toMatchObject([{ what: 'gateway-offline' }]);
    expect(lost.status?.facts).toEqual({ gateways: 1, offline: 1 });
    expect(told.hear(conn(false)).happenings).toBeUndefined();
  });
});

describe('a downlink', () => {
  it('goes to its gateway under the prefix and in the encoding of that gateway, and is done by its answer', () => {
    const told = talk();
    told.hear({ ...uplink, from: { ...uplink.from, encoding: 'json' } } as GwEvent);
    const step = told.order(order('downlink'));
    const message = readMessage(commandWire.encode(step.commands[0] as GwCommand));
    if (!message.ok) throw new Error('this is no message');
    expect(message.value.topic).toBe(`eu868/gateway/${EUI}/command/down`);
    expect(new TextDecoder().decode(message.value.payload)).toMatch(/^\{"downlinkId":/);
    const frame = readGw(DOWNLINK_FRAME, message.value.payload);
    expect(frame).toMatchObject({
      ok: true,
      value: { items: [{ txInfo: { power: 14 } }, { txInfo: { power: 27 } }] },
    });
    expect(step.silenceAfterMs).toBe(ACK_WITHIN_MS);
    expect(told.hear(ack(sentId(step) + 1, ['OK'])).fates).toEqual([
      { kind: 'dropped', reason: 'no-such-downlink' },
    ]);
    const done = told.hear(ack(sentId(step), ['TOO_LATE', 'OK']));
    expect(done.outcomes).toMatchObject([{ id: 'o1', kind: 'done', item: 1 }]);
    expect(done.said).toEqual([]);
    expect(done.silenceAfterMs).toBeUndefined();
    expect(told.hear(ack(sentId(step), ['OK'])).outcomes).toBeUndefined();
  });

  it('is refused in the words of the gateway, and its time on air is free again', () => {
    const told = talk();
    told.hear(uplink);
    const step = told.order(order('downlink'));
    expect(told.state.gateways.get(EUI)?.ledger.emissions).toHaveLength(1);
    const no = told.hear(ack(sentId(step), ['TOO_LATE', 'COLLISION_PACKET']));
    expect(no.outcomes).toMatchObject([
      { kind: 'refused', code: 'collision-packet', items: ['too-late', 'collision-packet'] },
    ]);
    expect(told.state.gateways.get(EUI)?.ledger.emissions).toEqual([]);
  });

  it('counts the time on air of the item that went out', () => {
    const told = talk();
    told.hear(uplink);
    const step = told.order(order('downlink'));
    told.hear(ack(sentId(step), ['TOO_LATE', 'OK']));
    const [emission] = told.state.gateways.get(EUI)?.ledger.emissions ?? [];
    expect(emission?.band).toBe(regionNamed('EU868')?.bands.find(({ eirpMaxDbm }) => eirpMaxDbm > 20)?.name);
  });

  it('ends by itself where no answer comes, and another gateway cannot answer for it', () => {
    const told = talk();
    told.hear(uplink);
    const step = told.order(order('downlink'));
    const forged = ack(sentId(step), ['OK']);
    expect(
      told.hear({ ...forged, from: { ...forged.from, gateway: '0102030405060709' } }).outcomes,
    ).toBeUndefined();
    told.later(ACK_WITHIN_MS);
    expect(told.silence().outcomes).toMatchObject([{ id: 'o1', kind: 'refused', code: 'time-out' }]);
    expect(told.state.gateways.get(EUI)?.ledger.emissions).toHaveLength(1);
  });

  it('is evidence where it is a beacon', () => {
    const told = talk();
    told.hear(uplink);
    const step = told.order(order('beacon'));
    const done = told.hear(ack(sentId(step), ['TOO_LATE', 'OK']));
    expect(done.fates).toEqual([{ kind: 'observed' }]);
    expect(done.said).toMatchObject([
      { body: { direction: 'sent', frequencyHz: 869_525_000, powerDeciDbm: 270 }, origin: 'live' },
    ]);
    expect(redecode(done.said[0]?.raw ?? new Uint8Array())).toEqual([done.said[0]?.body]);
  });

  it('is not sent where nothing may or can be sent', () => {
    const refusal = (told: ReturnType<typeof talk>, given = order('downlink')) => told.order(given).outcomes;
    expect(refusal(talk())).toMatchObject([{ code: 'not-heard' }]);
    const nowhere = talk({ gateways: undefined, region: undefined });
    nowhere.hear(uplink);
    expect(refusal(nowhere)).toMatchObject([{ code: 'no-region', items: ['no-region', 'no-region'] }]);
    const station = talk();
    station.hear({ ...uplink, counts: false } as GwEvent);
    expect(refusal(station)).toMatchObject([{ code: 'no-counter' }]);
    const loud = talk();
    loud.hear(uplink);
    expect(refusal(loud, order('downlink', [{ ...item, powerDbm: 20 }]))).toMatchObject([{ code: 'power' }]);
    expect(refusal(loud, order('downlink', []))).toMatchObject([{ code: 'items' }]);
    const step = loud.order(order('downlink', [{ ...item, powerDbm: 20 }, RX2]));
    expect(loud.hear(ack(sentId(step), ['OK'])).outcomes).toMatchObject([{ kind: 'done', item: 1 }]);
  });
});

describe('the options', () => {
  it.each([
    [null, 'options'],
    [{ gateways: [] }, 'options.gateways'],
    [{ gateways: ['0102'] }, 'options.gateways[0]'],
    [{ region: 'EU' }, 'options.region'],
    [{ gateway: [] }, 'options.gateway'],
  ])('%j are refused at %s', (options, where) => {
    expect(checkOptions(options)).toMatchObject({ ok: false, fault: { kind: 'misconfigured', where } });
  });

  it('name gateways in either case', () => {
    const checked = checkOptions({ gateways: ['00AABBCCDDEEFF00'], region: 'US915' });
    expect(checked).toMatchObject({ ok: true, value: { region: { name: 'US915' } } });
    expect(checked.ok && checked.value.gateways?.has('00aabbccddeeff00')).toBe(true);
  });
});
