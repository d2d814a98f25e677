/** What one connection, one device and the broker as a whole may take, besides what is configured. */

/** From the first byte to CONNECT, and for a TLS handshake; a sender that drips is cut. */
export const CONNECT_TIMEOUT_MS = 5_000;
/** Connections that have not said yet who they are; the oldest gives way. */
export const STRANGERS_MAX = 256;
/** Connections of one device at a time; the oldest gives way: it may be one that the device lost without a word. */
export const CONNECTIONS_OF_ONE_MAX = 4;
/**
 * Bytes that wait for one receiver. Beyond, messages with QoS 0 are dropped for it alone, and it is cut off at one
 * with QoS 1 or an answer that it does not take: nobody else ever waits for it.
 */
export const UNSENT_MAX_BYTES = 1 << 20;
/** A receiver that took nothing for this long while something waited for it is cut off. */
export const STALLED_AFTER_MS = 10_000;
/** Bytes of one connection's messages that are not acknowledged yet, at which it is not read on; and one read more. */
export const UNDER_WAY_MAX_BYTES = 256 * 1024;
/** What a message is counted with besides its bytes, so that a flood of empty ones is held back like any other. */
export const MESSAGE_COST_BYTES = 256;
/** Unread bytes of one device at which its senders wait. */
export const UNREAD_PAUSE_AT_BYTES = 1 << 20;
/** How long an acknowledgement may be owed; then the connection ends and the device sends again. */
export const SETTLE_TIMEOUT_MS = 30_000;
/** How much later than its keepalive a client may be heard of (MQTT 3.1.1 §3.1.2.10). */
export const KEEPALIVE_GRACE = 1.5;
export const SUBSCRIPTIONS_MAX = 32;
/** Topics whose last message is stored for later subscribers, and how long such a message may be: 512 KiB in all. */
export const RETAINED_TOPICS_MAX = 256;
export const RETAINED_MAX_BYTES = 2_048;
/** Messages that wait for one absent subscriber, where sessions are kept at all: in a lab. */
export const OFFLINE_MAX = 1_000;
/** The kernel asks whether a silent connection still exists after this time, also where a device asks for no keepalive. */
export const KEEPALIVE_AFTER_MS = 60_000;
/** How often the enrolments are looked at for a change: what a revocation may take. */
export const ENROLMENTS_LOOK_MS = 250;
/** How often what is overdue is looked for. */
export const SWEEP_MS = 1_000;
/** Distinct topics of one connection that are remembered as allowed. */
export const TOPICS_REMEMBERED_MAX = 64;
/** What a sender may be ahead of its rate. */
export const BURST_MS = 1_000;
export const CLIENT_ID_MAX_CHARS = 128;
/** How long to wait before a listener that could not be opened is tried again. */
export const LISTEN_AGAIN_MS = 5_000;
