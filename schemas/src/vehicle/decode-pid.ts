import { fail, fault, ok, type Result } from '../words/index.ts';
import { isThere, readField } from './fields.ts';
import { pidByNumber } from './pids.ts';
import { mantissaOfRaw } from './scaling.ts';
import { type Quantity, signalById } from './signals.ts';

/**
 * Values of one PID's data bytes (SAE J1979 service 01, after `41 pid`), in the order of the table. A field
 * whose support bit is clear, whose optional byte is missing or whose raw number means “no value” gives
 * nothing. Faults are `malformed`: `j1979.unknown-pid`, `j1979.length`.
 */
export const decodePid = (pid: number, bytes: Uint8Array): Result<readonly Quantity[]> => {
  const row = pidByNumber(pid);
  if (row === undefined) {
    return fail(fault('malformed', 'j1979.unknown-pid', whereOf(pid), 'the PID is not in the table'));
  }
  if (!row.lengths.includes(bytes.length)) {
    const words = `expected ${row.lengths.join(' or ')} data bytes, got ${bytes.length}`;
    return fail(fault('malformed', 'j1979.length', whereOf(pid), words));
  }
  const quantities: Quantity[] = [];
  for (const field of row.fields) {
    if (!isThere(bytes, field)) continue;
    const raw = readField(bytes, field);
    const signal = signalById(field.signal);
    if (signal === undefined || field.nulls.includes(raw)) continue;
    quantities.push({ signal: signal.id, mantissa: mantissaOfRaw(field, signal.decimals, raw) });
  }
  return ok(quantities);
};

const whereOf = (pid: number): string => `01 ${pid.toString(16).toUpperCase().padStart(2, '0')}`;
