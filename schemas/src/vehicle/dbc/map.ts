import { fail, fault, ok, type Result } from '../../words/index.ts';
import { type Formula, formatFormula, mantissaOf, parseFormula } from '../formula.ts';
import type { Signal } from '../signal.ts';
import { isPlausible, type Quantity, signalByName } from '../signals.ts';
import type { Unit } from '../units.ts';
import type { Database, DbcMessage, DbcSignal } from './database.ts';
import { decodeFrame, type SignalValue } from './frame.ts';

/** Entries of one map. */
export const MAP_ENTRIES_MAX = 1_024;

/**
 * Which signals of a DBC file become readings: `{ "EngineData.EngineSpeed": "Vehicle.Powertrain.…Speed" }`. The
 * signal table's identifiers are for ever, so nothing of a file becomes a reading without standing here.
 */
export type SignalMap = ReadonlyMap<string, string>;

/** A message of which something is mapped. */
export interface MappedMessage {
  readonly message: DbcMessage;
  /** By the name in the DBC file. */
  readonly rows: ReadonlyMap<string, Signal>;
}

/** By `messageKey`. */
export type MappedMessages = ReadonlyMap<number, MappedMessage>;

/** How authors write the table's units. A signal without a unit is taken to be in the table's. */
const WRITINGS: Partial<Record<Unit, readonly string[]>> = {
  'km/h': ['kph', 'kmh', 'kmph'],
  rpm: ['1/min', 'min-1', 'u/min', 'r/min'],
  percent: ['%', 'pct'],
  celsius: ['c', '°c', 'degc', 'deg c', 'deg_c', 'grad c'],
  degrees: ['deg', '°', 'degree'],
  V: ['volt', 'volts'],
  A: ['amp', 'ampere'],
  s: ['sec', 'second', 'seconds'],
  Nm: ['n·m', 'n*m', 'newtonmeter'],
  'l/h': ['lph'],
};

const sameUnit = (written: string, { unit }: Signal): boolean => {
  const text = written.trim();
  if (text === '' || text === unit) return true;
  // mA and MA differ in their case alone, and so only the writings listed here may differ in it.
  const lower = text.toLowerCase();
  return WRITINGS[unit]?.includes(lower) === true || (unit.length > 2 && unit.toLowerCase() === lower);
};

const wrong = (
  where: string,
  words: string,
): { readonly ok: false; readonly fault: ReturnType<typeof fault> } =>
  fail(fault('misconfigured', 'dbc.map', where, words));

/** Reads a map that came out of a JSON file. Faults are `misconfigured`, `dbc.map`. */
export const readSignalMap = (value: unknown, where: string): Result<SignalMap> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return wrong(where, 'must be an object like {"EngineData.Speed": "Vehicle.Speed"}.');
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length > MAP_ENTRIES_MAX) return wrong(where, `has more than ${MAP_ENTRIES_MAX} entries.`);
  const map = new Map<string, string>();
  for (const [from, to] of entries) {
    if (typeof to !== 'string') return wrong(`${where}: ${from}`, 'must name a signal of the table.');
    map.set(from, to);
  }
  return ok(map);
};

const find = (
  database: Database,
  path: string,
): readonly [key: number, DbcMessage, DbcSignal] | undefined => {
  const dot = path.indexOf('.');
  for (const [key, message] of database.messages) {
    if (message.name !== path.slice(0, dot)) continue;
    const signal = message.signals.find(({ name }) => name === path.slice(dot + 1));
    if (signal !== undefined) return [key, message, signal];
  }
  return undefined;
};

/**
 * Joins a map with its DBC file. Faults are `misconfigured`, `dbc.map`: an entry names what is not there, two entries
 * name one signal of the table, a unit differs, or the signal has a flaw.
 */
export const mapDatabase = (database: Database, map: SignalMap, where: string): Result<MappedMessages> => {
  const mapped = new Map<number, { message: DbcMessage; rows: Map<string, Signal> }>();
  const taken = new Map<number, string>();
  for (const [path, name] of map) {
    const place = `${where}: ${path}`;
    const row = signalByName(name);
    if (row === undefined) return wrong(place, `“${name}” is no signal of the table.`);
    const found = find(database, path);
    if (found === undefined) return wrong(place, 'is not in the DBC file; write Message.Signal.');
    const [key, message, signal] = found;
    if (!parseFormula(formatFormula(signal.formula)).ok) {
      return wrong(place, 'has a factor or an offset of too many digits.');
    }
    const other = taken.get(row.id);
    if (other !== undefined) return wrong(place, `${name} is already taken from ${other}.`);
    const flaw = message.flaw ?? signal.flaw;
    if (flaw !== undefined)
      return wrong(place, `cannot be used, line ${flaw.line} of the DBC file: ${flaw.words}`);
    if (!sameUnit(signal.unit, row)) {
      return wrong(
        place,
        `is in “${signal.unit}” and ${name} is in ${row.unit}; change its factor and unit.`,
      );
    }
    taken.set(row.id, path);
    const entry = mapped.get(key) ?? { message, rows: new Map<string, Signal>() };
    entry.rows.set(signal.name, row);
    mapped.set(key, entry);
  }
  return ok(mapped);
};

/** A mapped signal of one frame, with the formula that made its value. */
export interface MappedValue {
  readonly quantity: Quantity;
  readonly formula: Formula;
}

/** What the mapped signals of one frame say. */
export interface MappedFrame {
  readonly values: readonly MappedValue[];
  /** Signals whose number stands for no value: outside its limits, or a number with a meaning of its own. */
  readonly withoutValue: number;
}

/** A number with a meaning in words, such as “not available”, is a value only where all of them are codes. */
const isSpecial = ({ label }: SignalValue, { unit }: Signal): boolean =>
  label !== undefined && unit !== 'code' && unit !== 'flag' && unit !== 'bits';

/**
 * Turns the data of one frame into values of the signal table: exact where the table has enough decimals, else
 * rounded half away from zero. The fault is that of `decodeFrame`.
 */
export const readMapped = ({ message, rows }: MappedMessage, bytes: Uint8Array): Result<MappedFrame> => {
  const decoded = decodeFrame(message, bytes);
  if (!decoded.ok) return decoded;
  const values: MappedValue[] = [];
  let withoutValue = 0;
  for (const said of decoded.value) {
    const row = rows.get(said.signal.name);
    if (row === undefined) continue;
    const { formula } = said.signal;
    const quantity = { signal: row.id, mantissa: Number(mantissaOf(formula, row.decimals, said.raw)) };
    const good = said.withinLimits && !isSpecial(said, row) && isPlausible(quantity);
    if (good && Number.isSafeInteger(quantity.mantissa)) values.push({ quantity, formula });
    else withoutValue += 1;
  }
  return ok({ values, withoutValue });
};
