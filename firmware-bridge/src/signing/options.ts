import { checkKey } from '@outpost/schemas/evidence';
import { fail, fault, fromHex, ok, type Result } from '@outpost/schemas/words';

export interface SigningOptions {
  /** The device's Ed25519 public key, 32 bytes. */
  readonly key: Uint8Array;
  readonly silentAfterMs: number;
}

const SILENT_AFTER_MS = 900_000;
const SILENT_MIN_MS = 1_000;
const SILENT_MAX_MS = 86_400_000;

/** Whose key it is, in front of the digits, as the tools of networks write it. */
const PREFIX = /^(?:outpost-ed25519:|0x)/;

/** A fault is `misconfigured`. A key that some verifiers would take for another one is none. */
export const checkSigningOptions = (name: string, options: unknown): Result<SigningOptions> => {
  const wrong = (words: string): Result<never> =>
    fail(fault('misconfigured', `${name}.options`, name, words));
  if (typeof options !== 'object' || options === null) return wrong('takes options: {"key": "…"}.');
  const {
    key: text,
    silentAfterMs = SILENT_AFTER_MS,
    ...more
  } = options as Readonly<Record<string, unknown>>;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) return wrong(`"${unknown}" is not an option; there are key and silentAfterMs.`);
  const key = typeof text === 'string' ? fromHex(text.replace(PREFIX, '')) : undefined;
  if (key === undefined)
    return wrong('"key" must be the Ed25519 public key of the device, 64 digits of hex.');
  const sound = checkKey(key);
  if (!sound.ok) return wrong(`"key" is no key: ${sound.fault.words}`);
  const isTime =
    typeof silentAfterMs === 'number' && silentAfterMs >= SILENT_MIN_MS && silentAfterMs <= SILENT_MAX_MS;
  return isTime
    ? ok({ key, silentAfterMs })
    : wrong(`"silentAfterMs" must be ${SILENT_MIN_MS} to ${SILENT_MAX_MS} milliseconds.`);
};
