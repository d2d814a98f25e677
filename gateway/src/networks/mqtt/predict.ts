import type { WallNs } from '@outpost/schemas/words';
import type { Prediction, Sending } from '../contract.ts';
import { predictTooOld } from '../too-old.ts';
import { attestationMessage, readingMessage } from './codec.ts';
import type { MqttNetworkSettings } from './settings.ts';

/** The least that a broker of some size is known to take in one message: that of AWS IoT Core. */
const COMMON_MAX_BYTES = 128 * 1024;

const bySize = (bytes: number): Prediction =>
  bytes > COMMON_MAX_BYTES
    ? {
        expect: 'unsure',
        words: `Its message has ${bytes} bytes; some brokers take no more than ${COMMON_MAX_BYTES}.`,
      }
    : { expect: 'accepted', words: `A broker that lets this box publish takes it; it has ${bytes} bytes.` };

/** What a broker will say, as far as MQTT itself says it: who reads there decides nothing that comes back. */
export const predict = (
  { send, prefix, leaves, expiresAfterMs }: MqttNetworkSettings,
  sending: Sending,
  now: WallNs | undefined,
): Prediction | undefined => {
  if (sending.of === 'attestation') {
    return send === 'attestations'
      ? bySize(attestationMessage(prefix, sending.delivery, leaves).payload.length)
      : undefined;
  }
  if (send !== 'readings') return undefined;
  const { delivery } = sending;
  return (
    predictTooOld(delivery, expiresAfterMs, now) ?? bySize(readingMessage(prefix, delivery).payload.length)
  );
};
