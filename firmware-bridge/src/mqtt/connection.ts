import type { Clock, Fault, Result } from '@outpost/schemas/words';

export interface MqttSettings {
  /** `mqtt://host:port`, or `mqtts:`, `ws:` (with the path), `wss:`; never with a user name or a password. */
  readonly address: string;
  readonly version: '3.1.1' | '5';
  readonly clientId: string;
  /** False: the broker keeps the subscriptions and what was not acknowledged while we are away. */
  readonly cleanSession: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM. Without `ca`, the authorities that Node.js knows. */
  readonly tls?: { readonly ca?: Uint8Array; readonly cert?: Uint8Array; readonly key?: Uint8Array };
  readonly will?: { readonly topic: string; readonly payload: Uint8Array; readonly retain: boolean };
  readonly keepaliveS?: number;
  /** Of TCP, TLS, WebSocket and CONNACK together. */
  readonly connectTimeoutMs?: number;
  /** Publications waiting for their PUBACK; as many again may wait for a place. */
  readonly windowMax?: number;
  /** A PUBACK later than this ends the connection: the broker answers pings and does nothing else. */
  readonly ackTimeoutMs?: number;
  /** Of any packet of the broker; a longer one ends the connection before it is gathered. */
  readonly packetMaxBytes?: number;
  /** Messages of QoS 1 that may wait for `acknowledge` before reading stops. */
  readonly unacknowledgedMax?: number;
}

export interface MqttArrival {
  readonly topic: string;
  /** A view that is valid during the call only. */
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  /** A stored message, sent because we subscribed. A live one that asks to be stored comes without it (§3.3.1.3). */
  readonly retained: boolean;
  /** The broker has sent it before and saw no acknowledgement. */
  readonly duplicate: boolean;
  /** Sends PUBACK; there where the broker waits for one. Does nothing on a connection that is gone. */
  acknowledge?(): void;
}

export interface MqttContext {
  readonly clock: Clock;
  /** Aborts the connecting, and ends the connection later on. */
  readonly signal: AbortSignal;
  /** Told of every message, in order, from the moment of CONNACK: a kept session delivers before any subscription. */
  received?(arrival: MqttArrival): void;
}

/** One connection to a broker. Single use: it never reconnects by itself. */
export interface MqttConnection extends AsyncDisposable {
  readonly where: string;
  /** Resolves once, also when we close it ourselves; never rejects. */
  readonly closed: Promise<Fault>;
  readonly inFlight: number;
  /**
   * With QoS 1 resolves at the PUBACK, with QoS 0 when the bytes left this process. Nothing is queued while there is
   * no connection. Rejects only with the signal's reason; the message may then have been sent. Each publication under
   * way listens to its signal: whoever has many under way gives each its own, or allows more listeners. The content
   * type travels with version 5 alone.
   */
  publish(
    topic: string,
    payload: Uint8Array,
    how: { readonly qos: 0 | 1; readonly retain?: boolean; readonly contentType?: string | undefined },
    signal: AbortSignal,
  ): Promise<Result<void>>;
  /** A filter that the broker does not grant is `refused`. */
  subscribe(filter: string, qos: 0 | 1, signal: AbortSignal): Promise<Result<void>>;
  /** Stops and starts the reading from the socket; the broker is held back by TCP, pings are then not answered. */
  pause(): void;
  resume(): void;
}
