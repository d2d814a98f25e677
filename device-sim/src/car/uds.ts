import { dtcCode } from '@outpost/schemas/vehicle';
import { concatBytes } from '@outpost/schemas/words';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';
import type { CodeMemory } from './codes.ts';

/** Times of ISO 14229-2: how long an answer may take, and after a `7F .. 78`. In ms, and in tens of ms. */
const P2_MS = 50;
const P2_EXTENDED_10_MS = 500;

const SUPPRESSED = 0x80;

/** Service 10: the default and the extended session, in which this car answers the same. Undefined: neither. */
export const sessionControl = (type: number): Uint8Array | undefined => {
  const session = type & ~SUPPRESSED;
  if (session !== 0x01 && session !== 0x03) return undefined;
  return Uint8Array.of(
    0x50,
    session,
    P2_MS >> 8,
    P2_MS & 0xff,
    P2_EXTENDED_10_MS >> 8,
    P2_EXTENDED_10_MS & 0xff,
  );
};

/** Whether the tester asked for no positive answer (bit 7 of the subfunction). */
export const isSuppressed = (type: number | undefined): boolean => ((type ?? 0) & SUPPRESSED) !== 0;

const TEST_FAILED = 0x01;
const PENDING = 0x04;
const CONFIRMED = 0x08;
const LAMP = 0x80;
const AVAILABLE = TEST_FAILED | PENDING | CONFIRMED | LAMP;

const statusOf = ({ present, pending, stored, lampOn }: CodeMemory, code: string): number =>
  (present.some((cause) => cause.code === code) ? TEST_FAILED : 0) |
  (pending.includes(code) ? PENDING : 0) |
  (stored.includes(code) ? CONFIRMED | (lampOn ? LAMP : 0) : 0);

/** Service 19, subfunctions 01 (how many) and 02 (which) by a status mask; undefined: another one. */
export const readDtcs = (codes: CodeMemory, parameters: Uint8Array): Uint8Array | undefined => {
  const [type, mask = 0xff] = parameters;
  const all = [...new Set([...codes.stored, ...codes.pending])];
  const masked = all.filter((code) => (statusOf(codes, code) & mask) !== 0);
  if (type === 0x01) {
    // Format 01: ISO 14229-1 DTCs of three bytes.
    return Uint8Array.of(0x59, 0x01, AVAILABLE, 0x01, masked.length >> 8, masked.length & 0xff);
  }
  if (type !== 0x02) return undefined;
  const records = masked.map((code) => {
    const number = dtcCode(code) ?? 0;
    return Uint8Array.of(number >> 8, number & 0xff, 0x00, statusOf(codes, code));
  });
  return concatBytes(Uint8Array.of(0x59, 0x02, AVAILABLE), ...records);
};

/** How often a unit puts an answer off with `7F .. 78` before it gives it, and how long each time. */
export interface Pending {
  readonly times: number;
  readonly everyMs: number;
}

const NEVER: Pending = { times: 0, everyMs: 0 };
const PUT_OFF_CHANCE = 0.04;
const TIMES_MAX = 3;

/** Services that look into slow memories; legislated ones are never put off. */
const SLOW_SERVICES: ReadonlySet<number> = new Set([0x19, 0x22]);

/** Drawn by request: the same request at the same place in a run is put off in the same way. */
export const pendingBefore = (service: number, seed: number, unit: number, request: number): Pending => {
  if (!SLOW_SERVICES.has(service)) return NEVER;
  const draw = (use: number): number => drawAt(seed, CHANNEL.pending * 64 + unit * 4 + use, request);
  if (draw(0) >= PUT_OFF_CHANCE) return NEVER;
  return { times: 1 + Math.floor(draw(1) * TIMES_MAX), everyMs: 40 + 160 * draw(2) };
};
