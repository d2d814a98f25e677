import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { createFileRegistry, fromBinary, fromJsonString, toBinary, toJson } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { asciiBytes, toHex } from '../../words/index.ts';
import type { FieldType, Message, MessageType } from './field.ts';
import { enumNumber, type Looked } from './given.ts';
import {
  CONN_STATE,
  DOWNLINK_FRAME,
  DOWNLINK_TX_ACK,
  GATEWAY_CONFIGURATION,
  GATEWAY_STATS,
  type Given,
  type GwEncoding,
  gwEncodingOf,
  readGw,
  UPLINK_FRAME,
  writeGw,
} from './index.ts';
import { splitDuration, splitTimestamp } from './moment.ts';
import { randomValues, seeded } from './testing/random-value.ts';
import descriptors from './vectors/gw-descriptors.json' with { type: 'json' };

/** The published package, whose classes know nothing of the table that is tested here. */
interface Published {
  serializeBinary(): Uint8Array;
  readonly [method: string]: (...given: unknown[]) => unknown;
}

const require = createRequire(import.meta.url);
const CLASSES = {
  ...(require('@chirpstack/chirpstack-api/gw/gw_pb.js') as object),
  Location: (require('@chirpstack/chirpstack-api/common/common_pb.js') as { Location: unknown }).Location,
  Timestamp: (require('google-protobuf/google/protobuf/timestamp_pb.js') as { Timestamp: unknown }).Timestamp,
  Duration: (require('google-protobuf/google/protobuf/duration_pb.js') as { Duration: unknown }).Duration,
} as unknown as Readonly<Record<string, new () => Published>>;

const created = (name: string): Published => {
  const of = CLASSES[name];
  if (of === undefined) throw new Error(`${name} is not in the published package.`);
  return new of();
};

const call = (target: Published, method: string, ...given: unknown[]): unknown => {
  const found = target[method];
  if (found === undefined) throw new Error(`The published package has no ${method}.`);
  return found.apply(target, given);
};

const publishedMoment = (isTimestamp: boolean, value: bigint): Published => {
  const { seconds, nanos } = isTimestamp ? splitTimestamp(value) : splitDuration(value);
  const made = created(isTimestamp ? 'Timestamp' : 'Duration');
  call(made, 'setSeconds', Number(seconds));
  call(made, 'setNanos', nanos);
  return made;
};

const publishedValue = (type: FieldType, value: unknown): unknown => {
  if (type.kind === 'enum') return enumNumber(type.names, value);
  if (type.kind === 'message') return published(type.message, value as Looked);
  if (type.kind === 'messages') return (value as Looked[]).map((each) => published(type.message, each));
  const isTimestamp = type.kind === 'timestamp';
  return isTimestamp || type.kind === 'duration' ? publishedMoment(isTimestamp, value as bigint) : value;
};

/** The same message as the published package holds it. */
const published = (message: MessageType, value: Looked): Published => {
  const made = created(message.name.replace(/^.*\./, ''));
  for (const { name, type } of message.fields) {
    const held = value[name];
    const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    if (held === undefined) continue;
    if (type.kind === 'map') {
      const map = call(made, `get${capital}Map`) as { set(key: unknown, value: unknown): void };
      for (const [key, each] of held as ReadonlyMap<unknown, unknown>) map.set(key, each);
    } else {
      const isList = type.kind === 'messages' || type.kind === 'numbers';
      call(made, `set${capital}${isList ? 'List' : ''}`, publishedValue(type, held));
    }
  }
  return made;
};

const registry = createFileRegistry(
  fromBinary(FileDescriptorSetSchema, asciiBytes(atob(descriptors.base64.join('')))),
);
const schemaOf = (name: string) => {
  const schema = registry.getMessage(name);
  if (schema === undefined) throw new Error(`${name} is not in the schema.`);
  return schema;
};

/** An independent protojson writes 32-bit floats with the digits of a 64-bit one. */
const withShortFloats = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json), (key, value: unknown) =>
    (key === 'snr' || key === 'accuracy') && typeof value === 'number' ? Math.fround(value) : value,
  ) as unknown;

const KINDS: readonly { readonly message: Message<Looked>; readonly seed: number }[] = [
  { message: UPLINK_FRAME as Message<unknown> as Message<Looked>, seed: 1 },
  { message: GATEWAY_STATS as Message<unknown> as Message<Looked>, seed: 2 },
  { message: DOWNLINK_TX_ACK as Message<unknown> as Message<Looked>, seed: 3 },
  { message: CONN_STATE as Message<unknown> as Message<Looked>, seed: 4 },
  { message: DOWNLINK_FRAME as Message<unknown> as Message<Looked>, seed: 5 },
  { message: GATEWAY_CONFIGURATION as Message<unknown> as Message<Looked>, seed: 6 },
];

/** Of each kind, in each encoding; the full number is for `npm run test:full`. */
const MESSAGES = process.env['OUTPOST_TESTS'] === 'full' ? 1_000 : 200;

describe.each(KINDS)('a random $message.name', ({ message, seed }) => {
  const random = randomValues(seeded(seed));
  const values = Array.from({ length: MESSAGES }, () => random.message(message));
  const schema = schemaOf(message.name);
  const write = (value: Looked, encoding: GwEncoding): Uint8Array =>
    writeGw(message, value as Given<Looked>, encoding);

  it('has every field of the published schema, in the order in which it is declared', () => {
    const shape = (type: MessageType): unknown =>
      type.fields.map(({ number, name, oneof, type: of }) => [
        number,
        name,
        oneof,
        'message' in of ? [of.message.name, shape(of.message)] : 'names' in of ? of.names : undefined,
      ]);
    const declared = (type: ReturnType<typeof schemaOf>): unknown =>
      type.fields.map((field) => [
        field.number,
        field.jsonName,
        field.oneof?.name,
        field.message !== undefined && !field.message.typeName.startsWith('google.')
          ? [field.message.typeName, declared(field.message)]
          : field.enum?.values.map(({ name }) => name),
      ]);
    expect(shape(message)).toEqual(declared(schema));
  });

  const isRead = (payload: Uint8Array, value: Looked): boolean =>
    isDeepStrictEqual(readGw(message, payload), { ok: true, value });

  it('is written in protobuf byte for byte as the published package writes it, and read back', () => {
    for (const value of values) {
      const ours = write(value, 'protobuf');
      expect(toHex(ours)).toBe(toHex(published(message, value).serializeBinary()));
      expect(isRead(ours, value)).toBe(true);
    }
  });

  it('says in JSON what an independent protojson says of the same bytes, and is read back from either', () => {
    for (const value of values) {
      const theirs = toJson(schema, fromBinary(schema, published(message, value).serializeBinary()), {
        registry,
      });
      const ours = write(value, 'json');
      const text = new TextDecoder().decode(ours);
      const isSame = isDeepStrictEqual(withShortFloats(JSON.parse(text)), withShortFloats(theirs));
      expect(isSame ? '' : text).toBe('');
      expect(isRead(ours, value)).toBe(true);
      expect(isRead(new TextEncoder().encode(JSON.stringify(theirs)), value)).toBe(true);
      expect(isRead(toBinary(schema, fromJsonString(schema, text, { registry })), value)).toBe(true);
    }
  });

  it('is told apart by its first byte', () => {
    for (const value of values.slice(0, 100)) {
      expect(gwEncodingOf(write(value, 'protobuf'))).toBe('protobuf');
      expect(gwEncodingOf(write(value, 'json'))).toBe('json');
    }
  });
});
