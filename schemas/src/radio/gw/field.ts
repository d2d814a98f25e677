/** What one field of a `gw` message holds, as the reading and writing in both encodings need it. */
export type FieldType =
  | { readonly kind: ScalarKind }
  /** Names by number; every enumeration of `gw` counts from 0 without a hole. */
  | { readonly kind: 'enum'; readonly names: readonly string[] }
  | { readonly kind: 'message'; readonly message: MessageType }
  /** `google.protobuf.Timestamp` and `Duration`, as bigint nanoseconds. */
  | { readonly kind: 'timestamp' | 'duration' }
  | { readonly kind: 'messages'; readonly message: MessageType }
  /** `repeated uint32`, packed. */
  | { readonly kind: 'numbers' }
  | { readonly kind: 'map'; readonly key: 'string' | 'uint32'; readonly value: 'string' | 'uint32' };

export type ScalarKind = 'uint32' | 'int32' | 'bool' | 'string' | 'bytes' | 'float' | 'double';

/** A field before it has its name. `Value`: what reading gives. */
export interface Field<Value> {
  readonly number: number;
  readonly type: FieldType;
  /** What the field holds where the message does not have it. */
  empty(): Value;
  /** Of the fields of a message with the same name here, at most one is set. */
  readonly oneof?: string;
}

export interface NamedField extends Field<unknown> {
  /** Its name in JSON: lowerCamelCase. */
  readonly name: string;
  /** Its name in the `.proto` file, which protojson accepts too. */
  readonly protoName: string;
}

/** The rows of one message, in the order in which its schema declares them: that is the order of writing. */
export interface MessageType {
  readonly name: string;
  readonly fields: readonly NamedField[];
  readonly byNumber: ReadonlyMap<number, NamedField>;
  readonly byName: ReadonlyMap<string, NamedField>;
}

export interface Message<Value> extends MessageType {
  empty(): Value;
}

/** What reading a message gives: every field is there, those of another message may be undefined. */
export type ValueOf<M> = M extends Message<infer Value> ? Value : never;

/** What writing takes: whatever is left out is not there. */
export type Given<T> = T extends Uint8Array | bigint | string | number | boolean | undefined
  ? T
  : T extends ReadonlyMap<unknown, unknown>
    ? T
    : T extends readonly (infer Item)[]
      ? readonly Given<Item>[]
      : { readonly [Name in keyof T]?: Given<T[Name]> | undefined };

type Fields = Readonly<Record<string, Field<unknown>>>;
type Shape<F extends Fields> = {
  readonly [Name in keyof F]: F[Name] extends Field<infer Value> ? Value : never;
};

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** One message by its rows. */
export const message = <F extends Fields>(name: string, rows: F): Message<Shape<F>> => {
  const fields = Object.entries(rows).map(([own, field]) => ({ ...field, name: own, protoName: snake(own) }));
  return {
    name,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byName: new Map(fields.flatMap((field) => [field.name, field.protoName].map((by) => [by, field]))),
    empty: () => Object.fromEntries(fields.map((field) => [field.name, field.empty()])) as Shape<F>,
  };
};

const NO_BYTES = new Uint8Array();

export const uint32 = (number: number): Field<number> => ({
  number,
  type: { kind: 'uint32' },
  empty: () => 0,
});
export const int32 = (number: number): Field<number> => ({ number, type: { kind: 'int32' }, empty: () => 0 });
export const float = (number: number): Field<number> => ({ number, type: { kind: 'float' }, empty: () => 0 });
export const double = (number: number): Field<number> => ({
  number,
  type: { kind: 'double' },
  empty: () => 0,
});
export const bool = (number: number): Field<boolean> => ({
  number,
  type: { kind: 'bool' },
  empty: () => false,
});
export const string = (number: number): Field<string> => ({
  number,
  type: { kind: 'string' },
  empty: () => '',
});
export const bytes = (number: number): Field<Uint8Array> => ({
  number,
  type: { kind: 'bytes' },
  empty: () => NO_BYTES,
});

/** A number where a sender is newer than this table. */
export const oneOf = <const Names extends readonly [string, ...string[]]>(
  number: number,
  names: Names,
): Field<Names[number] | number> => ({ number, type: { kind: 'enum', names }, empty: () => names[0] });

/** Nanoseconds since 1970, years 1 to 9999. */
export const timestamp = (number: number): Field<bigint | undefined> => ({
  number,
  type: { kind: 'timestamp' },
  empty: () => undefined,
});

/** Nanoseconds, up to 10,000 years either way. */
export const duration = (number: number): Field<bigint | undefined> => ({
  number,
  type: { kind: 'duration' },
  empty: () => undefined,
});

/** `oneof`: the name of the group of which at most one is set. */
export const one = <Value>(number: number, of: Message<Value>, oneof?: string): Field<Value | undefined> => ({
  number,
  type: { kind: 'message', message: of },
  empty: () => undefined,
  ...(oneof === undefined ? {} : { oneof }),
});

export const many = <Value>(number: number, of: Message<Value>): Field<readonly Value[]> => ({
  number,
  type: { kind: 'messages', message: of },
  empty: () => [],
});

export const numbers = (number: number): Field<readonly number[]> => ({
  number,
  type: { kind: 'numbers' },
  empty: () => [],
});

interface Keyed {
  readonly string: string;
  readonly uint32: number;
}

export const mapOf = <Key extends keyof Keyed, Value extends keyof Keyed>(
  number: number,
  key: Key,
  value: Value,
): Field<ReadonlyMap<Keyed[Key], Keyed[Value]>> => ({
  number,
  type: { kind: 'map', key, value },
  empty: () => new Map(),
});
