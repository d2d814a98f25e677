import { signalByName } from '@outpost/schemas/vehicle';
import { ok, type Result } from '@outpost/schemas/words';
import { conversionTo, unitsFor } from '../../mapping/index.ts';
import { checkNumber, checkOptionsOver, wrongOption } from '../../obd/options.ts';
import type { NamedRule } from './names.ts';

export interface WicanOptions {
  /** Twelve hex digits, as in its topics; undefined takes the first that speaks. */
  readonly device: string | undefined;
  /** What parameters that the owner named mean. */
  readonly signals: ReadonlyMap<string, NamedRule>;
  /** The owner is told when nothing came for so long. */
  readonly silentAfterMs: number;
}

const DEFAULTS: WicanOptions = { device: undefined, signals: new Map(), silentAfterMs: 900_000 };
const SILENT_AFTER = { min: 1_000, max: 7 * 86_400_000 } as const;
const SIGNALS_MAX = 256;

const checkSignal = (where: string, value: unknown): Result<NamedRule> => {
  const {
    signal: name,
    unit: told,
    ...others
  } = typeof value === 'string' ? { signal: value } : Object(value);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return wrongOption(`${where}.${unknown}`, 'is not known; there are signal, unit.');
  const signal = typeof name === 'string' ? signalByName(name) : undefined;
  if (signal === undefined)
    return wrongOption(where, 'must name a signal of the table, such as "Vehicle.Speed".');
  const unit: unknown = told ?? signal.unit;
  if (typeof unit === 'string' && conversionTo(signal.unit, unit) !== undefined) return ok({ signal, unit });
  return wrongOption(`${where}.unit`, `must be one of ${unitsFor(signal.unit).join(', ')}.`);
};

const checkSignals = (value: unknown): Result<Partial<WicanOptions>> => {
  const entries =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  if (entries.length === 0 || entries.length > SIGNALS_MAX) {
    return wrongOption(
      'options.signals',
      `must be an object of 1 to ${SIGNALS_MAX} parameters and their signals.`,
    );
  }
  const signals = new Map<string, NamedRule>();
  for (const [name, each] of entries) {
    const rule = checkSignal(`options.signals.${name}`, each);
    if (!rule.ok) return rule;
    signals.set(name, rule.value);
  }
  return ok({ signals });
};

/** Checks the `options` of the configuration. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<WicanOptions> =>
  checkOptionsOver(DEFAULTS, options, (key, value) => {
    if (key === 'signals') return checkSignals(value);
    if (key === 'silentAfterMs') {
      const number = checkNumber(`options.${key}`, value, SILENT_AFTER);
      return number.ok ? ok({ silentAfterMs: number.value }) : number;
    }
    if (key !== 'device') return undefined;
    return typeof value === 'string' && /^[0-9a-f]{12}$/.test(value)
      ? ok({ device: value })
      : wrongOption('options.device', 'must be the twelve hex digits in its topics, such as "34b7da1a2b3c".');
  });
