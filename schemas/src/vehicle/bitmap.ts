import { fail, fault, ok, type Result } from '../words/index.ts';

/** The PIDs that a bitmap at `base` (00, 20, … E0) lists: the top bit of byte A is base + 1 (SAE J1979). */
export const decodeSupported = (base: number, bytes: Uint8Array): Result<readonly number[]> => {
  if (bytes.length !== 4) {
    const where = `bitmap ${base.toString(16).toUpperCase().padStart(2, '0')}`;
    return fail(fault('malformed', 'j1979.length', where, `expected 4 data bytes, got ${bytes.length}`));
  }
  const pids: number[] = [];
  for (let index = 0; index < 32; index += 1) {
    if (((bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0) pids.push(base + 1 + index);
  }
  return ok(pids);
};

/** The bitmap at `base` for a set of PIDs; those outside base + 1 … base + 32 are ignored. */
export const encodeSupported = (base: number, pids: Iterable<number>): Uint8Array => {
  const bytes = new Uint8Array(4);
  for (const pid of pids) {
    const index = pid - base - 1;
    if (index >= 0 && index < 32) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  return bytes;
};
