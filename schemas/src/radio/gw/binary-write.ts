import type { FieldType, MessageType } from './field.ts';
import { asInt32, asUint32, enumNumber, inRange, isEmpty, type Looked, sortedEntries } from './given.ts';
import { splitDuration, splitTimestamp } from './moment.ts';

const FIRST_BYTES = 256;

interface Sink {
  bytes: Uint8Array;
  length: number;
}

const reserve = (sink: Sink, more: number): void => {
  if (sink.length + more <= sink.bytes.length) return;
  const larger = new Uint8Array(Math.max(sink.bytes.length * 2, sink.length + more));
  larger.set(sink.bytes.subarray(0, sink.length));
  sink.bytes = larger;
};

const putByte = (sink: Sink, byte: number): void => {
  reserve(sink, 1);
  sink.bytes[sink.length] = byte;
  sink.length += 1;
};

/** @param value unsigned, below 2^32 */
const putVarint = (sink: Sink, value: number): void => {
  let left = value;
  for (; left > 0x7f; left >>>= 7) putByte(sink, (left & 0x7f) | 0x80);
  putByte(sink, left);
};

/** @param value signed, 64 bits; a negative one takes ten bytes */
const putVarint64 = (sink: Sink, value: bigint): void => {
  let left = BigInt.asUintN(64, value);
  for (; left > 0x7fn; left >>= 7n) putByte(sink, Number(left & 0x7fn) | 0x80);
  putByte(sink, Number(left));
};

const putInt32 = (sink: Sink, value: number): void => {
  if (value < 0) putVarint64(sink, BigInt(value));
  else putVarint(sink, value);
};

const putDelimited = (sink: Sink, number: number, content: Uint8Array): void => {
  putVarint(sink, (number << 3) | 2);
  putVarint(sink, content.length);
  reserve(sink, content.length);
  sink.bytes.set(content, sink.length);
  sink.length += content.length;
};

const putNumber = (sink: Sink, number: number, value: number): void => {
  putVarint(sink, number << 3);
  putInt32(sink, value);
};

const putFixed = (sink: Sink, number: number, value: number, size: 4 | 8): void => {
  putVarint(sink, (number << 3) | (size === 4 ? 5 : 1));
  reserve(sink, size);
  const view = new DataView(sink.bytes.buffer, sink.length, size);
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  sink.length += size;
};

const inner = (fill: (sink: Sink) => void): Uint8Array => {
  const sink: Sink = { bytes: new Uint8Array(FIRST_BYTES), length: 0 };
  fill(sink);
  return sink.bytes.subarray(0, sink.length);
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const putMoment = (sink: Sink, number: number, kind: 'timestamp' | 'duration', value: unknown): void => {
  const ns = inRange(kind, value);
  const { seconds, nanos } = kind === 'timestamp' ? splitTimestamp(ns) : splitDuration(ns);
  const content = inner((own) => {
    if (seconds !== 0n) {
      putByte(own, 0x08);
      putVarint64(own, seconds);
    }
    if (nanos !== 0) putNumber(own, 2, nanos);
  });
  putDelimited(sink, number, content);
};

const putPart = (sink: Sink, number: number, kind: 'string' | 'uint32', value: string | number): void => {
  if (kind === 'string') putDelimited(sink, number, utf8(String(value)));
  else putNumber(sink, number, asUint32(value));
};

const putMap = (
  sink: Sink,
  number: number,
  type: Extract<FieldType, { kind: 'map' }>,
  value: unknown,
): void => {
  for (const [key, held] of sortedEntries(value as ReadonlyMap<string | number, string | number>)) {
    const content = inner((own) => {
      putPart(own, 1, type.key, key);
      putPart(own, 2, type.value, held);
    });
    putDelimited(sink, number, content);
  }
};

const putNumbers = (sink: Sink, number: number, all: readonly number[]): void => {
  const content = inner((own) => {
    for (const each of all) putVarint(own, asUint32(each));
  });
  putDelimited(sink, number, content);
};

const putField = (sink: Sink, number: number, type: FieldType, value: unknown): void => {
  switch (type.kind) {
    case 'uint32':
      putNumber(sink, number, asUint32(value));
      return;
    case 'int32':
      putNumber(sink, number, asInt32(value));
      return;
    case 'bool':
      putNumber(sink, number, 1);
      return;
    case 'enum':
      putNumber(sink, number, enumNumber(type.names, value));
      return;
    case 'float':
      putFixed(sink, number, value as number, 4);
      return;
    case 'double':
      putFixed(sink, number, value as number, 8);
      return;
    case 'string':
      putDelimited(sink, number, utf8(value as string));
      return;
    case 'bytes':
      putDelimited(sink, number, value as Uint8Array);
      return;
    case 'timestamp':
    case 'duration':
      putMoment(sink, number, type.kind, value);
      return;
    case 'message':
      putDelimited(sink, number, writeBinary(type.message, value as Looked));
      return;
    case 'messages':
      for (const each of value as readonly Looked[]) {
        putDelimited(sink, number, writeBinary(type.message, each));
      }
      return;
    case 'numbers':
      putNumbers(sink, number, value as readonly number[]);
      return;
    case 'map':
      putMap(sink, number, type, value);
  }
};

/** Fields in the order of their rows, nothing for those that hold what an absent one would. */
export const writeBinary = ({ fields }: MessageType, value: Looked): Uint8Array => {
  const sink: Sink = { bytes: new Uint8Array(FIRST_BYTES), length: 0 };
  for (const { name, number, type } of fields) {
    const held = value[name];
    if (held !== undefined && !isEmpty(type, held)) putField(sink, number, type, held);
  }
  return sink.bytes.slice(0, sink.length);
};
