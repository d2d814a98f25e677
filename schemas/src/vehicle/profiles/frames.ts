import type { ProfileRequest } from './profile.ts';

/**
 * The message of one answer from the data bytes of its CAN frames, in the order in which they came (ISO
 * 15765-2: single frame, or first frame and consecutive frames); undefined where they are no whole message.
 */
export const messageOfFrames = (
  frames: readonly Uint8Array[],
  { extended }: Pick<ProfileRequest, 'extended'>,
): Uint8Array | undefined => {
  if (extended !== undefined && frames.some((frame) => frame[0] !== extended.answer)) return undefined;
  const bodies = frames.map((frame) => (extended === undefined ? frame : frame.subarray(1)));
  const [first, ...rest] = bodies;
  const pci = first?.[0] ?? 0xff;
  if (first === undefined) return undefined;
  if (pci >> 4 === 0) {
    const message = first.subarray(1, 1 + pci);
    return rest.length === 0 && pci > 0 && message.length === pci ? message.slice() : undefined;
  }
  if (pci >> 4 !== 1) return undefined;
  const length = (pci & 0x0f) * 256 + (first[1] ?? 0);
  const parts = [first.subarray(2), ...rest.map((body) => body.subarray(1))];
  if (rest.some((body, index) => body[0] !== 0x20 + ((index + 1) & 0x0f))) return undefined;
  const joined = Uint8Array.from(parts.flatMap((part) => [...part]));
  const before = joined.length - (parts.at(-1)?.length ?? 0);
  return joined.length >= length && before < length ? joined.slice(0, length) : undefined;
};

/**
 * Where the byte at `index` of the frames' bytes, one after the other, stands in the message; undefined for a
 * byte of ISO-TP.
 *
 * @param isLong the message comes in several frames.
 */
export const messageIndexOf = (index: number, isLong: boolean): number | undefined => {
  const frame = index >> 3;
  const place = index & 7;
  if (!isLong) return frame === 0 && place >= 1 ? place - 1 : undefined;
  if (frame === 0) return place >= 2 ? place - 2 : undefined;
  return place >= 1 ? 6 + (frame - 1) * 7 + place - 1 : undefined;
};
