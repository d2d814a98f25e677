import {
  type DownlinkItem,
  fromHex,
  type MonoNs,
  monoAfterMs,
  monoNs,
  type Order,
  type OrderId,
} from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';
import type { Session, Step } from '../../session.ts';
import { gwmpCodec, type Push, writePush } from './codec.ts';
import { type From, gatewayDatagram, ID } from './datagram.ts';
import type { GwmpCommand, GwmpEvent } from './event.ts';
import { checkOptions } from './options.ts';
import { gwmpSession } from './session.ts';
import type { State } from './state.ts';

export type GwmpStep = Omit<Step<State, GwmpCommand>, 'state'>;

/** A server without sockets: datagrams go in with the address they come from, in simulated time. */
export interface Bench {
  readonly now: MonoNs;
  readonly state: State;
  hear(bytes: Uint8Array, peer: Peer): readonly GwmpStep[];
  order(order: Order): GwmpStep;
  /** Lets time pass in which the session is never asked. */
  skip(ms: number): void;
  /** Lets time pass, with the silences that the session asked for. */
  pass(ms: number): readonly GwmpStep[];
}

export const benchOf = (options: object, remembered?: string): Bench => {
  const checked = checkOptions(options);
  if (!checked.ok) throw new Error(checked.fault.words);
  const session: Session<State, GwmpCommand, GwmpEvent> = gwmpSession(
    checked.value,
    remembered === undefined ? undefined : { text: remembered, agedMs: 0 },
  );
  let state = session.initial;
  let now = monoNs(1_000_000_000n);
  let alarm = now;

  const took = ({ state: next, ...step }: Step<State, GwmpCommand>): GwmpStep => {
    state = next;
    alarm = monoAfterMs(now, step.silenceAfterMs ?? 0);
    return step;
  };

  took(session.step(state, { kind: 'opened' }, now));
  return {
    get now() {
      return now;
    },
    get state() {
      return state;
    },
    hear: (bytes, peer) =>
      gwmpCodec.event.decode(bytes).map(({ raw, result }) => {
        const input = result.ok
          ? ({ kind: 'event', event: result.value, raw, peer } as const)
          : ({ kind: 'malformed', fault: result.fault, raw, peer } as const);
        return took(session.step(state, input, now));
      }),
    order: (order) => {
      if (session.order === undefined) throw new Error('no orders');
      return took(session.order(state, order, now));
    },
    skip: (ms) => {
      now = monoAfterMs(now, ms);
    },
    pass: (ms) => {
      const end = monoAfterMs(now, ms);
      const steps: GwmpStep[] = [];
      while (alarm <= end) {
        now = alarm;
        steps.push(took(session.step(state, { kind: 'silence' }, now)));
      }
      now = end;
      return steps;
    },
  };
};

export const fromOf = (eui: string, token = 1, version: 1 | 2 = 2): From => ({ eui, token, version });

export const pullData = (eui: string, token = 1, version: 1 | 2 = 2): Uint8Array =>
  gatewayDatagram(fromOf(eui, token, version), ID.pullData);

export const txAck = (eui: string, token: number, error?: string): Uint8Array =>
  gatewayDatagram(
    fromOf(eui, token),
    ID.txAck,
    error === undefined ? undefined : new TextEncoder().encode(`{"txpk_ack":{"error":"${error}"}}`),
  );

/** One PUSH_DATA with a frame at this count of the gateway. */
export const pushOf = (eui: string, tmst = 1, more: Partial<Push> = {}): Uint8Array =>
  writePush({ from: fromOf(eui), frames: [{ bodies: [frameOf(tmst)] }], ...more });

export const frameOf = (tmst: number) =>
  ({
    kind: 'reception',
    direction: 'heard',
    gateway: undefined,
    phy: fromHex('40f17dbe4900020001954378762b11ff0d') ?? new Uint8Array(),
    crc: 'ok',
    frequencyHz: 868_100_000,
    modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
    rssiDeciDbm: -1_000,
    signalRssiDeciDbm: undefined,
    snrDeciDb: 20,
    powerDeciDbm: undefined,
    tmst,
    gatewayTime: undefined,
    fineNs: undefined,
    frequencyOffsetHz: undefined,
    channel: 0,
    rfChain: 0,
    antenna: undefined,
    location: undefined,
  }) as const;

export const itemAt = (tmst: number | undefined, change: Partial<DownlinkItem> = {}): DownlinkItem => ({
  phy: fromHex('60f17dbe4920020001f9d65d27') ?? new Uint8Array(),
  at: tmst === undefined ? { kind: 'immediately' } : { kind: 'count', tmst },
  frequencyHz: 868_100_000,
  powerDbm: 14,
  modulation: { kind: 'lora', spreadingFactor: 7, bandwidthHz: 125_000, codingRate: '4/5' },
  invertPolarity: true,
  preambleSymbols: undefined,
  noCrc: true,
  ...change,
});

export const orderId = (text: string): OrderId => text as OrderId;
