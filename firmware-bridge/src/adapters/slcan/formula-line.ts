import { mantissaOf, parseFormula, readRaw, signalByName } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';
import type { CanFrame } from '../../can/frame.ts';

/**
 * Begins the line that a broadcast reading's raw bytes end with: the formula of the owner's DBC file and the signal it
 * stands for. No line of an adapter begins with it. Without it the bytes of such a frame mean nothing to a verifier.
 */
export const FORMULA_MARK = '#';

/** What a frame says by the formula of such a line, without its mark; undefined where it says nothing. */
export const bodyByFormula = ({ id, data }: CanFrame, line: string): Body | undefined => {
  const space = line.lastIndexOf(' ');
  const formula = parseFormula(line.slice(0, space));
  const row = signalByName(line.slice(space + 1));
  if (!formula.ok || row === undefined) return undefined;
  const raw = readRaw(data, formula.value);
  if (raw === undefined) return undefined;
  const mantissa = Number(mantissaOf(formula.value, row.decimals, raw));
  return Number.isSafeInteger(mantissa) ? { kind: 'number', signal: row.id, mantissa, ecu: id } : undefined;
};
