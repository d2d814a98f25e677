import type { ReceptionBody } from '@outpost/schemas/words';
import type { Peer } from '../../port.ts';

/** A station's connection: which one it is, and the address under which it found us. */
export interface From {
  /** 16 digits of lower-case hex. */
  readonly gateway: string;
  /** Name of the region in the path that it was sent to. */
  readonly region: string;
}

/** How a station that asks over HTTPS has shown who it is; `certificate` of an EUI where it names one. */
export type Proof =
  | { readonly kind: 'none' | 'token' }
  | { readonly kind: 'certificate'; readonly eui: string | undefined };

/** A station asks for its settings; `origin` as of a WebSocket at the same address. */
export interface UpdateQuestion {
  readonly kind: 'update';
  readonly gateway: string;
  readonly cupsUri: string;
  readonly tcUri: string;
  /** CRC-32 of the credentials that it has. */
  readonly cupsCrc: number;
  readonly tcCrc: number;
  readonly origin: string;
  readonly proof: Proof;
}

/** What a station says. */
export type StationEvent =
  /** It asks where to go; `origin` is how it reached us: `wss://host:3001`. */
  | { readonly kind: 'discover'; readonly gateway: string; readonly router: string; readonly origin: string }
  | UpdateQuestion
  | { readonly kind: 'version'; readonly from: From; readonly station: string; readonly model: string }
  | {
      readonly kind: 'heard';
      readonly from: From;
      readonly body: ReceptionBody;
      /** Our own simulator marks each frame. */
      readonly simulated: boolean;
      /** 63-bit numbers that a downlink must repeat exactly. */
      readonly xtime: bigint;
      readonly rctx: bigint;
    }
  | {
      readonly kind: 'sent';
      readonly from: From;
      readonly diid: number;
      readonly frequencyHz: number | undefined;
    }
  /** It asks for the time, by its own count of microseconds. */
  | { readonly kind: 'timesync'; readonly from: From; readonly txtime: bigint }
  /** Answers to commands that are never given, alarms. */
  | { readonly kind: 'other'; readonly from: From; readonly type: string };

/** What a station is told: the object that becomes JSON, bigints as they are, or bytes. */
export interface StationCommand {
  readonly to: Peer | undefined;
  /** Of the connection: `/router-info`, `/EU868/router-…`. */
  readonly path: string;
  readonly said: Readonly<Record<string, unknown>> | Uint8Array;
}
