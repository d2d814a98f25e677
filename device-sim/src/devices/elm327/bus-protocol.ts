import { CAN_PROTOCOLS, type CanProtocol, isCanProtocol } from '../../car/bus.ts';

/**
 * The buses before CAN, by their ELM327 protocol numbers. `byteMs` is what one byte takes on the wire, `gapMs` what
 * the chip leaves between the bytes of a request (P4 of ISO 9141-2 and ISO 14230-2), `latencyMs` what a control unit
 * waits at least before it answers (P2) and `restMs` the quiet before the next request (P3).
 */
export const LEGACY_PROTOCOLS = {
  '1': { name: 'pwm', byteMs: 0.21, gapMs: 0, latencyMs: 0, restMs: 0, initMs: 0 },
  '2': { name: 'vpw', byteMs: 0.95, gapMs: 0, latencyMs: 0, restMs: 0, initMs: 0 },
  '3': { name: 'iso9141', byteMs: 0.96, gapMs: 5, latencyMs: 18, restMs: 55, initMs: 2_600 },
  '4': { name: 'kwp', byteMs: 0.96, gapMs: 5, latencyMs: 18, restMs: 55, initMs: 2_600 },
  '5': { name: 'kwp', byteMs: 0.96, gapMs: 5, latencyMs: 18, restMs: 55, initMs: 140 },
} as const;

export type LegacyProtocol = keyof typeof LEGACY_PROTOCOLS;

/** Everything that a car of the standard may speak. */
export type BusProtocol = CanProtocol | LegacyProtocol;

export const isLegacyProtocol = (text: string): text is LegacyProtocol => text in LEGACY_PROTOCOLS;

export const isBusProtocol = (text: string): text is BusProtocol =>
  isCanProtocol(text) || isLegacyProtocol(text);

export const BUS_PROTOCOLS: readonly string[] = [
  ...Object.keys(LEGACY_PROTOCOLS),
  ...Object.keys(CAN_PROTOCOLS),
];

/** Whether the bus has to be woken with an exchange of addresses and key words before the first request. */
export const needsInit = (protocol: string): protocol is '3' | '4' | '5' => /^[345]$/.test(protocol);
