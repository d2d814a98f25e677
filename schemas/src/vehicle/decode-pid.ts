import { fail, fault, ok, type Result } from '../words/index.ts';
import type { Field } from './pid.ts';
import { pidByNumber } from './pids.ts';
import { mantissaOfRaw } from './scaling.ts';
import { type Quantity, signalById } from './signals.ts';

/** The raw number of a field, most significant bit first. The field must lie within the bytes. */
export const readField = (bytes: Uint8Array, { bitOffset, bitLength, signed }: Field): number => {
  const first = bitOffset >> 3;
  const end = bitOffset + bitLength;
  const last = (end - 1) >> 3;
  let raw = 0;
  for (let at = first; at <= last; at += 1) raw = raw * 256 + (bytes[at] ?? 0);
  raw = Math.floor(raw / 2 ** ((last + 1) * 8 - end)) % 2 ** bitLength;
  return signed && raw >= 2 ** (bitLength - 1) ? raw - 2 ** bitLength : raw;
};

const isThere = ({ bitOffset, bitLength, when }: Field, bytes: Uint8Array): boolean =>
  bitOffset + bitLength <= bytes.length * 8 &&
  (when === undefined || ((bytes[0] ?? 0) & when.mask) === when.equals);

/**
 * Values of one PID's data bytes (SAE J1979 service 01, after `41 pid`), in the order of the table. A field whose
 * support bit is clear, whose optional byte is missing or whose raw number means “no value” gives nothing. Faults
 * are `malformed`: `j1979.unknown-pid`, `j1979.length`.
 */
export const decodePid = (pid: number, bytes: Uint8Array): Result<readonly Quantity[]> => {
  const where = `01 ${pid.toString(16).toUpperCase().padStart(2, '0')}`;
  const row = pidByNumber(pid);
  if (row === undefined) {
    return fail(fault('malformed', 'j1979.unknown-pid', where, 'the PID is not in the table'));
  }
  if (!row.lengths.includes(bytes.length)) {
    const words = `expected ${row.lengths.join(' or ')} data bytes, got ${bytes.length}`;
    return fail(fault('malformed', 'j1979.length', where, words));
  }
  const quantities: Quantity[] = [];
  for (const field of row.fields) {
    if (!isThere(field, bytes)) continue;
    const raw = readField(bytes, field);
    if (field.nulls.includes(raw)) continue;
    const decimals = signalById(field.signal)?.decimals ?? 0;
    quantities.push({ signal: field.signal, mantissa: mantissaOfRaw(field, decimals, raw) });
  }
  return ok(quantities);
};
