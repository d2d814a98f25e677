import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/**
 * What a request or an answer looks like, in the part of JSON Schema (2020-12) that the page's API needs. The same
 * objects check what comes in and are the components of docs/api/openapi.json.
 */
export type Shape =
  | {
      readonly type: 'string';
      readonly minLength?: number;
      readonly maxLength?: number;
      readonly pattern?: string;
      readonly enum?: readonly string[];
      readonly description?: string;
    }
  | {
      readonly type: 'integer' | 'number';
      readonly minimum?: number;
      readonly maximum?: number;
      readonly description?: string;
    }
  | { readonly type: 'boolean'; readonly description?: string }
  | {
      readonly type: 'array';
      readonly items: Shape;
      readonly maxItems?: number;
      readonly description?: string;
    }
  | ObjectShape
  /** Anything that JSON can say. */
  | { readonly type?: never; readonly description: string };

export interface ObjectShape {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** False where nothing else may stand in it. */
  readonly additionalProperties?: boolean;
  readonly description?: string;
}

type Required<S extends ObjectShape> = S['required'] extends readonly (infer N)[] ? N : never;

type Scalar<S extends Shape> = S extends { readonly type: 'string'; readonly enum: readonly (infer V)[] }
  ? V
  : S extends { readonly type: 'string' }
    ? string
    : S extends { readonly type: 'integer' | 'number' }
      ? number
      : S extends { readonly type: 'boolean' }
        ? boolean
        : unknown;

/** The TypeScript type of what has a shape. */
export type ValueOf<S extends Shape> = S extends ObjectShape
  ? { readonly [N in keyof S['properties'] & Required<S>]: ValueOf<S['properties'][N]> } & {
      readonly [N in Exclude<keyof S['properties'], Required<S>>]?: ValueOf<S['properties'][N]> | undefined;
    }
  : S extends { readonly type: 'array'; readonly items: infer I extends Shape }
    ? readonly ValueOf<I>[]
    : Scalar<S>;

const textFinding = (value: unknown, shape: Shape & { readonly type: 'string' }): string | undefined => {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, pattern, enum: choices } = shape;
  if (typeof value !== 'string') return 'must be a text';
  if (choices !== undefined && !choices.includes(value)) return `must be one of ${choices.join(', ')}`;
  if (value.length < minLength) return `must have ${minLength} characters or more`;
  if (value.length > maxLength) return `must have ${maxLength} characters at most`;
  return pattern !== undefined && !new RegExp(pattern, 'u').test(value) ? 'is not of its form' : undefined;
};

const numberFinding = (
  value: unknown,
  shape: Shape & { readonly type: 'integer' | 'number' },
): string | undefined => {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'must be a number';
  if (shape.type === 'integer' && !Number.isSafeInteger(value)) return 'must be a whole number';
  if (value < minimum) return `must be ${minimum} or more`;
  return value > maximum ? `must be ${maximum} at most` : undefined;
};

const objectFinding = (value: unknown, shape: ObjectShape, at: string): string | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at} must be an object`;
  const given = value as Readonly<Record<string, unknown>>;
  const { properties, required = [], additionalProperties = true } = shape;
  const stranger = Object.keys(given).find((name) => !Object.hasOwn(properties, name));
  if (!additionalProperties && stranger !== undefined) return `"${stranger.slice(0, 40)}" is not asked for`;
  for (const [name, inner] of Object.entries(properties)) {
    const field = Object.hasOwn(given, name) ? given[name] : undefined;
    if (field === undefined && !required.includes(name)) continue;
    const found = finding(field, inner, `"${name}"`);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** What is wrong with the first thing that is; undefined where nothing is. */
const finding = (value: unknown, shape: Shape, at: string): string | undefined => {
  const says = (words: string | undefined): string | undefined =>
    words === undefined ? undefined : `${at} ${words}`;
  if (shape.type === undefined) return value === undefined ? says('is missing') : undefined;
  switch (shape.type) {
    case 'string':
      return says(textFinding(value, shape));
    case 'integer':
    case 'number':
      return says(numberFinding(value, shape));
    case 'boolean':
      return says(typeof value === 'boolean' ? undefined : 'must be true or false');
    case 'array': {
      if (!Array.isArray(value)) return says('must be a list');
      const { items, maxItems = Number.POSITIVE_INFINITY } = shape;
      if (value.length > maxItems) return says(`must have ${maxItems} items at most`);
      return value.map((each) => finding(each, items, `an item of ${at}`)).find((each) => each !== undefined);
    }
    case 'object':
      return objectFinding(value, shape, at);
  }
};

/** The value, where it has the shape; else one sentence of where it has not. */
export const checked = <S extends Shape>(value: unknown, shape: S): Result<ValueOf<S>> => {
  const words = finding(value, shape, 'what was sent');
  return words === undefined
    ? ok(value as ValueOf<S>)
    : fail(fault('malformed', 'page.field', 'request', `${words}.`));
};

const NUMBER = /^-?\d{1,15}(\.\d{1,15})?$/;

/** The same of the part of a URL after its question mark, in which everything is text. */
export const checkedQuery = <S extends ObjectShape>(query: URLSearchParams, shape: S): Result<ValueOf<S>> => {
  const given = Object.fromEntries(
    [...query].map(([name, text]) => {
      const type = Object.hasOwn(shape.properties, name) ? shape.properties[name]?.type : undefined;
      const isNumber = (type === 'integer' || type === 'number') && NUMBER.test(text);
      return [name, isNumber ? Number(text) : type === 'boolean' ? text === 'true' || text : text];
    }),
  );
  return checked(given, shape);
};
