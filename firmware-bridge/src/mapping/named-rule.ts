import { parseRatio, ratio, signalByName } from '@outpost/schemas/vehicle';
import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { conversionTo, unitsFor } from './units.ts';
import type { ValueRule } from './value-rule.ts';

/** A rule but for its place: what a parameter of that name means. */
export type NamedRule = Omit<ValueRule, 'pointer'>;

/** A rule of a table; undefined where the signal is not in ours. */
export const namedRule = (
  name: string,
  { unit, factor = '1', words }: { unit?: string; factor?: string; words?: ReadonlyMap<string, number> } = {},
): NamedRule | undefined => {
  const signal = signalByName(name);
  const by = parseRatio(factor);
  if (signal === undefined || by === undefined) return undefined;
  return {
    signal,
    unit: unit ?? signal.unit,
    ...(factor === '1' ? {} : { scale: { factor: by, offset: ratio(0n) } }),
    ...(words === undefined ? {} : { words }),
  };
};

const RULES_MAX = 256;

const wrong = (where: string, words: string) => fail(fault('misconfigured', 'mapping.options', where, words));

const checkRule = (where: string, value: unknown): Result<NamedRule> => {
  const {
    signal: name,
    unit: told,
    ...others
  } = typeof value === 'string' ? { signal: value } : Object(value);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return wrong(`${where}.${unknown}`, 'is not known; there are signal, unit.');
  const signal = typeof name === 'string' ? signalByName(name) : undefined;
  if (signal === undefined) return wrong(where, 'must name a signal of the table, such as "Vehicle.Speed".');
  const unit: unknown = told ?? signal.unit;
  if (typeof unit === 'string' && conversionTo(signal.unit, unit) !== undefined) return ok({ signal, unit });
  return wrong(`${where}.unit`, `must be one of ${unitsFor(signal.unit).join(', ')}.`);
};

/** Checks an option that says what parameters named by their owner mean. Faults are `misconfigured`. */
export const checkNamedRules = (where: string, value: unknown): Result<ReadonlyMap<string, NamedRule>> => {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0 || entries.length > RULES_MAX) {
    return wrong(where, `must be an object of 1 to ${RULES_MAX} parameters and their signals.`);
  }
  const rules = new Map<string, NamedRule>();
  for (const [name, each] of entries) {
    const rule = checkRule(`${where}.${name}`, each);
    if (!rule.ok) return rule;
    rules.set(name, rule.value);
  }
  return ok(rules);
};
