import { z } from 'zod';

/** Where a value stands, as people write it: `devices[2].port`; empty for the whole. */
export const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`,
    '',
  );

/** One sentence for one thing that a shape found wrong. */
export const issueWords = (shape: z.ZodType, issue: z.core.$ZodIssue): string => {
  const at = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(shape, issue.path);
    const keys = issue.keys.map((key) => `"${key}"`).join(', ');
    return `${keys} ${issue.keys.length > 1 ? 'are' : 'is'} unknown${at === '' ? '' : ` in ${at}`}; known here: ${known}.`;
  }
  return `${at === '' ? 'the whole file' : at}: ${issue.message.charAt(0).toLowerCase()}${issue.message.slice(1)}.`;
};

/** The keys that a shape has at a path, for the sentence that names an unknown one. */
const knownKeys = (shape: z.ZodType, path: readonly PropertyKey[]): string => {
  let node: unknown = z.toJSONSchema(shape, { io: 'input' });
  for (const part of path) {
    const at = node as { properties?: Record<string, unknown>; items?: unknown; anyOf?: readonly unknown[] };
    const inner = typeof part === 'number' ? at.items : at.properties?.[String(part)];
    const options = (inner as { anyOf?: readonly unknown[] } | undefined)?.anyOf;
    node = options?.find((option) => (option as { type?: string }).type === 'object') ?? inner;
  }
  return Object.keys((node as { properties?: object } | undefined)?.properties ?? {}).join(', ');
};
