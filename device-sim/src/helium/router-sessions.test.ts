import {
  encode,
  encodeChoice,
  encodeUp,
  type HeliumSigner,
  REGISTER,
  SESSION_INIT,
} from '@outpost/gateway/helium';
import { concatBytes } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { type Act, type Case, initOf, judgementOf, newSigner, registerOf } from './testing.ts';

const NONE = new Uint8Array(0);

const registering =
  (signer: HeliumSigner): Act =>
  (bench) =>
    bench.judged('register', registerOf(signer));

/** A registration with fields of our choice, signed over `signed` of it. */
const odd = (
  wire: (register: Uint8Array) => Uint8Array,
  signed: (register: Uint8Array) => Uint8Array = wire,
): Act => {
  const signer = newSigner();
  const bare = encode(REGISTER, {
    timestamp: 1n,
    gateway: signer.key,
    signature: NONE,
    sessionCapable: true,
    packetAckInterval: 0,
  });
  const signature = encodeChoice(REGISTER.signature.number, signer.sign(signed(bare)));
  return (bench) => bench.judged('register', concatBytes(wire(bare), signature));
};

/** Field 5 written out although it is 0. */
const ZERO_INTERVAL = Uint8Array.of(0x28, 0x00);
const padded = (bytes: Uint8Array): Uint8Array => concatBytes(bytes, ZERO_INTERVAL);
const same = (bytes: Uint8Array): Uint8Array => bytes;

const REGISTRATIONS: readonly Case[] = [
  ['of an Ed25519 key', 'registered', registering(newSigner())],
  ['of a key of testnet', 'registered', registering(newSigner('ed25519', 'testnet'))],
  ['of a P-256 key', 'registered', registering(newSigner('ecc-compact'))],
  ['of a secp256k1 key', 'registered', registering(newSigner('secp256k1'))],
  ['with a zero written out and not signed', 'registered', odd(padded, same)],
  ['with a zero written out and signed', 'bad_register', odd(padded)],
  [
    'with an unknown field',
    'bad_register',
    odd((bytes) => concatBytes(bytes, Uint8Array.of(0x78, 0x01)), same),
  ],
  [
    'without a signature',
    'bad_register',
    (b) =>
      b.judged(
        'register',
        encode(REGISTER, {
          timestamp: 1n,
          gateway: b.gateway.key,
          signature: NONE,
          sessionCapable: true,
          packetAckInterval: 0,
        }),
      ),
  ],
  [
    'signed by another key',
    'bad_register',
    (b) => b.judged('register', registerOf({ key: b.gateway.key, sign: newSigner().sign })),
  ],
  ['of no key', 'bad_register', registering({ key: NONE, sign: newSigner().sign })],
  [
    'of a key of an unknown kind',
    'bad_register',
    registering({ key: Uint8Array.of(2, ...newSigner().key.slice(1)), sign: newSigner().sign }),
  ],
  [
    'of a key that is too short',
    'bad_register',
    registering({ key: newSigner().key.slice(0, 20), sign: newSigner().sign }),
  ],
  ['cut in the middle', 'bad_register', (b) => b.judged('register', registerOf(b.gateway).slice(0, 30))],
  [
    'a second time on the same stream',
    'registered',
    async (b) => {
      await b.register();
      return await b.judged('register', registerOf(b.gateway));
    },
  ],
];

const afterRegister =
  (act: Act): Act =>
  async (bench) => {
    await bench.register();
    return await act(bench);
  };

const SESSIONS: readonly Case[] = [
  [
    'as it should be',
    'session',
    afterRegister((b) => b.judged('sessionInit', initOf(b.gateway, b.nonce, b.session.key))),
  ],
  [
    'twice with the same nonce',
    'session',
    async (b) => {
      await b.begin();
      return await b.judged('sessionInit', initOf(b.gateway, b.nonce, newSigner().key));
    },
  ],
  [
    'with another nonce',
    'nonce',
    afterRegister((b) => b.judged('sessionInit', initOf(b.gateway, new Uint8Array(32), b.session.key))),
  ],
  [
    'before the registration',
    'nonce',
    (b) => b.judged('sessionInit', initOf(b.gateway, b.nonce, b.session.key)),
  ],
  [
    'signed by the session key',
    'bad_session_init',
    afterRegister((b) =>
      b.judged('sessionInit', initOf({ key: b.gateway.key, sign: b.session.sign }, b.nonce, b.session.key)),
    ),
  ],
  [
    'without a signature',
    'bad_session_init',
    afterRegister((b) =>
      b.judged(
        'sessionInit',
        encode(SESSION_INIT, {
          gateway: b.gateway.key,
          nonce: b.nonce,
          sessionKey: b.session.key,
          signature: NONE,
        }),
      ),
    ),
  ],
  [
    'of another gateway, which the router does not look at',
    'session',
    afterRegister((b) => b.judged('sessionInit', initOf(newSigner(), b.nonce, b.session.key))),
  ],
];

const ENVELOPES: readonly Case[] = [
  ['that is empty', 'bad_envelope', (b) => b.judgedRaw(NONE)],
  ['of noise', 'bad_envelope', (b) => b.judgedRaw(Uint8Array.of(0xff, 0xff, 0xff))],
  ['of a kind that nobody knows', 'bad_envelope', (b) => b.judgedRaw(encodeChoice(9, NONE))],
  [
    'with two messages, of which the last counts',
    'registered',
    (b) =>
      b.judgedRaw(
        concatBytes(encodeUp('packet', Uint8Array.of(1)), encodeUp('register', registerOf(b.gateway))),
      ),
  ],
];

describe('the router on a registration', () => {
  it.each(REGISTRATIONS)('%s: %s', async (_, expected, act) => {
    expect(await judgementOf(act)).toBe(expected);
  });
});

describe('the router on a session', () => {
  it.each(SESSIONS)('%s: %s', async (_, expected, act) => {
    expect(await judgementOf(act)).toBe(expected);
  });
});

describe('the router on a envelope', () => {
  it.each(ENVELOPES)('%s: %s', async (_, expected, act) => {
    expect(await judgementOf(act)).toBe(expected);
  });
});
