import { strictVerifier } from '@outpost/schemas/evidence';
import { fromHex, toBase64, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { writeMessage } from '../../message.ts';
import { garbage, messageRig } from '../../testing/message-rig.ts';
import { ENERGY_SINCE_LAST } from './bodies.ts';
import { m3terCodec } from './codec.ts';
import { redecode } from './index.ts';
import { type M3terPayload, readPayload, signedPart, writePayload } from './payload.ts';
import { m3terSession } from './session.ts';
import vectors from './vectors/payloads.json' with { type: 'json' };

const hexBytes = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`no hex: ${text}`);
  return bytes;
};

const KEY = hexBytes(vectors.key);
const PAYLOADS = vectors.payloads.map(({ hex }) => hexBytes(hex));
const payload = (nonce: number): Uint8Array => PAYLOADS[nonce] as Uint8Array;

const rig = (key = KEY) =>
  messageRig(m3terCodec, m3terSession({ key, silentAfterMs: 900_000 }, strictVerifier()));

/** As ChirpStack v4 publishes an uplink to applications. */
const uplink = (bytes: Uint8Array): string =>
  JSON.stringify({ deviceInfo: { devEui: '0102030405060708' }, fPort: 1, fCnt: 9, data: toBase64(bytes) });

test.each(vectors.payloads)(
  'the payload with the nonce $nonce is read, holds, and is written again',
  (vector) => {
    const bytes = hexBytes(vector.hex);
    const read = readPayload(bytes);
    if (!read.ok) throw new Error(read.fault.words);
    expect({ ...read.value, key: read.value.key !== undefined }).toMatchObject({
      nonce: vector.nonce,
      energy: vector.energy,
      voltage: vector.voltage ?? undefined,
      key: vector.key,
      longitude: vector.longitude ?? undefined,
      latitude: vector.latitude ?? undefined,
    });
    expect(strictVerifier()(KEY, signedPart(read.value), read.value.signature)).toBe(true);
    expect(toHex(writePayload(read.value))).toBe(vector.hex);
  },
);

test('what is written is read as it was', () => {
  const place = fc.option(
    fc.record({
      longitude: fc.integer({ min: -83e5, max: 83e5 }),
      latitude: fc.integer({ min: -83e5, max: 83e5 }),
    }),
    { nil: undefined },
  );
  const any = fc.record({
    nonce: fc.nat(0xffff_ffff),
    energy: fc.nat(0xffff_ffff),
    signature: fc.uint8Array({ minLength: 64, maxLength: 64 }),
    voltage: fc.nat(0xffff),
    key: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    place,
  });
  fc.assert(
    fc.property(any, ({ place: at, ...rest }) => {
      const whole: M3terPayload = { ...rest, longitude: at?.longitude, latitude: at?.latitude };
      expect(readPayload(writePayload(whole))).toEqual({ ok: true, value: whole });
    }),
  );
});

describe('a payload', () => {
  it.each([
    ['as it is', (bytes: Uint8Array) => bytes],
    ['in hex', (bytes: Uint8Array) => toHex(bytes)],
    ['in hex with 0x', (bytes: Uint8Array) => `0x${toHex(bytes).toUpperCase()}\n`],
    ['in an uplink of ChirpStack', uplink],
  ])('%s says its energy, voltage and place, each with the whole message', (_, shape) => {
    const dialogue = rig();
    dialogue.say('application/1/device/0102030405060708/event/up', shape(payload(4)));
    expect(dialogue.last).toEqual(['observed']);
    expect(dialogue.said.map(({ body }) => body)).toMatchObject([
      { kind: 'number', signal: ENERGY_SINCE_LAST, mantissa: 1_250 },
      { kind: 'number', mantissa: 231_000 },
      { kind: 'position', longitude: 33_800_000, latitude: 65_050_000 },
    ]);
    for (const { body, raw } of dialogue.said) expect(redecode(raw)).toContainEqual(body);
  });

  it('of another meter, or changed in one bit of what is signed, is quarantined', () => {
    const dialogue = rig(new Uint8Array(32).fill(9));
    dialogue.say('t', payload(4));
    expect(dialogue.last).toEqual(['m3ter.key']);
    for (let bit = 0; bit < 72 * 8; bit += 1) {
      const bad = payload(1).slice();
      bad[bit >> 3] = (bad[bit >> 3] as number) ^ (1 << (bit & 7));
      const own = rig();
      own.say('t', bad);
      expect(own.last).toEqual(['m3ter.signature']);
    }
  });

  it('counts once, and a greeting says nothing', () => {
    const dialogue = rig();
    const ends = [1, 2, 2, 0, 3].map((nonce) => {
      dialogue.say('t', payload(nonce));
      return dialogue.last[0];
    });
    expect(ends).toEqual(['observed', 'observed', 'repeated', 'greeting', 'observed']);
    expect(redecode(writeMessage({ topic: 't', payload: payload(0) }))).toEqual([]);
  });

  it('may be noise of any kind: it is quarantined and nothing is thrown', () => {
    const dialogue = rig();
    dialogue.say('t', garbage);
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 240 }),
        fc.constantFrom('raw', 'hex', 'json'),
        (bytes, shape) => {
          dialogue.say('t', shape === 'raw' ? bytes : shape === 'hex' ? toHex(bytes) : uplink(bytes));
          expect(dialogue.last).toHaveLength(1);
        },
      ),
    );
    expect(dialogue.said).toEqual([]);
    expect(dialogue.undecided).toBe(0);
  });
});
