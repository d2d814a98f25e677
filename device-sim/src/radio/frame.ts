import { createCipheriv } from 'node:crypto';
import { aesCmac, dataMic } from '@outpost/schemas/radio';
import { concatBytes, fromHex } from '@outpost/schemas/words';

/** What a device and its network share, LoRaWAN 1.0: hex of 4, 8, 8 and three times 16 bytes. */
export interface DeviceIdentity {
  readonly devAddr: string;
  readonly devEui: string;
  readonly joinEui: string;
  readonly appKey: Uint8Array;
  readonly nwkSKey: Uint8Array;
  readonly appSKey: Uint8Array;
}

const BLOCK_BYTES = 16;
const MIC_BYTES = 4;

const le = (value: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) % 256);

const reversed = (hex: string): Uint8Array => (fromHex(hex) ?? new Uint8Array()).toReversed();

/** FRMPayload under the application's key: AES in a counter mode of its own (LoRaWAN 1.0.4 §4.3.3). */
const encrypted = (key: Uint8Array, devAddr: string, counter: number, payload: Uint8Array): Uint8Array => {
  const blocks = Array.from({ length: Math.ceil(payload.length / BLOCK_BYTES) }, (_, i) =>
    concatBytes(Uint8Array.of(1, 0, 0, 0, 0, 0), reversed(devAddr), le(counter, 4), Uint8Array.of(0, i + 1)),
  );
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false);
  const stream = cipher.update(concatBytes(...blocks));
  return payload.map((byte, i) => byte ^ (stream[i] ?? 0));
};

export interface Uplink {
  readonly confirmed: boolean;
  /** All 32 bits; the frame carries the low 16. */
  readonly counter: number;
  readonly port: number;
  readonly payload: Uint8Array;
}

/** A data frame upwards with its MIC (LoRaWAN 1.0.4 §4). */
export const uplinkFrame = (identity: DeviceIdentity, uplink: Uplink): Uint8Array => {
  const { devAddr, appSKey, nwkSKey } = identity;
  const { confirmed, counter, port, payload } = uplink;
  const body = concatBytes(
    Uint8Array.of(confirmed ? 0x80 : 0x40),
    reversed(devAddr),
    Uint8Array.of(0),
    le(counter % 65_536, 2),
    Uint8Array.of(port),
    encrypted(appSKey, devAddr, counter, payload),
  );
  const mic = dataMic(concatBytes(body, new Uint8Array(MIC_BYTES)), { version: '1.0', nwkSKey }, counter);
  return concatBytes(body, mic);
};

/** A join-request with its MIC (LoRaWAN 1.0.4 §6.2.5). */
export const joinFrame = ({ joinEui, devEui, appKey }: DeviceIdentity, devNonce: number): Uint8Array => {
  const body = concatBytes(Uint8Array.of(0), reversed(joinEui), reversed(devEui), le(devNonce, 2));
  return concatBytes(body, aesCmac(appKey, body).subarray(0, MIC_BYTES));
};
