import { z } from 'zod';
import { type Fault, fail, fault, ok, type Result } from '../words/fault.ts';
import { issueWords } from './issues.ts';
import { type Config, configShape } from './shape.ts';

const duplicate = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);

const misconfigured = (where: string, words: string): Fault =>
  fault('misconfigured', 'config.invalid', where, words);

/**
 * Checks a configuration as read from a file. Unknown keys are errors, defaults are filled in.
 * @param where the file's name, for the sentence.
 */
export const parseConfig = (value: unknown, where: string): Result<Config> => {
  const parsed = configShape.safeParse(value);
  if (!parsed.success)
    return fail(
      misconfigured(where, parsed.error.issues.map((issue) => issueWords(configShape, issue)).join(' ')),
    );
  const config = parsed.data;
  for (const [list, names] of [
    ['devices', config.devices.map((each) => each.name)],
    ['networks', config.networks.map((each) => each.name)],
    ['privacy.zones', config.privacy.zones.map((each) => each.name)],
  ] as const) {
    const twice = duplicate(names);
    if (twice !== undefined)
      return fail(misconfigured(where, `${list}: the name "${twice}" stands there twice.`));
  }
  return ok(config);
};

/** For editors: completes and checks a configuration file as it is written. */
export const configJsonSchema = (): object => ({
  ...z.toJSONSchema(configShape, { io: 'input' }),
  title: 'Outpost configuration',
});
