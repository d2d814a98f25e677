import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  asciiBytes,
  type Body,
  type Epoch,
  fromHex,
  isOwnBody,
  monoNs,
  type TripBody,
  toHex,
  wallNs,
} from '../words/index.ts';
import { encodeCbor } from './cbor.ts';
import { checkReading, decodeLeaf, encodeLeaf, LEAF_MAX_BYTES, type Leaf } from './leaf.ts';
import { leafSalt, saltKey } from './salt.ts';

const ecu = fc.integer({ min: 0, max: 0xffff_ffff });
const signal = fc.integer({ min: 0, max: 0xffff });
const ns = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n });
const text = fc.string({ unit: 'grapheme', maxLength: 60 });

const open = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const tripEnd = fc.record({
  epoch: fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes as Epoch),
  sequence: fc.maxSafeNat(),
  wall: ns.map(wallNs),
});

const bodies: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ kind: fc.constant('number' as const), signal, mantissa: fc.maxSafeInteger(), ecu }),
  fc.record({ kind: fc.constant('text' as const), signal, text, ecu }),
  fc.record({
    kind: fc.constant('codes' as const),
    status: fc.constantFrom('stored' as const, 'pending' as const, 'permanent' as const),
    codes: fc.array(fc.stringMatching(/^[PCBU][0-9A-F]{4}$/), { maxLength: 20 }),
    ecu,
  }),
  fc.record({
    kind: fc.constant('identity' as const),
    of: fc.constantFrom('adapter' as const, 'protocol' as const, 'vin' as const, 'ecu-name' as const),
    text,
    ecu,
  }),
  fc.record({
    kind: fc.constant('anchor' as const),
    anchor: fc.record({
      wall: ns.map(wallNs),
      mono: ns.map(monoNs),
      trust: fc.constantFrom('none' as const, 'rtc' as const, 'ntp' as const, 'gnss' as const),
    }),
  }),
  fc.record({
    kind: fc.constant('gap' as const),
    reason: fc.constantFrom('disconnected' as const, 'limit' as const, 'clock' as const),
    count: fc.maxSafeNat(),
  }),
  fc.record({
    kind: fc.constant('position' as const),
    fix: fc.constantFrom('estimated' as const, '2d' as const, '3d' as const, 'rtk' as const),
    latitude: fc.integer({ min: -900_000_000, max: 900_000_000 }),
    longitude: fc.integer({ min: -1_800_000_000, max: 1_800_000_000 }),
    altitudeCm: open(fc.integer({ min: -1_000_000, max: 10_000_000 })),
    speedCmS: open(fc.integer({ min: 0, max: 10_000_000 })),
    courseCdeg: open(fc.integer({ min: 0, max: 35_999 })),
    hdopCenti: open(fc.integer({ min: 0, max: 9_999 })),
    satellites: open(fc.integer({ min: 0, max: 255 })),
    fixedAt: open(ns.map(wallNs)),
  }),
  fc
    .record({
      kind: fc.constant('trip' as const),
      start: tripEnd,
      startedBy: fc.constantFrom('run-time' as const, 'engine' as const, 'movement' as const),
      end: tripEnd,
      endedBy: fc.constantFrom('engine-off' as const, 'standstill' as const, 'silence' as const),
      distanceM: fc.maxSafeNat(),
      fuelMl: open(fc.maxSafeNat()),
      energyWh: open(fc.maxSafeInteger()),
      odometerStartM: open(fc.maxSafeNat()),
      odometerEndM: open(fc.maxSafeNat()),
    })
    .map((trip) => {
      const isInOrder = trip.start.wall <= trip.end.wall;
      return isInOrder ? trip : { ...trip, start: trip.end, end: trip.start };
    }),
  fc.record({
    kind: fc.constant('redacted' as const),
    what: fc.constant('position' as const),
    reason: fc.constantFrom('zone' as const, 'unreadable' as const),
  }),
);

const leaves: fc.Arbitrary<Leaf> = fc
  .record({
    sequence: fc.maxSafeNat(),
    mono: ns.map(monoNs),
    body: bodies,
    raw: fc.uint8Array({ maxLength: 300 }),
    salt: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  })
  .map((leaf) => (isOwnBody(leaf.body) ? { ...leaf, raw: new Uint8Array(0) } : leaf));

const none = new Uint8Array(0);

