import { fail, fault, fromHex, ok, type Result } from '@outpost/schemas/words';
import { type CanFrame, isAnswerId } from '../../obd/can-frame.ts';
import type { Event } from './event.ts';

export type HexLine = Extract<Event, { readonly kind: 'hex' }>;

const CAN_BYTES_MAX = 8;
const ID_DIGITS = { 11: 3, 29: 8 } as const;
const ID_MAX = { 11: 0x7ff, 29: 0x1fff_ffff } as const;

const malformed = (code: string, words: string): Result<CanFrame> =>
  fail(fault('malformed', code, 'CAN line', words));

/**
 * Spaces on: `7E8 06 41 00 …` or `18 DA F1 10 06 41 …`, every group but the first of two digits. Spaces off: one
 * group, whose length is odd for an 11-bit identifier and even for one of 29 bits. Undefined for any other grouping.
 */
const splitId = (groups: readonly string[]): { id: string; bytes: string } | undefined => {
  const [first = '', ...rest] = groups;
  if (rest.length === 0) {
    const digits = ID_DIGITS[first.length % 2 === 1 ? 11 : 29];
    return { id: first.slice(0, digits), bytes: first.slice(digits) };
  }
  if (rest.some((group) => group.length !== 2)) return undefined;
  if (first.length === 3) return { id: first, bytes: rest.join('') };
  if (first.length !== 2) return undefined;
  return { id: `${first}${rest.slice(0, 3).join('')}`, bytes: rest.slice(3).join('') };
};

/**
 * Reads a line with header. Faults are `malformed`: `elm327.not-a-frame` where digits do not divide into an
 * identifier and one to eight bytes, `elm327.foreign-id` where the identifier is none.
 */
export const readAnyCanLine = ({ groups }: HexLine): Result<CanFrame> => {
  const split = splitId(groups);
  const bytes = split === undefined ? undefined : fromHex(split.bytes);
  if (split === undefined || bytes === undefined || bytes.length === 0 || bytes.length > CAN_BYTES_MAX) {
    return malformed('elm327.not-a-frame', 'the line is not an identifier and one to eight bytes');
  }
  const idBits = split.id.length === ID_DIGITS[11] ? 11 : 29;
  const id = Number.parseInt(split.id, 16);
  if (id > ID_MAX[idBits]) return malformed('elm327.foreign-id', `${split.id} is no identifier`);
  return ok({ id, idBits, bytes });
};

/** The same, of a control unit that was asked: one of those that the law knows, or `from` where only that was. */
export const readCanLine = (line: HexLine, from?: number): Result<CanFrame> => {
  const frame = readAnyCanLine(line);
  if (!frame.ok) return frame;
  const { id, idBits } = frame.value;
  if (from === undefined ? isAnswerId(id, idBits) : id === from) return frame;
  const shown = id.toString(16).toUpperCase();
  return malformed('elm327.foreign-id', `${shown} is no address that answers come from`);
};

const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

/** The exact inverse: the line that a chip with `ATH1` prints, with spaces (`ATS1`) or without. */
export const canLine = ({ id, idBits, bytes }: CanFrame, spaces: boolean): HexLine => {
  const digits = id.toString(16).toUpperCase().padStart(ID_DIGITS[idBits], '0');
  const shown = Array.from(bytes, hexByte);
  if (!spaces) return { kind: 'hex', groups: [digits + shown.join('')] };
  const idGroups = idBits === 11 ? [digits] : [0, 2, 4, 6].map((at) => digits.slice(at, at + 2));
  return { kind: 'hex', groups: [...idGroups, ...shown] };
};

/**
 * The lines of one answer that a chip with `ATH0` prints: bare bytes for up to seven of them, else the length as
 * three digits and lines numbered 0 to F round and round, the first of six bytes and the others of seven.
 */
export const bareLines = (payload: Uint8Array, spaces: boolean): readonly Event[] => {
  const group = (bytes: Uint8Array): readonly string[] => {
    const shown = Array.from(bytes, hexByte);
    return spaces ? shown : [shown.join('')];
  };
  if (payload.length < CAN_BYTES_MAX) return [{ kind: 'hex', groups: group(payload) }];
  const length = payload.length.toString(16).toUpperCase().padStart(3, '0');
  const lines: Event[] = [{ kind: 'hex', groups: [length] }];
  for (let at = 0, line = 0; at < payload.length; line += 1) {
    const end = at + (line === 0 ? 6 : 7);
    lines.push({ kind: 'numbered', index: line % 16, groups: group(payload.subarray(at, end)) });
    at = end;
  }
  return lines;
};
