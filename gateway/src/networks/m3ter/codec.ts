import { payloadBytesIn, readMessage } from '@outpost/firmware-bridge';
import { toHex } from '@outpost/schemas/words';
import type { LiveDelivery } from '../contract.ts';

/** The batch of a prover (`POST /batch-payloads`): which M3ter by its token, and its payload in hex. */
export const CONTENT_TYPE = 'application/json';

/**
 * The payload that stands in a reading's own frame, as the meter signed it; undefined where the reading is not the
 * energy of an M3ter, or the frame was taken out for privacy.
 */
export const payloadOf = ({ raw }: Pick<LiveDelivery, 'raw'>): Uint8Array | undefined => {
  const message = raw.length === 0 ? undefined : readMessage(raw);
  return message?.ok === true ? payloadBytesIn(message.value.payload) : undefined;
};

export const requestOf = (token: number, payload: Uint8Array): Uint8Array =>
  new TextEncoder().encode(JSON.stringify([{ m3ter_id: token, message: toHex(payload) }]));