const berlin: Body = {
  kind: 'position',
  fix: '2d',
  latitude: 525_000_000,
  longitude: 134_000_000,
  altitudeCm: undefined,
  speedCmS: undefined,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
};

const drive: TripBody = {
  kind: 'trip',
  start: { epoch: new Uint8Array(16) as Epoch, sequence: 1, wall: wallNs(1n) },
  startedBy: 'engine',
  end: { epoch: new Uint8Array(16) as Epoch, sequence: 2, wall: wallNs(2n) },
  endedBy: 'silence',
  distanceM: 1,
  fuelMl: undefined,
  energyWh: undefined,
  odometerStartM: undefined,
  odometerEndM: undefined,
};

const number: Leaf = {
  sequence: 2 ** 32,
  mono: monoNs(2n ** 62n),
  body: { kind: 'number', signal: 0xffff, mantissa: 16_383_750, ecu: 0x7e8 },
  raw: asciiBytes('7E804410C1AF8'),
  salt: new Uint8Array(16).fill(0xaa),
};

test('every leaf reads back as it was written', () => {
  fc.assert(
    fc.property(leaves, (leaf) => {
      const bytes = encodeLeaf(leaf);
      expect(decodeLeaf(bytes)).toEqual({ ok: true, value: leaf });
      expect(checkReading(leaf.body, leaf.raw).ok).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('a one-number leaf with its raw frame and salt has at most 64 bytes', () => {
  const spaced = { ...number, sequence: 2 ** 32 - 1, raw: asciiBytes('7E8 04 41 0C 1A F8') };
  const long = { ...number, body: { ...number.body, ecu: 0x18da_f110 } as Body, sequence: 2 ** 32 - 1 };
  expect(encodeLeaf({ ...number, sequence: 2 ** 32 - 1 }).length).toBe(58);
  expect(encodeLeaf(number).length).toBe(62);
  expect(encodeLeaf(spaced).length).toBe(63);
  expect(encodeLeaf(long).length).toBe(60);
});

test('what a leaf cannot hold is refused before it is kept, and thrown where it was kept all the same', () => {
  const cases: readonly (readonly [Partial<Leaf>, RegExp])[] = [
    [{ body: { kind: 'number', signal: 65_536, mantissa: 1, ecu: 0 } }, /signal/],
    [{ body: { kind: 'number', signal: -1, mantissa: 1, ecu: 0 } }, /signal/],
    [{ body: { kind: 'number', signal: 1, mantissa: 0.5, ecu: 0 } }, /safe integer/],
    [{ body: { kind: 'number', signal: 1, mantissa: 1, ecu: 2 ** 32 } }, /control unit/],
    [{ body: { kind: 'text', signal: 1, text: 'ü'.repeat(2_049), ecu: 0 } }, /longer than 4096/],
    [{ body: { kind: 'codes', status: 'stored', codes: ['P0 01'], ecu: 0 } }, /codes/],
    [
      { body: { kind: 'codes', status: 'stored', codes: new Array<string>(513).fill('P0001'), ecu: 0 } },
      /codes/,
    ],
    [{ body: { kind: 'gap', reason: 'limit', count: -1 }, raw: none }, /count/],
    [
      { body: { kind: 'anchor', anchor: { wall: wallNs(-1n), mono: monoNs(0n), trust: 'rtc' } }, raw: none },
      /anchor/,
    ],
    [{ body: { kind: 'redacted', what: 'position', reason: 'zone' } }, /a frame beside it/],
    [{ body: { ...berlin, latitude: 900_000_001 } }, /not on Earth/],
    [{ body: { ...berlin, longitude: 0.5 } }, /not on Earth/],
    [{ body: { ...berlin, courseCdeg: 36_000 } }, /course/],
    [{ body: { ...drive, end: { ...drive.end, wall: wallNs(0n) } }, raw: none }, /ends before it starts/],
    [{ body: { ...drive, distanceM: -1 }, raw: none }, /distance/],
    [{ body: { ...drive, fuelMl: 0.5 }, raw: none }, /fuel/],
    [{ raw: new Uint8Array(LEAF_MAX_BYTES) }, /longer than 65536/],
  ];
  for (const [change, words] of cases) {
    const leaf = { ...number, ...change };
    const checked = checkReading(leaf.body, leaf.raw);
    expect(checked.ok ? 'ok' : checked.fault.words).toMatch(words);
    expect(() => encodeLeaf(leaf)).toThrow(words);
  }
  expect(() => encodeLeaf({ ...number, sequence: -1 })).toThrow(/sequence/);
  expect(() => encodeLeaf({ ...number, mono: monoNs(2n ** 63n) })).toThrow(/time/);
  expect(() => encodeLeaf({ ...number, salt: new Uint8Array(15) })).toThrow(/salt/);
});

test('arrays that are no leaf are refused', () => {
  const salt = new Uint8Array(16);
  const raw = new Uint8Array(0);
  const refused = [
    [],
    [1, 2, salt, raw],
    [1, 2, salt, raw, 1],
    [1, 2, salt, raw, 1, 2, 3],
    [1, 2, salt, raw, 1, 2, 3, 4, 5],
    [1, 2, salt, raw, 0, 2, 3, 4],
    [1, 2, salt, raw, 7, 2, 3, 4],
    [1, 2, salt, raw, 1, 2, 'x', 4],
    [1, 2, salt, raw, 1, 2, 2n ** 53n, 4],
    [1, 2, salt, raw, 2, 2, 3, 4],
    [1, 2, salt, raw, 3, 9, [], 4],
    [1, 2, salt, raw, 3, 1, [3], 4],
    [1, 2, salt, raw, 4, 0, 'x', 4],
    [1, 2, salt, raw, 5, 1, 2, 9],
    [1, 2, salt, raw, 8, 3, 900_000_001, 0, null, null, null, null, null, null],
    [1, 2, salt, raw, 8, 3, 0, 0, null, null, null, null, null],
    [1, 2, salt, raw, 8, 3, 0, 0, 'x', null, null, null, null, null],
    [1, 2, salt, raw, 8, 3, 0, 0, null, null, null, null, null, -1],
    [1, 2, salt, raw, 10, 1, 3],
    [1, 2, salt, asciiBytes('$GPRMC'), 10, 1, 1],
    [1, 2, salt, asciiBytes('$GPRMC'), 6, 1, 2],
    [1, 2, salt, raw, 6, 1],
    [1, 2, salt, raw, 6, 1, 2, 3],
    [-1, 2, salt, raw, 1, 2, 3, 4],
    [1, -2, salt, raw, 1, 2, 3, 4],
    [1, 2n ** 63n, salt, raw, 1, 2, 3, 4],
    [1, 2, new Uint8Array(17), raw, 1, 2, 3, 4],
    [1, 2, salt, 'raw', 1, 2, 3, 4],
  ];
  for (const items of refused) expect(decodeLeaf(encodeCbor(items)).ok).toBe(false);
  expect(decodeLeaf(encodeCbor([1, 2, salt, raw, 1, 2, 3, 4])).ok).toBe(true);
  expect(decodeLeaf(new Uint8Array(LEAF_MAX_BYTES + 1)).ok).toBe(false);
});

test('a text with half a character is kept with the replacement character', () => {
  const read = decodeLeaf(
    encodeLeaf({ ...number, body: { kind: 'text', signal: 1, text: 'a\ud800', ecu: 0 } }),
  );
  expect(read.ok && read.value.body).toEqual({ kind: 'text', signal: 1, text: 'a\ufffd', ecu: 0 });
});

test('random bytes are no leaf and throw nothing', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 120 }),
      (bytes) => decodeLeaf(bytes).ok === false || bytes.length > 24,
    ),
  );
});

test('salts differ in every part that they are made from, and cannot be told from each other', () => {
  const epoch = (byte: number): Epoch => new Uint8Array(16).fill(byte) as Epoch;
  const secret = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
  const key = saltKey(secret(1), epoch(1), 'car/telemetry');
  expect(toHex(key)).toBe(toHex(fromHex(toHex(key))!));
  const salts = [
    leafSalt(key, 0),
    leafSalt(key, 1),
    leafSalt(key, 2 ** 32),
    leafSalt(key, 2 ** 40),
    leafSalt(saltKey(secret(2), epoch(1), 'car/telemetry'), 0),
    leafSalt(saltKey(secret(1), epoch(2), 'car/telemetry'), 0),
    leafSalt(saltKey(secret(1), epoch(1), 'car/coverage'), 0),
  ];
  expect(salts.every((salt) => salt.length === 16)).toBe(true);
  expect(new Set(salts.map(toHex)).size).toBe(salts.length);
});
