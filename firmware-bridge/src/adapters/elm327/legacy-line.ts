import { type Fault, fail, fault, fromHex, type Result, toHex } from '@outpost/schemas/words';
import {
  encodeLegacyFrame,
  type LegacyBus,
  type LegacyFrame,
  readLegacyFrame,
} from '../../obd/legacy-frame.ts';
import type { HexLine } from './can-line.ts';

const noFrame: Fault = fault(
  'malformed',
  'elm327.not-a-frame',
  'line',
  'the line is no whole number of bytes',
);

/**
 * Reads a line of one of the buses before CAN as the chip shows it with headers on (`ATH1`): header, data and checksum,
 * with spaces (`48 6B 10 41 00 BE 1F B8 11 AA`) or without. The bus is undefined while it is being looked for. Faults
 * are `malformed`: `elm327.not-a-frame`, and those of `readLegacyFrame`.
 */
export const readLegacyLine = ({ groups }: HexLine, bus: LegacyBus | undefined): Result<LegacyFrame> => {
  const apart = groups.length === 1 || groups.every(({ length }) => length === 2);
  const bytes = apart ? fromHex(groups.join('')) : undefined;
  return bytes === undefined ? fail(noFrame) : readLegacyFrame(bytes, bus);
};

/** The exact inverse: the line that a chip with `ATH1` prints, with spaces (`ATS1`) or without. */
export const legacyLine = (bus: LegacyBus, frame: LegacyFrame, spaces: boolean): HexLine => {
  const digits = toHex(encodeLegacyFrame(bus, frame)).toUpperCase();
  return { kind: 'hex', groups: spaces ? (digits.match(/../g) ?? []) : [digits] };
};
