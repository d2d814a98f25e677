import type { BEACON_REPORT, Message, WITNESS_REPORT } from '@outpost/gateway/helium';

/** Why the ingest service ends a stream (ingest/src/server_iot.rs). It tells the gateway nothing but that it is over. */
export type IngestStop =
  | 'bad_request'
  | 'invalid_public_key'
  | 'invalid_network'
  | 'invalid_signature'
  | 'invalid_nonce'
  | 'invalid_session_key'
  | 'no_session'
  | 'incorrect_pub_key'
  | 'timed_out'
  | 'eos';

/** A report as the service hands it on, with the moment at which it had it. */
export type IngestReport =
  | {
      readonly kind: 'beacon';
      readonly receivedMs: number;
      readonly report: Message<typeof BEACON_REPORT>;
    }
  | {
      readonly kind: 'witness';
      readonly receivedMs: number;
      readonly report: Message<typeof WITNESS_REPORT>;
    };

export interface IngestTally {
  streams: number;
  sessions: number;
  beacons: number;
  witnesses: number;
  /** Taken and thrown away, as since the retirement. */
  dropped: number;
  readonly stopped: Map<IngestStop, number>;
}

export const newIngestTally = (): IngestTally => ({
  streams: 0,
  sessions: 0,
  beacons: 0,
  witnesses: 0,
  dropped: 0,
  stopped: new Map(),
});
