import { asciiText, fromHex, toHex } from '@outpost/schemas/words';

/** What was asked and what came back, as hex: `010C` and `410C1AF8`. */
export interface RawAnswer {
  readonly request: string;
  readonly payload: string;
}

const SERVICES_WITH_PARAMETER = new Set(['01', '09']);

/**
 * Takes a reading's raw bytes apart by itself, so that a mistake of the adapter's own reassembly would show: lines of
 * 11-bit frames without spaces. Undefined for what a dongle says about itself.
 */
export const rawAnswer = (raw: Uint8Array): RawAnswer | undefined => {
  const frames = asciiText(raw)
    .split('\r')
    .map((line) => fromHex(line.slice(3)) ?? new Uint8Array(0));
  const [first, ...others] = frames;
  const [control = 0, second = 0] = first ?? [];
  if (first === undefined || first.length < 2 || control > 0x1f) return undefined;
  const several = control >= 0x10;
  const length = several ? ((control & 0x0f) << 8) | second : control;
  const joined = [first.subarray(several ? 2 : 1), ...others.map((frame) => frame.subarray(1))]
    .map(toHex)
    .join('');
  const payload = joined.slice(0, 2 * length).toUpperCase();
  const service = (Number.parseInt(payload.slice(0, 2), 16) - 0x40)
    .toString(16)
    .padStart(2, '0')
    .toUpperCase();
  const parameter = SERVICES_WITH_PARAMETER.has(service) ? payload.slice(2, 4) : '';
  return { request: `${service}${parameter}`, payload };
};
