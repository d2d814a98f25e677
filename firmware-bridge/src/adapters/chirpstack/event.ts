import type { DownlinkFrame, Given, GwEncoding, TxAckStatus } from '@outpost/schemas/radio/gw';
import type { Body } from '@outpost/schemas/words';

/** From whom a message is, and how its sender writes. */
export interface From {
  /** EUI of the gateway, 16 digits of lower-case hex. */
  readonly gateway: string;
  /** What stands before `gateway/` in its topics: empty, or `eu868/`. */
  readonly prefix: string;
  readonly encoding: GwEncoding;
}

/** What a gateway says over MQTT. */
export type GwEvent = { readonly from: From } & (
  | {
      readonly kind: 'heard' | 'stats';
      readonly bodies: readonly Body[];
      /** Our own simulator marks what it says. */
      readonly simulated: boolean;
      /** The gateway's context is the counter of its concentrator; undefined where it did not say. */
      readonly counts: boolean | undefined;
    }
  | {
      readonly kind: 'ack';
      readonly downlinkId: number;
      readonly statuses: readonly (TxAckStatus | number)[];
    }
  | { readonly kind: 'conn'; readonly online: boolean }
  /** Answers to commands that are never given, frames of meshes, raw packets, what other readers of the topics say. */
  | { readonly kind: 'other'; readonly what: string }
);

/** What a gateway is told. */
export interface GwCommand {
  readonly to: From;
  readonly frame: Given<DownlinkFrame>;
}
