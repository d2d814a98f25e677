import { roundedQuotient } from './scaling.ts';
import type { Quantity } from './signals.ts';
import { isPlausible, signalById } from './signals.ts';

/** Where in a parameter group one signal stands. J1939 counts bytes from 1 and puts the least significant first. */
export interface Parameter {
  /** Suspect parameter number. */
  readonly spn: number;
  readonly signal: number;
  readonly firstByte: number;
  readonly bytes: 1 | 2 | 4;
  /** value = raw × mul ÷ div + add, in the signal's unit. */
  readonly mul: number;
  readonly div: number;
  readonly add: number;
}

/** One parameter group (SAE J1939-71) as far as this table reads it. */
export interface ParameterGroup {
  readonly pgn: number;
  readonly acronym: string;
  /** How often it is sent unasked; undefined where it has to be asked for. */
  readonly everyMs: number | undefined;
  readonly parameters: readonly Parameter[];
}

type Scale = readonly [mul: number, div: number, add: number];

const at = (
  firstByte: number,
  bytes: 1 | 2 | 4,
  spn: number,
  signal: number,
  [mul, div, add]: Scale,
): Parameter => ({ spn, signal, firstByte, bytes, mul, div, add });

/** 0.03125 °C a step from −273 °C. */
const FINE_CELSIUS: Scale = [1, 32, -273];

/** Every group that is read, ascending. Each of its frames has eight bytes. */
export const PARAMETER_GROUPS: readonly ParameterGroup[] = [
  { pgn: 61_443, acronym: 'EEC2', everyMs: 50, parameters: [at(3, 1, 92, 4, [1, 1, 0])] },
  { pgn: 61_444, acronym: 'EEC1', everyMs: 20, parameters: [at(4, 2, 190, 2, [1, 8, 0])] },
  { pgn: 65_217, acronym: 'VDHR', everyMs: 1_000, parameters: [at(1, 4, 917, 21, [1, 200, 0])] },
  { pgn: 65_248, acronym: 'VDIST', everyMs: undefined, parameters: [at(5, 4, 245, 21, [1, 8, 0])] },
  { pgn: 65_253, acronym: 'HOURS', everyMs: undefined, parameters: [at(1, 4, 247, 601, [1, 20, 0])] },
  {
    pgn: 65_262,
    acronym: 'ET1',
    everyMs: 1_000,
    parameters: [at(1, 1, 110, 5, [1, 1, -40]), at(3, 2, 175, 20, FINE_CELSIUS)],
  },
  { pgn: 65_265, acronym: 'CCVS1', everyMs: 100, parameters: [at(2, 2, 84, 1, [1, 256, 0])] },
  { pgn: 65_266, acronym: 'LFE1', everyMs: 100, parameters: [at(1, 2, 183, 13, [1, 20, 0])] },
  {
    pgn: 65_269,
    acronym: 'AMB',
    everyMs: 1_000,
    parameters: [at(1, 1, 108, 16, [1, 2, 0]), at(4, 2, 171, 17, FINE_CELSIUS)],
  },
  { pgn: 65_276, acronym: 'DD', everyMs: 1_000, parameters: [at(2, 1, 96, 14, [2, 5, 0])] },
];

/** Groups that are no list of numbers. */
export const DM1_PGN = 65_226;
export const VEHICLE_IDENTIFICATION_PGN = 65_260;

const FRAME_BYTES = 8;

/** Numbers whose top byte is FB or more say “reserved”, “error” (FE) or “not available” (FF), never a value. */
const SPECIAL_FROM = 0xfb;

const BY_PGN: ReadonlyMap<number, ParameterGroup> = new Map(PARAMETER_GROUPS.map((row) => [row.pgn, row]));

export const parameterGroup = (pgn: number): ParameterGroup | undefined => BY_PGN.get(pgn);

const rawOf = (frame: Uint8Array, { firstByte, bytes }: Parameter): number | undefined => {
  if ((frame[firstByte - 2 + bytes] ?? SPECIAL_FROM) >= SPECIAL_FROM) return undefined;
  let raw = 0;
  for (let index = bytes - 1; index >= 0; index -= 1) raw = raw * 256 + (frame[firstByte - 1 + index] ?? 0);
  return raw;
};

/**
 * The values in one frame of a group, in the order of the table; a parameter that is not available, in error or
 * outside what its signal can carry gives nothing. Undefined where the group is not in the table or the frame has
 * not its eight bytes.
 */
export const decodeParameterGroup = (pgn: number, frame: Uint8Array): readonly Quantity[] | undefined => {
  const group = BY_PGN.get(pgn);
  if (group === undefined || frame.length !== FRAME_BYTES) return undefined;
  return group.parameters.flatMap((parameter): Quantity[] => {
    const raw = rawOf(frame, parameter);
    const row = signalById(parameter.signal);
    if (raw === undefined || row === undefined) return [];
    const { mul, div, add } = parameter;
    const mantissa = roundedQuotient((raw * mul + add * div) * 10 ** row.decimals, div);
    const quantity = { signal: row.id, mantissa };
    return isPlausible(quantity) ? [quantity] : [];
  });
};

/**
 * The inverse, for simulators: the eight bytes of a group with the given values at their places and everything else
 * “not available”. Throws a RangeError for a group or a signal that is not in the table, and for a value outside it.
 */
export const encodeParameterGroup = (pgn: number, quantities: readonly Quantity[]): Uint8Array => {
  const frame = new Uint8Array(FRAME_BYTES).fill(0xff);
  for (const { signal, mantissa } of quantities) {
    const parameter = BY_PGN.get(pgn)?.parameters.find((one) => one.signal === signal);
    const row = signalById(signal);
    if (parameter === undefined || row === undefined) {
      throw new RangeError(`group ${pgn} does not carry signal ${signal}`);
    }
    const { mul, div, add, bytes, firstByte } = parameter;
    const one = 10 ** row.decimals;
    const raw = roundedQuotient((mantissa - add * one) * div, mul * one);
    if (raw < 0 || raw >= SPECIAL_FROM * 256 ** (bytes - 1)) {
      throw new RangeError(`group ${pgn} cannot carry ${mantissa} of signal ${signal}`);
    }
    for (let index = 0, rest = raw; index < bytes; index += 1, rest = Math.floor(rest / 256)) {
      frame[firstByte - 1 + index] = rest % 256;
    }
  }
  return frame;
};
