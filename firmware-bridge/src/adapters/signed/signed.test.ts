import { createHash } from 'node:crypto';
import { publicKeyOfSeed, signWithSeed, strictVerifier } from '@outpost/schemas/evidence';
import { type Body, fromHex, toHex } from '@outpost/schemas/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeMessage } from '../../message.ts';
import { checkSigningOptions } from '../../signing/options.ts';
import { judgeSequence, NO_SEQUENCES, WINDOW, withSequence } from '../../signing/sequences.ts';
import { garbage, messageRig } from '../../testing/message-rig.ts';
import { signedCodec } from './codec.ts';
import { readSigned, type SignedContent, sealCbor, sealJson } from './form.ts';
import { redecode } from './index.ts';
import { signedSession } from './session.ts';
import vectors from './vectors/messages.json' with { type: 'json' };

const bytesOf = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();
const seed = bytesOf(vectors.seed);
const key = bytesOf(vectors.key);
const verify = strictVerifier();

const rig = () => messageRig(signedCodec, signedSession({ key, silentAfterMs: 10_000 }, verify));
const numbers = (bodies: readonly { readonly body: Body }[]) =>
  bodies.map(({ body }) => (body.kind === 'number' ? [body.signal, body.mantissa] : [body.kind]));

const sealed = (content: Partial<SignedContent>, by: Uint8Array = seed): Uint8Array => {
  const whole = { sequence: 1, timeMs: undefined, values: [{ row: 820, mantissa: 2_000 }], ...content };
  return sealCbor(publicKeyOfSeed(by), whole, (message) => signWithSeed(message, by));
};

describe('a signed message', () => {
  it.each(vectors.messages)('says what the vectors say: $what', ({ payload, sequence, readings }) => {
    const dialogue = rig();
    dialogue.say('devices/probe/readings', bytesOf(payload));
    expect(dialogue.last).toEqual(['observed']);
    expect(numbers(dialogue.said)).toEqual(readings);
    const read = readSigned(bytesOf(payload));
    expect(read.ok && read.value.sequence).toBe(sequence);
  });

  it.each(vectors.messages)('is made by a device byte for byte: $what', ({ payload, what }) => {
    const read = readSigned(bytesOf(payload));
    if (!read.ok) throw new Error(read.fault.words);
    const seal = what.endsWith('JSON') ? sealJson : sealCbor;
    const again = seal(key, read.value, (message) => signWithSeed(message, seed));
    expect(toHex(again)).toBe(payload);
  });

  it('says the same again from nothing but its bytes, and nothing once a bit of them is another', () => {
    const dialogue = rig();
    dialogue.say('devices/probe/readings', sealed({}));
    const raw = dialogue.said[0]?.raw ?? new Uint8Array();
    expect(redecode(raw)).toEqual(dialogue.said.map(({ body }) => body));
    const start = writeMessage({ topic: 'devices/probe/readings', payload: new Uint8Array() }).length;
    for (let at = start; at < raw.length; at += 7) {
      const flipped = Uint8Array.from(raw, (byte, index) => (index === at ? byte ^ 1 : byte));
      expect(redecode(flipped)).toEqual([]);
    }
  });

  it('of another key, or with a signature that does not hold, is quarantined', () => {
    const dialogue = rig();
    dialogue.say('t', sealed({}, new Uint8Array(32).fill(8)));
    expect(dialogue.last).toEqual(['signed.key']);
    const bad = sealed({});
    bad.set([(bad.at(-1) ?? 0) ^ 1], bad.length - 1);
    dialogue.say('t', bad);
    expect(dialogue.last).toEqual(['signed.signature']);
    expect(dialogue.said).toEqual([]);
    expect(dialogue.statuses.at(-1)?.phase).toBe('untrusted');
  });

  it('that comes again is dropped, one from long ago is quarantined, and what is missing is counted', () => {
    const dialogue = rig();
    const ends = [1, 2, 2, 5, 4, 4, 5 + WINDOW, 3].map((sequence) => {
      dialogue.say('t', sealed({ sequence }));
      return dialogue.last[0];
    });
    const [yes, again] = ['observed', 'repeated'];
    expect(ends).toEqual([yes, yes, again, yes, yes, again, yes, 'signed.sequence']);
    dialogue.run(60_000);
    expect(dialogue.statuses.at(-1)?.facts).toMatchObject({ repeated: 2, missing: WINDOW, untrusted: 1 });
  });

  it('with a value that no signal can have is quarantined whole', () => {
    const dialogue = rig();
    dialogue.say(
      't',
      sealed({
        values: [
          { row: 820, mantissa: 2_000 },
          { row: 821, mantissa: 99_999 },
        ],
      }),
    );
    expect(dialogue.last).toEqual(['signed.value']);
    dialogue.say('t', sealed({ sequence: 2, values: [{ row: 65_000, mantissa: 1 }] }));
    expect(dialogue.last).toEqual(['signed.value']);
  });

  it('that a broker had stored is never said', () => {
    const dialogue = rig();
    dialogue.say('t', sealed({}), true);
    expect(dialogue.last).toEqual(['retained']);
  });

  it('may be noise of any kind: it is quarantined and nothing is thrown', () => {
    const dialogue = rig();
    dialogue.say('t', garbage);
    expect(dialogue.last).toEqual(['cbor.not-deterministic']);
    // Every item of one byte, CBOR's null among them.
    for (let byte = 0; byte < 256; byte += 1) {
      dialogue.say('t', Uint8Array.of(byte));
      expect(dialogue.last, `${byte}`).toHaveLength(1);
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, isJson) => {
        dialogue.say('t', isJson ? Uint8Array.of(0x7b, ...bytes) : bytes);
        expect(dialogue.last).toHaveLength(1);
      }),
      { numRuns: 200 },
    );
    expect(dialogue.undecided).toBe(0);
    expect(dialogue.said).toEqual([]);
  });
});

