import { fail, fault, ok, type Result } from '../words/index.ts';
import { roundedQuotient } from './scaling.ts';
import { type UnitAndScaling, unitAndScaling } from './uas.ts';

/** One result of an on-board monitor (service 06 on CAN): three 16-bit numbers in one unit and scale. */
export interface MonitorTest {
  /** What is monitored, by the identifier of SAE J1979 annex D: 01 is oxygen sensor 1 of bank 1, and so on. */
  readonly monitor: number;
  readonly test: number;
  readonly scaling: number;
  /** As the scale writes them: with sign where it has one. */
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Within its limits, both included. */
  readonly passed: boolean;
}

const BYTES_PER_TEST = 9;

/** Scales from here on are in two's complement, known to the table or not (SAE J1979, annex E). */
const SIGNED_FROM = 0x80;

const malformed = (words: string): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('malformed', 'j1979.monitor', 'monitor tests', words));

const testOf = (bytes: Uint8Array): MonitorTest => {
  const [monitor = 0, test = 0, scaling = 0] = bytes;
  const word = (at: number): number => {
    const raw = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    return scaling >= SIGNED_FROM && raw >= 0x8000 ? raw - 0x1_0000 : raw;
  };
  const [value, min, max] = [word(3), word(5), word(7)];
  return { monitor, test, scaling, value, min, max, passed: value >= min && value <= max };
};

/**
 * The tests in a reply to service 06 on CAN: the bytes after `46`, nine for each test, all of the monitor that was
 * asked for. Faults are `malformed`, `j1979.monitor`: another length, or tests of two monitors.
 */
export const decodeMonitorTests = (bytes: Uint8Array): Result<readonly MonitorTest[]> => {
  if (bytes.length === 0 || bytes.length % BYTES_PER_TEST !== 0) {
    return malformed(`${bytes.length} bytes are no whole number of tests`);
  }
  const tests = Array.from({ length: bytes.length / BYTES_PER_TEST }, (_, index) =>
    testOf(bytes.subarray(index * BYTES_PER_TEST, (index + 1) * BYTES_PER_TEST)),
  );
  if (tests.every(({ monitor }) => monitor === bytes[0])) return ok(tests);
  return malformed('tests of more than one monitor in one reply');
};

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

const decimalText = (mantissa: number, decimals: number): string => {
  if (decimals === 0) return String(mantissa);
  const digits = String(Math.abs(mantissa)).padStart(decimals + 1, '0');
  return `${mantissa < 0 ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

const scaled = ({ mul, div, add, decimals }: UnitAndScaling, raw: number): string =>
  decimalText(roundedQuotient((raw * mul + Math.round(add * div)) * 10 ** decimals, div), decimals);

/**
 * One test in words that are always the same for the same bytes:
 * `monitor 01 test 02: 0.450 V, 0.000 to 0.700, passed`. A scale that the table does not know is shown raw.
 */
export const monitorTestText = ({ monitor, test, scaling, value, min, max, passed }: MonitorTest): string => {
  const row = unitAndScaling(scaling);
  const show = (raw: number): string => (row === undefined ? String(raw) : scaled(row, raw));
  const suffix = row === undefined ? ` raw (scaling ${hexByte(scaling)})` : row.unit && ` ${row.unit}`;
  const verdict = passed ? 'passed' : 'failed';
  return `monitor ${hexByte(monitor)} test ${hexByte(test)}: ${show(value)}${suffix}, ${show(min)} to ${show(max)}, ${verdict}`;
};
