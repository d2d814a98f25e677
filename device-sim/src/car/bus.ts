import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';

/** ELM327 protocol numbers of ISO 15765-4: identifier length and bit rate. */
export const CAN_PROTOCOLS = {
  '6': { bits: 11, kbps: 500 },
  '7': { bits: 29, kbps: 500 },
  '8': { bits: 11, kbps: 250 },
  '9': { bits: 29, kbps: 250 },
} as const;

export type CanProtocol = keyof typeof CAN_PROTOCOLS;

export const isCanProtocol = (text: string): text is CanProtocol => text in CAN_PROTOCOLS;

/** ISO 15765-4: every control unit listens to these. */
export const FUNCTIONAL_11 = 0x7df;
export const FUNCTIONAL_29 = 0x18db33f1;

/** Where one control unit listens and answers. */
export interface UnitAddress {
  readonly request11: number;
  readonly reply11: number;
  readonly request29: number;
  readonly reply29: number;
}

/** `number` 0 is the engine: 7E0 answers from 7E8, with 29 bits unit `target` talks to the tester F1. */
export const unitAddress = (number: number, target: number): UnitAddress => ({
  request11: 0x7e0 + number,
  reply11: 0x7e8 + number,
  request29: 0x18da00f1 | (target << 8),
  reply29: 0x18daf100 | target,
});

/** How a frame identifier reaches a unit; undefined where it does not. */
export const addressing = (
  address: UnitAddress,
  protocol: CanProtocol,
  id: number,
): 'functional' | 'physical' | undefined => {
  const long = CAN_PROTOCOLS[protocol].bits === 29;
  if (id === (long ? FUNCTIONAL_29 : FUNCTIONAL_11)) return 'functional';
  return id === (long ? address.request29 : address.request11) ? 'physical' : undefined;
};

export const replyId = (address: UnitAddress, protocol: CanProtocol): number =>
  CAN_PROTOCOLS[protocol].bits === 29 ? address.reply29 : address.reply11;

/** How long a control unit thinks, ms: `meanMs` ± `spreadMs`, never the same twice. */
export interface Latency {
  readonly meanMs: number;
  readonly spreadMs: number;
}

export const latencyMs = (
  { meanMs, spreadMs }: Latency,
  seed: number,
  unit: number,
  request: number,
): number => meanMs + spreadMs * (2 * drawAt(seed, CHANNEL.latency * 16 + unit, request) - 1);
