import type { Quantity } from '@outpost/schemas/vehicle';
import {
  encodeProfileAnswer,
  type Profile,
  type ProfileRequest,
  type ProfileSignal,
  profileByName,
} from '@outpost/schemas/vehicle/profiles';
import { asciiBytes, concatBytes } from '@outpost/schemas/words';
import { DID_VALUES } from './did-values.ts';
import type { CarIdentity, UnitIdentity } from './identity.ts';
import type { Moment } from './pid-table.ts';

/** What a control unit answers to an identifier of two bytes (ISO 14229-1, service 22), after the identifier. */
export type DidTable = ReadonlyMap<number, (moment: Moment) => Uint8Array>;

/** Service and identifier stand before the content. */
const ECHO_BYTES = 3;

const within = (mantissa: number, { min, max }: ProfileSignal): number =>
  Math.min(Number(max), Math.max(Number(min), mantissa));

/** The value of a signal now, on the decimals of the signal table; a car without it says so where it can. */
const quantityOf = (each: ProfileSignal, moment: Moment): Quantity | undefined => {
  const { signal, nulls, map } = each;
  const value = DID_VALUES.get(signal.name)?.(moment);
  if (value === undefined && nulls.length > 0) return undefined;
  const wanted = Math.round((value ?? 0) * 10 ** signal.decimals);
  if (map !== undefined) {
    const codes = [...map.values()].map(Number);
    return { signal: signal.id, mantissa: codes.includes(wanted) ? wanted : (codes[0] ?? 0) };
  }
  return { signal: signal.id, mantissa: within(wanted, each) };
};

const answerOf = (request: ProfileRequest, moment: Moment): Uint8Array => {
  const said = new Map<number, Quantity>();
  for (const each of request.signals) {
    const quantity = said.has(each.signal.id) ? undefined : quantityOf(each, moment);
    if (quantity !== undefined) said.set(each.signal.id, quantity);
  }
  return encodeProfileAnswer(request, [...said.values()]).subarray(ECHO_BYTES);
};

const didOf = ({ request }: ProfileRequest): number => ((request[1] ?? 0) << 8) | (request[2] ?? 0);

/** A profile's identifiers of one service, by the identifiers of the unit that answers them. */
export interface ProfileUnit {
  readonly target: number;
  readonly answer: number;
  readonly dids: DidTable;
}

/** The control units that a profile asks with service 22 over identifiers of 11 bits. */
export const profileUnits = (name: string): readonly ProfileUnit[] => {
  const found = profileByName(name);
  if (!found.ok) throw new Error(`a simulated car names a profile that is not there: ${found.fault.words}`);
  const profile: Profile = found.value;
  const units = new Map<
    number,
    { target: number; answer: number; dids: Map<number, (m: Moment) => Uint8Array> }
  >();
  for (const request of profile.requests) {
    if (request.isWide || request.extended !== undefined || request.request[0] !== 0x22) continue;
    const unit = units.get(request.target) ?? {
      target: request.target,
      answer: request.answer,
      dids: new Map(),
    };
    units.set(request.target, unit);
    unit.dids.set(didOf(request), (moment: Moment) => answerOf(request, moment));
  }
  return [...units.values()];
};

/** What every unit knows of itself: ISO 14229-1, annex C.1. */
export const identificationDids = ({ vin }: CarIdentity, unit: UnitIdentity): DidTable =>
  new Map([
    [0xf186, () => Uint8Array.of(0x01)],
    [0xf18c, () => asciiBytes(unit.cvn)],
    [0xf190, () => asciiBytes(vin)],
    [0xf195, () => asciiBytes(unit.calibrationId)],
    [0xf197, () => asciiBytes(unit.name)],
  ]);

/** Service 22 with one or more identifiers; undefined where it knows none of them. */
export const readDids = (table: DidTable, parameters: Uint8Array, moment: Moment): Uint8Array | undefined => {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 1 < parameters.length; at += 2) {
    const did = ((parameters[at] ?? 0) << 8) | (parameters[at + 1] ?? 0);
    const content = table.get(did)?.(moment);
    if (content !== undefined) parts.push(Uint8Array.of(did >> 8, did & 0xff), content);
  }
  return parts.length === 0 ? undefined : concatBytes(Uint8Array.of(0x62), ...parts);
};
