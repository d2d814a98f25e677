import type { Modulation } from './radio.ts';

/** Drawn by whoever gives the order; unique within one run of the program. */
export type OrderId = string & { readonly of: 'order-id' };

/** How a LoRa transmission is timed: at once, at a count of the concentrator, or at a moment of GPS time. */
export type TransmitAt =
  | { readonly kind: 'immediately' }
  /** Microseconds of the concentrator's own counter, modulo 2^32. */
  | { readonly kind: 'count'; readonly tmst: number }
  /** Milliseconds since 1980-01-06 as GPS counts them. */
  | { readonly kind: 'gps'; readonly tmms: number };

/** One way to send a downlink. */
export interface DownlinkItem {
  readonly phy: Uint8Array;
  readonly at: TransmitAt;
  readonly frequencyHz: number;
  /** dBm, equivalent isotropic radiated power. */
  readonly powerDbm: number;
  readonly modulation: Modulation;
  /** True for downlinks of LoRaWAN, false for a beacon that gateways shall hear. */
  readonly invertPolarity: boolean;
  readonly preambleSymbols: number | undefined;
  readonly noCrc: boolean;
}

/** What a device may be told to do. */
export type Order = {
  readonly id: OrderId;
} /** Items are alternatives, tried in order until one is taken. `gateway`: EUI, 16 digits of lower-case hex. */ & (
  | { readonly kind: 'downlink'; readonly gateway: string; readonly items: readonly DownlinkItem[] }
  /** `beacon`: as a downlink, and its transmission is evidence. */
  | { readonly kind: 'beacon'; readonly gateway: string; readonly items: readonly DownlinkItem[] }
  /** Lets a gateway speak, or a known one from the address that it speaks from now. */
  | { readonly kind: 'approve'; readonly gateway: string }
  | { readonly kind: 'forbid'; readonly gateway: string }
  /** An output of a board: `d9`, `servo`; what it means is the adapter's. */
  | { readonly kind: 'output'; readonly output: string; readonly value: number }
  | { readonly kind: 'restart' }
);

/** How an order ended: exactly one for each, a time-out included. */
export type OrderOutcome = { readonly id: OrderId } & (
  | { readonly kind: 'done'; readonly words: string /** Which of the items. */; readonly item?: number }
  /** `code`: `too-late`, `time-out`, `not-approved`; of each item tried where there were several. */
  | {
      readonly kind: 'refused';
      readonly code: string;
      readonly words: string;
      readonly items?: readonly string[];
    }
);
