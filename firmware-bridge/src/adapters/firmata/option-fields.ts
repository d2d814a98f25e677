import { ok, type Result } from '@outpost/schemas/words';
import { wrongOption } from '../../obd/options.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Of each kind; no board has more pins worth naming. */
const ENTRIES_MAX = 32;
const NAME = /^[a-z][a-z0-9-]{0,31}$/;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Nothing is passed over silently: a misspelt field would be one that is missing. */
export const only = (where: string, fields: Fields, names: readonly string[]): Result<void> => {
  const unknown = Object.keys(fields).find((key) => !names.includes(key));
  return unknown === undefined
    ? ok(undefined)
    : wrongOption(`${where}.${unknown}`, `is not known; there are ${names.join(', ')}.`);
};

/** An object whose keys are the owner's names. */
export const list = <T>(
  where: string,
  value: unknown,
  check: (name: string, where: string, fields: Fields) => Result<T>,
): Result<readonly T[]> => {
  if (!isObject(value)) return wrongOption(where, 'must be an object with your names for them as its keys.');
  const entries = Object.entries(value);
  if (entries.length > ENTRIES_MAX) return wrongOption(where, `has more than ${ENTRIES_MAX} entries.`);
  const all: T[] = [];
  for (const [name, fields] of entries) {
    const at = `${where}.${name}`;
    if (!NAME.test(name)) return wrongOption(at, 'must be named with 1 to 32 of a-z 0-9 -, a letter first.');
    if (!isObject(fields)) return wrongOption(at, 'must be an object.');
    const checked = check(name, at, fields);
    if (!checked.ok) return checked;
    all.push(checked.value);
  }
  return ok(all);
};

export const pinAt = (where: string, fields: Fields): Result<number> => {
  const pin = fields['pin'];
  return typeof pin === 'number' && Number.isInteger(pin) && pin >= 0 && pin <= 127
    ? ok(pin)
    : wrongOption(`${where}.pin`, 'must be the number of a pin, 0 to 127; on an Uno A0 is 14.');
};
