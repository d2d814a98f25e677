import { decodeLeaf, readAttestation } from '@outpost/schemas/evidence';
import { toBase64, toHex, wallAt } from '@outpost/schemas/words';
import type { Delivery, LiveDelivery } from './contract.ts';
import { type JsonObject, momentText, readingJson } from './reading-json.ts';

export const EVENT_TYPE = 'application/cloudevents+json';

/**
 * CloudEvents 1.0.2 in structured JSON: one attestation with its leaves as they were signed, and the same readings in
 * plain words beside them. Its `id` is the attestation's hash: whoever sees it twice has seen it once.
 */
export const attestationEvent = (delivery: Delivery, { leaves = true } = {}): JsonObject => {
  const read = readAttestation(delivery.attestation);
  // Nothing is delivered that does not read; see `waitingOf`.
  if (!read.ok) throw new Error(read.fault.words);
  const { anchor, lastMono, gatewayKey, deviceKey, stream, origin, keyKind, counter } = read.value.statement;
  const readings = delivery.leaves.flatMap((bytes) => {
    const leaf = decodeLeaf(bytes);
    if (!leaf.ok) return [];
    const { sequence, mono, body } = leaf.value;
    return [readingJson({ sequence, wall: wallAt(anchor, mono), trust: anchor.trust, body })];
  });
  return {
    specversion: '1.0',
    type: 'outpost.attestation.v1',
    source: `urn:outpost:${toHex(gatewayKey)}`,
    id: toHex(delivery.hash),
    subject: stream,
    time: momentText(wallAt(anchor, lastMono)),
    datacontenttype: 'application/json',
    data: {
      deviceKey: toHex(deviceKey),
      keyKind,
      origin,
      counter,
      attestation: toBase64(delivery.attestation),
      ...(leaves ? { leaves: delivery.leaves.map(toBase64) } : {}),
      readings,
    },
  };
};

/** One reading by itself, unsigned: its place in its stream is its identity, by which it is found in the evidence. */
export const readingEvent = (delivery: LiveDelivery): JsonObject => {
  const { stream, gatewayKey, deviceKey, epoch, sequence, wall, origin, keyKind } = delivery;
  return {
    specversion: '1.0',
    type: 'outpost.reading.v1',
    source: `urn:outpost:${toHex(gatewayKey)}`,
    id: `${toHex(epoch)}-${sequence}`,
    subject: stream,
    time: momentText(wall),
    datacontenttype: 'application/json',
    data: { deviceKey: toHex(deviceKey), keyKind, origin, ...readingJson(delivery) },
  };
};
