/** What the broker counts by name; each is something that a limit or a rule did. */
export type Counted =
  /** More connections than `connectionsMax`. */
  | 'connections-full'
  /** The oldest of those that had not said who they are, when there were too many of them. */
  | 'strangers-evicted'
  /** The oldest of one device's connections, when it opened too many. */
  | 'connections-of-one'
  | 'packet-too-long'
  | 'connect-timeout'
  | 'keepalive-timeout'
  /** Anything that is no MQTT 3.1.1. */
  | 'protocol'
  /** CONNECT without an identifier for a session that shall be kept. */
  | 'client-id-empty'
  | 'client-id-refused'
  | 'anonymous-refused'
  | 'password-refused'
  | 'certificate-refused'
  /** TLS handshakes that came to nothing. */
  | 'tls-failed'
  /** A weaker proof of identity than this run's readings of the device claim. */
  | 'proof-weaker'
  /** No device of that name is read: nobody could keep what it says. */
  | 'unread-device'
  | 'publish-refused'
  | 'subscribe-refused'
  | 'subscriptions-full'
  /** A message that asked to be stored for later subscribers and is passed on without that. */
  | 'retain-refused'
  /** Not kept: the sender's connection ends without acknowledgement. */
  | 'unkept'
  | 'settle-timeout'
  /** Messages with QoS 0 that a slow subscriber did not get. */
  | 'forward-dropped'
  /** Receivers that did not take what waited for them. */
  | 'receiver-stalled'
  /** Times that a sender above `messagesPerSecondMax` was made to wait. */
  | 'rate-held'
  /** Messages that a full queue of an absent subscriber did not take; a lab's alone. */
  | 'offline-dropped'
  | 'revoked';

export interface BrokerTally {
  /** Open now, those that have not said who they are included. */
  connections: number;
  /** Of these, admitted. */
  sessions: number;
  /** Admitted since the start. */
  admitted: number;
  /** PUBLISH packets that were allowed. */
  messages: number;
  /** Of these, with QoS 1 or 2 and on the disk before they were acknowledged. */
  kept: number;
  readonly counts: Map<Counted, number>;
}

export const newBrokerTally = (): BrokerTally => ({
  connections: 0,
  sessions: 0,
  admitted: 0,
  messages: 0,
  kept: 0,
  counts: new Map(),
});

export const countIn = ({ counts }: BrokerTally, what: Counted): void => {
  counts.set(what, (counts.get(what) ?? 0) + 1);
};
