import { ok, type Result } from '@outpost/schemas/words';
import { checkNamedRules, type NamedRule } from '../../mapping/index.ts';
import { checkNumber, checkOptionsOver, wrongOption } from '../../obd/options.ts';

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
/** Checks the `options` of the configuration. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<WicanOptions> =>
  checkOptionsOver(DEFAULTS, options, (key, value) => {
    if (key === 'signals') {
      const signals = checkNamedRules('options.signals', value);
      return signals.ok ? ok({ signals: signals.value }) : signals;
    }
    if (key === 'silentAfterMs') {
      const number = checkNumber(`options.${key}`, value, SILENT_AFTER);
      return number.ok ? ok({ silentAfterMs: number.value }) : number;
    }
    if (key !== 'device') return undefined;
    return typeof value === 'string' && /^[0-9a-f]{12}$/.test(value)
      ? ok({ device: value })
      : wrongOption('options.device', 'must be the twelve hex digits in its topics, such as "34b7da1a2b3c".');
  });
