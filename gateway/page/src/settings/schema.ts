/** The part of JSON Schema (2020-12) that the configuration's schema uses. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export type Members = Readonly<Record<string, unknown>>;

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is behind `null`, where a thing may be switched off. */
export const whenOn = ({ anyOf }: Schema): Schema | undefined =>
  anyOf?.length === 2 && anyOf.some(({ type }) => type === 'null')
    ? anyOf.find(({ type }) => type !== 'null')
    : undefined;

/** Names in the configuration are written together: `flushEveryS` is read "Flush every s". */
export const titleOf = (name: string): string => {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The value with one member changed; undefined takes it away, so that its default holds. */
export const withMember = (value: unknown, name: string, member: unknown): Members => {
  const { [name]: _, ...rest } = isMembers(value) ? value : {};
  return member === undefined ? rest : { ...(isMembers(value) ? value : {}), [name]: member };
};

/** What a new one begins with: texts that must be given are empty, everything else is its default. */
export const newOf = ({ properties = {}, required = [], type }: Schema): unknown =>
  type === 'object'
    ? Object.fromEntries(required.map((name) => [name, properties[name]?.type === 'string' ? '' : 0]))
    : '';
