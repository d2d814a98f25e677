import { fromHex } from '@outpost/schemas/words';

/** The members of an object by their names in small letters: stations and servers do not agree on the rest. */
export type Members = ReadonlyMap<string, unknown>;

export const membersOf = (value: unknown): Members | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value).map(([name, each]) => [name.toLowerCase(), each]))
    : undefined;

/** A whole number from `min` to `max`. */
export const wholeIn = (members: Members, name: string, min: number, max: number): number | undefined => {
  const value = members.get(name);
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? value
    : undefined;
};

export const numberIn = (members: Members, name: string): number | undefined => {
  const value = members.get(name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** A whole number of up to 63 bits. */
export const bigIn = (members: Members, name: string): bigint | undefined => {
  const value = members.get(name);
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : undefined;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
};

export const textIn = (members: Members, name: string): string | undefined => {
  const value = members.get(name);
  return typeof value === 'string' ? value : undefined;
};

export const bytesIn = (members: Members, name: string): Uint8Array | undefined => {
  const value = textIn(members, name);
  return value === undefined ? undefined : fromHex(value);
};
