import { z } from 'zod';
import { type Fault, fail, fault, ok, type Result } from '../words/fault.ts';
import { type Config, configShape } from './shape.ts';

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`,
    '',
  );

const issueWords = (issue: z.core.$ZodIssue): string => {
  const at = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path);
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return `${keys} ${issue.keys.length > 1 ? 'are' : 'is'} unknown${at === '' ? '' : ` in ${at}`}; known here: ${known}.`;
  }
  return `${at === '' ? 'the whole file' : at}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}.`;
};

/** The keys that the shape has at a path, for the sentence that names an unknown one. */
const knownKeys = (path: readonly PropertyKey[]): string => {
  let node: unknown = z.toJSONSchema(configShape, { io: 'input' });
  for (const part of path) {
    const at = node as { properties?: Record<string, unknown>; items?: unknown; anyOf?: readonly unknown[] };
    const inner = typeof part === 'number' ? at.items : at.properties?.[String(part)];
    const options = (inner as { anyOf?: readonly unknown[] } | undefined)?.anyOf;
    node = options?.find((option) => (option as { type?: string }).type === 'object') ?? inner;
  }
  return Object.keys((node as { properties?: object } | undefined)?.properties ?? {}).join(', ');
};

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
  if (!parsed.success) return fail(misconfigured(where, parsed.error.issues.map(issueWords).join(' ')));
  const config = parsed.data;
  for (const [list, names] of [
    ['devices', config.devices.map((each) => each.name)],
    ['networks', config.networks.map((each) => each.name)],
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