describe('the window of sequences', () => {
  it('agrees with a set of all that have been, as far back as it reaches', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 300 }), { maxLength: 200 }), (sequences) => {
        const been = new Set<number>();
        let window = NO_SEQUENCES;
        for (const sequence of sequences) {
          const verdict = judgeSequence(window, sequence);
          const isOld = sequence <= window.highest - WINDOW;
          expect(verdict).toBe(isOld ? 'old' : been.has(sequence) ? 'repeated' : 'new');
          if (verdict === 'new') window = withSequence(window, sequence);
          if (verdict === 'new') been.add(sequence);
        }
      }),
    );
  });
});

describe('the options', () => {
  it('name one sound key', () => {
    expect(checkSigningOptions('signed', { key: vectors.key }).ok).toBe(true);
    expect(checkSigningOptions('signed', { key: `outpost-ed25519:${vectors.key}` }).ok).toBe(true);
    // The neutral element, of order 1.
    const small = `01${'00'.repeat(31)}`;
    for (const options of [undefined, {}, { key: 'x' }, { key: small }, { key: vectors.key, kee: 1 }]) {
      const checked = checkSigningOptions('signed', options);
      expect(checked.ok ? '' : checked.fault.kind).toBe('misconfigured');
    }
  });

  it('accept what any other program signs by the same rule', () => {
    // Made without this code: RFC 9052 §4.4 by hand, then SHA-256 of it as the document states it.
    const { payload = '' } = vectors.messages[2] ?? {};
    const read = readSigned(bytesOf(payload));
    if (!read.ok) throw new Error(read.fault.words);
    const header = `a30132045820${vectors.key}10782461${toHex(new TextEncoder().encode('pplication/vnd.outpost.reading+cose'))}`;
    const content = 'a2011b000000010000000003a11903343904d1';
    const signed = `846a${toHex(new TextEncoder().encode('Signature1'))}58${(header.length / 2).toString(16)}${header}4053${content}`;
    const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
    expect(hash(read.value.signed)).toBe(hash(bytesOf(signed)));
  });
});
