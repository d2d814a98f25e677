import { fromHex, toHex } from '../../words/index.ts';
import type { BeaconEntropy } from './beacon-evidence.ts';

/** One line of a file of beacons: what it was made of, for others to make it again, and what else its writer notes. */
export const entropyLine = (
  payload: Uint8Array,
  { localEntropy, remoteEntropy }: BeaconEntropy,
  notes: Readonly<Record<string, string | number>> = {},
): string =>
  JSON.stringify({
    payload: toHex(payload),
    localEntropy: toHex(localEntropy),
    remoteEntropy: { ...remoteEntropy, bytes: toHex(remoteEntropy.bytes) },
    ...notes,
  });

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** Reads such a line: the payload in hex, and its entropy. Notes are passed over; undefined where it is none. */
export const readEntropyLine = (line: string): readonly [payload: string, BeaconEntropy] | undefined => {
  const { payload, localEntropy, remoteEntropy } = (parsed(line) ?? {}) as Readonly<Record<string, unknown>>;
  const { bytes, timestampS, version } = (remoteEntropy ?? {}) as Readonly<Record<string, unknown>>;
  const hex = (text: unknown): Uint8Array | undefined =>
    typeof text === 'string' ? fromHex(text) : undefined;
  const [sent, local, remote] = [hex(payload), hex(localEntropy), hex(bytes)];
  if (sent === undefined || local === undefined || remote === undefined) return undefined;
  if (!Number.isSafeInteger(timestampS) || (version !== 0 && version !== 1)) return undefined;
  return [
    toHex(sent),
    { localEntropy: local, remoteEntropy: { bytes: remote, timestampS: Number(timestampS), version } },
  ];
};
