/** Whether a text is a JSON pointer (RFC 6901 §3): empty, or parts that begin with a slash. */
export const isJsonPointer = (text: string): boolean => /^(?:\/(?:[^~]|~[01])*)*$/.test(text);

const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** The names that a pointer goes along, as they stand in a document (RFC 6901 §4). */
export const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

/** What stands at the end of a path; undefined where there is nothing. */
export const atPath = (document: unknown, path: readonly string[]): unknown => {
  let value = document;
  for (const name of path) {
    if (!isMembers(value) || !Object.hasOwn(value, name)) return undefined;
    // A list has a length of its own, and only plain numbers name its elements (RFC 6901 §4).
    if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(name)) return undefined;
    value = value[name];
  }
  return value;
};

/** What stands at a pointer; undefined where there is nothing. */
export const atPointer = (document: unknown, pointer: string): unknown => atPath(document, pathOf(pointer));

/** One part of a pointer. */
export const pointerTo = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
