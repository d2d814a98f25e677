import { ok, type Result } from '@outpost/schemas/words';
import { checkNamedRules, type NamedRule } from '../../mapping/index.ts';
import { checkNumber, checkOptionsOver, wrongOption } from '../../obd/options.ts';

export interface OvmsOptions {
  /** What metrics that the table does not have mean, by their own names: `xnl.v.b.gids`. */
  readonly signals: ReadonlyMap<string, NamedRule>;
  /** Keep data records. They may hold positions, into which privacy zones do not see. */
  readonly records: boolean;
  /** The owner is told when nothing came for so long; a parked module speaks every ten minutes. */
  readonly silentAfterMs: number;
}

const DEFAULTS: OvmsOptions = { signals: new Map(), records: false, silentAfterMs: 1_800_000 };
const SILENT_AFTER = { min: 1_000, max: 7 * 86_400_000 } as const;

/** Checks the `options` of the configuration. Faults are `misconfigured`. */
export const checkOptions = (options: unknown): Result<OvmsOptions> =>
  checkOptionsOver(DEFAULTS, options, (key, value) => {
    const where = `options.${key}`;
    switch (key) {
      case 'signals': {
        const signals = checkNamedRules(where, value);
        return signals.ok ? ok({ signals: signals.value }) : signals;
      }
      case 'silentAfterMs': {
        const number = checkNumber(where, value, SILENT_AFTER);
        return number.ok ? ok({ silentAfterMs: number.value }) : number;
      }
      case 'records':
        return typeof value === 'boolean'
          ? ok({ records: value })
          : wrongOption(where, 'must be true or false.');
      default:
        return undefined;
    }
  });
