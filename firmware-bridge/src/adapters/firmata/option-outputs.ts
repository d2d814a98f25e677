import { ok, type Result } from '@outpost/schemas/words';
import { checkNumber, type Range, wrongOption } from '../../obd/options.ts';
import { type Fields, only, pinAt } from './option-fields.ts';

/** What may be driven, and how far. */
export type Output = { readonly name: string; readonly pin: number } & (
  | {
      /** 1 closes the circuit. `NC`: the contact that is closed while the coil has no current. */
      readonly kind: 'relay';
      readonly contact: 'NO' | 'NC';
      readonly safe: 0 | 1;
    }
  /** 1 is high. */
  | { readonly kind: 'digital'; readonly safe: 0 | 1 }
  /** Percent of the time that the pin is high. */
  | { readonly kind: 'pwm'; readonly safe: number }
  | {
      readonly kind: 'servo';
      /** Degrees within 0 to 180 that it may be ordered to. */
      readonly minDegrees: number;
      readonly maxDegrees: number;
      /** Microseconds of the pulse at 0 and at 180 degrees. */
      readonly minUs: number;
      readonly maxUs: number;
      /** Undefined: it is not moved before somebody orders it. */
      readonly safe: number | undefined;
    }
  /** The gateway's own: it changes whenever readings of this board have reached the disk. */
  | { readonly kind: 'light' }
);

const KINDS = ['relay', 'digital', 'pwm', 'servo', 'light'] as const;

const FIELDS: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  relay: ['kind', 'pin', 'contact', 'safe'],
  digital: ['kind', 'pin', 'safe'],
  pwm: ['kind', 'pin', 'safe'],
  servo: ['kind', 'pin', 'minDegrees', 'maxDegrees', 'minUs', 'maxUs', 'safe'],
  light: ['kind', 'pin'],
};

const PULSE: Range = { min: 400, max: 2_600 };

const levelAt = (where: string, fields: Fields): Result<0 | 1> => {
  const safe = fields['safe'] ?? 0;
  return safe === 0 || safe === 1 ? ok(safe) : wrongOption(`${where}.safe`, 'must be 0 or 1.');
};

const checkServo = (
  at: { readonly name: string; readonly pin: number },
  where: string,
  fields: Fields,
): Result<Output> => {
  const number = (key: string, otherwise: number, range: Range): Result<number> =>
    checkNumber(`${where}.${key}`, fields[key] ?? otherwise, range);
  const minDegrees = number('minDegrees', 0, { min: 0, max: 180 });
  if (!minDegrees.ok) return minDegrees;
  const maxDegrees = number('maxDegrees', 180, { min: minDegrees.value, max: 180 });
  if (!maxDegrees.ok) return maxDegrees;
  const minUs = number('minUs', 600, PULSE);
  if (!minUs.ok) return minUs;
  const maxUs = number('maxUs', 2_400, { min: minUs.value + 1, max: PULSE.max });
  if (!maxUs.ok) return maxUs;
  const range = { min: minDegrees.value, max: maxDegrees.value };
  const safe = fields['safe'] === undefined ? undefined : checkNumber(`${where}.safe`, fields['safe'], range);
  if (safe?.ok === false) return safe;
  return ok({
    ...at,
    kind: 'servo',
    minDegrees: minDegrees.value,
    maxDegrees: maxDegrees.value,
    minUs: Math.round(minUs.value),
    maxUs: Math.round(maxUs.value),
    safe: safe?.value,
  });
};

/** Checks one entry of `options.outputs`. Faults are `misconfigured`. */
export const checkOutput = (name: string, where: string, fields: Fields): Result<Output> => {
  const kind = KINDS.find((each) => each === fields['kind']);
  if (kind === undefined) return wrongOption(`${where}.kind`, `must be one of ${KINDS.join(', ')}.`);
  const known = only(where, fields, FIELDS[kind]);
  if (!known.ok) return known;
  const pin = pinAt(where, fields);
  if (!pin.ok) return pin;
  const at = { name, pin: pin.value };
  switch (kind) {
    case 'light':
      return ok({ ...at, kind });
    case 'servo':
      return checkServo(at, where, fields);
    case 'pwm': {
      const safe = checkNumber(`${where}.safe`, fields['safe'] ?? 0, { min: 0, max: 100 });
      return safe.ok ? ok({ ...at, kind, safe: safe.value }) : safe;
    }
    case 'digital': {
      const safe = levelAt(where, fields);
      return safe.ok ? ok({ ...at, kind, safe: safe.value }) : safe;
    }
    case 'relay': {
      const contact = fields['contact'] ?? 'NO';
      if (contact !== 'NO' && contact !== 'NC')
        return wrongOption(`${where}.contact`, 'must be "NO" or "NC".');
      const safe = levelAt(where, fields);
      return safe.ok ? ok({ ...at, kind, contact, safe: safe.value }) : safe;
    }
  }
};
