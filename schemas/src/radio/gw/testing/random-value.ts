import type { FieldType, Message, MessageType, NamedField } from '../field.ts';

/** Numbers from 0 up to 1, as Mulberry32 makes them of a seed. */
export const seeded = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const TEXTS = ['', 'a', '4/5', '0016c001ff10a235', 'Zürich', '日本', '🚀', '"\\\n', ' '.repeat(130)];
const UINTS = [0, 1, 127, 128, 16_383, 16_384, 868_100_000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];
/** Without NaN, which has no one form in bytes. */
const REALS = [0, 1, -1, 9.2, -20.5, 46.948, 1e-7, 3.25e38, Number.POSITIVE_INFINITY];

/** Values that a field may hold, its edges often among them. */
export const randomValues = (random: () => number) => {
  const upTo = (count: number): number => Math.floor(random() * count);
  const pick = <T>(of: readonly T[]): T => of[upTo(of.length)] as T;
  const uint32 = (): number => (random() < 0.5 ? pick(UINTS) : upTo(2 ** 32));
  const int32 = (): number => uint32() | 0;
  const several = <T>(one: () => T): T[] => Array.from({ length: upTo(4) }, one);
  const nanos = (): bigint => pick([0n, 1n, 5_000n, 250_000_000n, 999_999_999n, BigInt(upTo(1e9))]);
  const seconds = (): bigint => pick([0n, 1n, -1n, 1_433_073_600n, BigInt(upTo(4e9)), -BigInt(upTo(6e10))]);
  const duration = (): bigint =>
    pick([1n, -1n]) * (BigInt(upTo(3e11)) * pick([0n, 1n]) * 1_000_000_000n + nanos());
  const bytes = (): Uint8Array => Uint8Array.from({ length: pick([0, 1, 4, 16, 130]) }, () => upTo(256));

  const part = (kind: 'string' | 'uint32'): string | number => (kind === 'string' ? pick(TEXTS) : uint32());

  const field = (type: FieldType): unknown => {
    switch (type.kind) {
      case 'uint32':
        return uint32();
      case 'int32':
        return int32();
      case 'bool':
        return random() < 0.5;
      case 'enum':
        return random() < 0.05 ? type.names.length + upTo(1000) : pick(type.names);
      case 'float':
        return Math.fround(random() < 0.5 ? pick(REALS) : random() * 100 - 50);
      case 'double':
        return random() < 0.5 ? pick(REALS) : random() * 360 - 180;
      case 'string':
        return pick(TEXTS);
      case 'bytes':
        return bytes();
      case 'timestamp':
        return seconds() * 1_000_000_000n + nanos();
      case 'duration':
        return duration();
      case 'message':
        return value(type.message);
      case 'messages':
        return several(() => value(type.message));
      case 'numbers':
        return several(uint32);
      case 'map':
        return new Map(several(() => [part(type.key), part(type.value)] as const));
    }
  };

  const isLeftOut = ({ type }: NamedField): boolean =>
    (type.kind === 'message' || type.kind === 'timestamp' || type.kind === 'duration') && random() < 0.3;

  const value = (message: MessageType): Record<string, unknown> => {
    const chosen = new Map(
      message.fields.flatMap(({ oneof }) => (oneof === undefined ? [] : [[oneof, '']])) as [string, string][],
    );
    for (const oneof of chosen.keys()) {
      chosen.set(oneof, pick(message.fields.filter((each) => each.oneof === oneof)).name);
    }
    return Object.fromEntries(
      message.fields.map((each) => {
        const isOther = each.oneof !== undefined && chosen.get(each.oneof) !== each.name;
        return [each.name, isOther || isLeftOut(each) ? each.empty() : field(each.type)];
      }),
    );
  };

  return { message: <Value>(of: Message<Value>): Value => value(of) as Value, upTo };
};
