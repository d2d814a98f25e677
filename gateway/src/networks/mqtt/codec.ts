import type { Message } from '@outpost/firmware-bridge';
import { attestationEvent, readingEvent } from '../cloud-event.ts';
import type { Delivery, LiveDelivery } from '../contract.ts';
import type { JsonObject } from '../reading-json.ts';

const payloadOf = (event: JsonObject): Uint8Array => new TextEncoder().encode(JSON.stringify(event));

/** CloudEvents 1.0.2, MQTT binding §3: structured mode, as version 3.1.1 has no place for anything else. */
export const attestationMessage = (prefix: string, delivery: Delivery, leaves: boolean): Message => ({
  topic: `${prefix}/attestations/${delivery.stream}`,
  payload: payloadOf(attestationEvent(delivery, { leaves })),
});

export const readingMessage = (prefix: string, delivery: LiveDelivery): Message => ({
  topic: `${prefix}/readings/${delivery.stream}`,
  payload: payloadOf(readingEvent(delivery)),
});
