import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** An object as a forwarder wrote it; nothing of it is known to be what it should. */
export type Members = Readonly<Record<string, unknown>>;

/** How deep an item may nest: an antenna of an item is 3, with room for what vendors add. */
export const DEPTH_MAX = 8;

const bad = (words: string): Result<never> => fail(fault('malformed', 'gwmp.json', 'gwmp', words));

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Holds nothing between two calls that do not stream. */
const UTF8 = new TextDecoder();

/** Reads one object. Bytes that are no UTF-8 stand in names of vendors and do no harm: each becomes U+FFFD. */
export const readMembers = (bytes: Uint8Array): Result<Members> => {
  try {
    const value: unknown = JSON.parse(UTF8.decode(bytes));
    return isMembers(value) ? ok(value) : bad('an item is no JSON object.');
  } catch {
    return bad('an item is no JSON.');
  }
};

const NUMERIC = /^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/;

/**
 * A number, also where it stands in quotes; undefined where it is not there or null; `false` where it is something
 * else.
 */
export const numberIn = (members: Members, name: string): number | undefined | false => {
  const value = members[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : false;
  return typeof value === 'string' && NUMERIC.test(value) ? Number(value) : false;
};

/** A limit in the unit of the body, and by how much the protocol's unit is multiplied. */
export interface Scale {
  readonly factor: number;
  readonly min: number;
  readonly max: number;
}

/** A whole number of the body's unit; `false` where what stands there is none within the limits. */
export const scaledIn = (
  members: Members,
  name: string,
  { factor, min, max }: Scale,
): number | undefined | false => {
  const value = numberIn(members, name);
  if (value === undefined || value === false) return value;
  // Never −0, which no integer of the evidence can be.
  const whole = Math.round(value * factor) + 0;
  return whole >= min && whole <= max ? whole : false;
};

/** For what is only said besides: whatever it is, it does not spoil the frame. */
export const besides = (members: Members, name: string, scale: Scale): number | undefined => {
  const value = scaledIn(members, name, scale);
  return value === false ? undefined : value;
};

export const textIn = (members: Members, name: string): string | undefined => {
  const value = members[name];
  return typeof value === 'string' ? value : undefined;
};

/** What our simulator says of itself in `meta.source` of each item; nothing else prints it. */
export const SIMULATOR_MARK = 'Outpost simulator';

export const isSimulated = (members: Members): boolean => {
  const meta = members['meta'];
  return isMembers(meta) && meta['source'] === SIMULATOR_MARK;
};
