import type { gwmpWire } from '@outpost/firmware-bridge/wires';
import type { Transmitter } from './transmission.ts';

/** Which of its two sockets the reference forwarder uses. */
export type ForwarderSocket = 'up' | 'down';

/** One packet forwarder, as the reference one is (sx1302_hal: packet_forwarder/src/lora_pkt_fwd.c). */
export interface Forwarder extends Transmitter {
  /** 16 digits of lower-case hex. */
  readonly eui: string;
  readonly version: gwmpWire.Version;
  /** Of its tokens. */
  readonly seed: number;
  readonly keepaliveMs: number;
  readonly statEveryMs: number;
  readonly place: gwmpWire.Stat['place'];
  readonly temperatureDeciC: number | undefined;
  /** Damaged frames are passed on too. */
  readonly forwardsBad: boolean;
  /** As some gateways do: TX_ACK comes from the socket of the frames. */
  readonly acksFromUp: boolean;
}

export const DEFAULT_FORWARDER: Omit<Forwarder, 'eui' | 'seed'> = {
  version: 2,
  keepaliveMs: 10_000,
  statEveryMs: 30_000,
  txHz: [863_000_000, 870_000_000],
  powersDbm: [-6, -3, 0, 3, 6, 10, 11, 12, 13, 14, 16, 20, 23, 25, 26, 27],
  gpsAtZeroMs: undefined,
  place: undefined,
  temperatureDeciC: 300,
  forwardsBad: false,
  acksFromUp: false,
};
