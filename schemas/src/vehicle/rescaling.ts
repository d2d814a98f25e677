/**
 * One full scale that a control unit can announce: where, what it usually is, and the PIDs that follow it.
 */
interface FullScale {
  readonly pid: number;
  readonly byte: number;
  /** A number that says what is the case anyway; 0 always does. */
  readonly usual: number;
  readonly affects: readonly number[];
}

const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const WITH_VOLTAGE = range(0x24, 0x2b);
const WITH_CURRENT = range(0x34, 0x3b);

const FULL_SCALES: readonly FullScale[] = [
  { pid: 0x4f, byte: 0, usual: 2, affects: [...WITH_VOLTAGE, ...WITH_CURRENT, 0x44] },
  { pid: 0x4f, byte: 1, usual: 8, affects: WITH_VOLTAGE },
  { pid: 0x4f, byte: 2, usual: 128, affects: WITH_CURRENT },
  { pid: 0x4f, byte: 3, usual: 0, affects: [0x0b] },
  { pid: 0x50, byte: 0, usual: 0, affects: [0x10] },
];

/**
 * The PIDs that a control unit sends in a scale of its own, by its data bytes of PID 4F or 50 (SAE J1979,
 * external test equipment configuration). `decodePid` knows the usual scale only and would be wrong for them
 * by a factor, so they must not be decoded for that control unit. Ascending, without repeats; empty for every
 * other PID.
 */
export const rescaledPids = (pid: number, bytes: Uint8Array): readonly number[] => {
  const pids = new Set<number>();
  for (const { byte, usual, affects } of FULL_SCALES.filter((scale) => scale.pid === pid)) {
    const announced = bytes[byte] ?? 0;
    if (announced !== 0 && announced !== usual) for (const affected of affects) pids.add(affected);
  }
  return [...pids].toSorted((a, b) => a - b);
};
