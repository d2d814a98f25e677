import type { Message, PACKET_UP } from '@outpost/gateway/helium';

/** Why a packet is dropped, in the words of hpr_routing.erl. The gateway is told nothing. */
export type DropReason =
  | 'invalid_packet_type'
  | 'wrong_gateway'
  | 'gateway_denied'
  | 'bad_signature'
  | 'gateway_limit_exceeded'
  | 'packet_limit_exceeded';

/** Why a stream is stopped. */
export type StopReason =
  | 'bad_envelope'
  | 'bad_register'
  | 'bad_session_init'
  | 'given_away'
  | 'killed'
  | 'eos';

export interface TakenPacket {
  /** Binary key of the gateway. */
  readonly gateway: string;
  readonly packet: Message<typeof PACKET_UP>;
  readonly kind: 'join' | 'uplink';
  readonly credits: number;
}

export interface RouterTally {
  registered: number;
  sessions: number;
  /** Session inits whose nonce was another one: noted, and nothing more. */
  nonceMismatches: number;
  taken: number;
  joins: number;
  credits: number;
  acks: number;
  downlinks: number;
  readonly dropped: Map<DropReason, number>;
  readonly stopped: Map<StopReason, number>;
}

export const newTally = (): RouterTally => ({
  registered: 0,
  sessions: 0,
  nonceMismatches: 0,
  taken: 0,
  joins: 0,
  credits: 0,
  acks: 0,
  downlinks: 0,
  dropped: new Map(),
  stopped: new Map(),
});
