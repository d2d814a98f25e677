import { fail, fault, ok, type Result } from '@outpost/schemas/words';
import { type Mapping, parseMapping } from '../../mapping/index.ts';
import { checkNumber, checkOptionsOver, wrongOption } from '../../obd/options.ts';
import type { ReadText } from '../../obd/read-text.ts';

export interface MappedOptions {
  readonly mapping: Mapping;
  /** The owner is told when nothing came for so long. */
  readonly silentAfterMs: number;
}

interface Choices {
  readonly mapping: Mapping | undefined;
  readonly silentAfterMs: number;
}

const DEFAULTS: Choices = { mapping: undefined, silentAfterMs: 900_000 };
const SILENT_AFTER = { min: 1_000, max: 7 * 86_400_000 } as const;

const readMapping = (path: string, readText: ReadText): Result<Mapping> => {
  const text = readText(path);
  return text.ok ? parseMapping(text.value, path) : text;
};

/** Checks the `options` of the configuration and reads the mapping that they name. Faults are `misconfigured`. */
export const checkOptions = (options: unknown, readText: ReadText): Result<MappedOptions> => {
  const checked = checkOptionsOver<Choices>(DEFAULTS, options, (key, value) => {
    if (key === 'silentAfterMs') {
      const number = checkNumber(`options.${key}`, value, SILENT_AFTER);
      return number.ok ? ok({ silentAfterMs: number.value }) : number;
    }
    if (key !== 'mapping') return undefined;
    if (typeof value !== 'string' || value === '')
      return wrongOption('options.mapping', 'must be the path of a file.');
    const mapping = readMapping(value, readText);
    return mapping.ok ? ok({ mapping: mapping.value }) : mapping;
  });
  if (!checked.ok) return checked;
  const { mapping, silentAfterMs } = checked.value;
  if (mapping !== undefined) return ok({ mapping, silentAfterMs });
  const words = 'is missing: the path of a file that says what which topic means.';
  return fail(fault('misconfigured', 'mapped.options', 'options.mapping', words));
};
