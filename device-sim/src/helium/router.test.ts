import {
  encode,
  encodeChoice,
  encodeSigned,
  encodeUp,
  type HeliumSigner,
  PACKET_UP,
  REGISTER,
  ROUTE_PATH,
  SESSION_INIT,
} from '@outpost/gateway/helium';
import { concatBytes, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import { until } from './raw-client.ts';
import {
  type Bench,
  initOf,
  joinPhy,
  newSigner,
  openBench,
  type Packet,
  packetOf,
  registerOf,
  uplinkPhy,
} from './testing.ts';

const NONE = new Uint8Array(0);

type Act = (bench: Bench) => Promise<string>;
type Case = readonly [what: string, expected: string, act: Act];

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

const sending =
  (change: (bench: Bench) => Partial<Packet>, by: 'session' | 'gateway' = 'session'): Act =>
  async (bench) => {
    await bench.begin();
    const packet = packetOf(bench.gateway.key, change(bench));
    return await bench.judged('packet', encodeSigned(PACKET_UP, packet, bench[by].sign));
  };

const frame = (...bytes: readonly number[]): Uint8Array =>
  Uint8Array.from([...bytes, ...Array.from({ length: 16 }, () => 9)]);
const payload = (bytes: Uint8Array): Act => sending(() => ({ payload: bytes }));
const ZEROS: Partial<Packet> = { timestamp: 0n, rssi: 0, datarate: 0, snr: 0, region: 0, holdTime: 0n };
/** Fields 2, 5 and 7 written out although they are 0. */
const ZERO_FIELDS = Uint8Array.of(0x10, 0x00, 0x28, 0x00, 0x38, 0x00);

const tampered =
  (change: Partial<Packet>): Act =>
  async (bench) => {
    await bench.begin();
    const packet = packetOf(bench.gateway.key);
    const signature = bench.session.sign(encode(PACKET_UP, packet));
    return await bench.judged('packet', encode(PACKET_UP, { ...packet, ...change, signature }));
  };

const PACKETS: readonly Case[] = [
  ['an unconfirmed uplink', 'taken', sending(() => ({}))],
  ['a confirmed uplink', 'taken', payload(frame(0x80, 1, 2, 3, 4, 0, 0, 0, 1))],
  ['a join of 23 bytes', 'taken', payload(joinPhy())],
  ['a join of 22 bytes', 'invalid_packet_type', payload(joinPhy().slice(1).fill(0, 0, 1))],
  ['a join-accept', 'invalid_packet_type', payload(frame(0x20))],
  ['a downlink', 'invalid_packet_type', payload(frame(0x60, 1, 2, 3, 4))],
  ['a rejoin', 'invalid_packet_type', payload(frame(0xc0, 0))],
  ['a proprietary frame', 'invalid_packet_type', payload(frame(0xe0))],
  ['no frame at all', 'invalid_packet_type', payload(NONE)],
  ['an uplink of 11 bytes', 'invalid_packet_type', payload(uplinkPhy(11))],
  ['an uplink of 12 bytes, without a port', 'taken', payload(uplinkPhy(12))],
  [
    'options that reach past the end',
    'invalid_packet_type',
    payload(Uint8Array.of(0x40, 1, 2, 3, 4, 0x0f, 0, 0, 1, 2, 3, 4, 5, 6)),
  ],
  ['port 0 with options', 'invalid_packet_type', payload(frame(0x40, 1, 2, 3, 4, 0x01, 0, 0, 0xaa, 0))],
  ['port 0 without options', 'taken', payload(frame(0x40, 1, 2, 3, 4, 0, 0, 0, 0))],
  ['major version 1, which only gateways look at', 'taken', payload(frame(0x41, 1, 2, 3, 4, 0, 0, 0, 1))],
  ['all that may be zero is zero, left out', 'taken', sending(() => ZEROS)],
  [
    'zeros written out and not signed',
    'taken',
    async (b) => {
      await b.begin();
      const packet = encodeSigned(PACKET_UP, packetOf(b.gateway.key, ZEROS), b.session.sign);
      return await b.judged('packet', concatBytes(packet, ZERO_FIELDS));
    },
  ],
  [
    'zeros written out and signed',
    'bad_signature',
    async (b) => {
      await b.begin();
      const bytes = concatBytes(encode(PACKET_UP, packetOf(b.gateway.key, ZEROS)), ZERO_FIELDS);
      return await b.judged('packet', concatBytes(bytes, encodeChoice(10, b.session.sign(bytes))));
    },
  ],
  ['of another gateway', 'wrong_gateway', sending(() => ({ gateway: newSigner().key }))],
  ['of no gateway', 'wrong_gateway', sending(() => ({ gateway: NONE }))],
  [
    'before the registration',
    'wrong_gateway',
    (b) => b.judged('packet', encodeSigned(PACKET_UP, packetOf(b.gateway.key), b.gateway.sign)),
  ],
  [
    'of a gateway that is denied',
    'gateway_denied',
    async (b) => {
      b.served.router.denied.add(toHex(b.gateway.key));
      return await sending(() => ({}))(b);
    },
  ],
  ['by the gateway’s key though there is a session', 'bad_signature', sending(() => ({}), 'gateway')],
  [
    'by the gateway’s key where there is no session',
    'taken',
    async (b) => {
      await b.judged('register', registerOf(b.gateway, { sessionCapable: false }));
      return await b.judged('packet', encodeSigned(PACKET_UP, packetOf(b.gateway.key), b.gateway.sign));
    },
  ],
  [
    'by the session before',
    'bad_signature',
    async (b) => {
      await b.begin();
      await b.judged('sessionInit', initOf(b.gateway, b.nonce, newSigner().key));
      return await b.judged('packet', encodeSigned(PACKET_UP, packetOf(b.gateway.key), b.session.sign));
    },
  ],
  [
    'without a signature',
    'bad_signature',
    async (b) => {
      await b.begin();
      return await b.judged('packet', encode(PACKET_UP, packetOf(b.gateway.key)));
    },
  ],
  ['with another payload than was signed', 'bad_signature', tampered({ payload: uplinkPhy() })],
  ['with another strength than was signed', 'bad_signature', tampered({ rssi: -91 })],
  ['with another hold time than was signed', 'bad_signature', tampered({ holdTime: 0n })],
  [
    'that does not end',
    'bad_envelope',
    async (b) => {
      await b.begin();
      return await b.judged('packet', Uint8Array.of(0x0a, 0x20, 1, 2));
    },
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

const table = (cases: readonly Case[]): void => {
  it.each(cases)('%s: %s', async (_, expected, act) => {
    await using bench = await openBench();
    expect(await act(bench)).toBe(expected);
    const isStopped = ['bad_register', 'bad_session_init', 'bad_envelope'].includes(expected);
    if (isStopped) await until('the stream is over', () => bench.stream.isOver);
    expect(bench.stream.isOver).toBe(isStopped);
  });
};

describe('the router on a registration', () => table(REGISTRATIONS));
describe('the router on a session', () => table(SESSIONS));
describe('the router on a packet', () => table(PACKETS));
describe('the router on an envelope', () => table(ENVELOPES));

describe('the router over time', () => {
  it('takes 25 packets of a gateway in a second and each payload once, and forgets both in the next', async () => {
    await using bench = await openBench();
    await bench.begin();
    const send = (change: Partial<Packet>): Promise<string> =>
      bench.judged(
        'packet',
        encodeSigned(PACKET_UP, packetOf(bench.gateway.key, change), bench.session.sign),
      );
    const one = uplinkPhy();
    expect(await send({ payload: one })).toBe('taken');
    expect(await send({ payload: one })).toBe('packet_limit_exceeded');
    for (let sent = 2; sent < 25; sent += 1) expect(await send({})).toBe('taken');
    expect(await send({})).toBe('gateway_limit_exceeded');
    await bench.clock.advance(1_000);
    expect(await send({ payload: one })).toBe('taken');
  });

  it('ends a stream after 35 minutes, with an empty message and in peace', async () => {
    await using bench = await openBench();
    await bench.begin();
    await bench.clock.advance(34 * 60_000);
    expect(bench.stream.isOver).toBe(false);
    await bench.clock.advance(60_001);
    await until('it is over', () => bench.stream.isOver);
    await until('it says why', () => bench.stream.status !== undefined);
    expect(bench.stream.status).toBe('0');
    expect(bench.stream.downs.at(-1)).toEqual({ kind: 'nothing' });
  });

  it('gives a gateway to the stream that registers it last, and ends the other', async () => {
    await using bench = await openBench();
    await bench.begin();
    const second = bench.client.open(ROUTE_PATH);
    second.say(encodeUp('register', registerOf(bench.gateway)));
    await until('the first is over', () => bench.stream.isOver);
    bench.served.router.downlink(bench.gateway.key, {
      payload: Uint8Array.of(1),
      rx1: undefined,
      rx2: undefined,
    });
    await until('the downlink comes', () => second.downs.some(({ kind }) => kind === 'packet'));
  });

  it('acknowledges the last payload at the interval that was asked for, and then nothing', async () => {
    await using bench = await openBench();
    await bench.judged(
      'register',
      registerOf(bench.gateway, { packetAckInterval: 5, sessionCapable: false }),
    );
    const packet = packetOf(bench.gateway.key);
    await bench.judged('packet', encodeSigned(PACKET_UP, packet, bench.gateway.sign));
    await bench.clock.advance(10_000);
    await until('two came', () => bench.stream.downs.length === 2);
    const lengths = bench.stream.downs.map((down) => (down.kind === 'ack' ? down.payloadHash.length : -1));
    expect(lengths).toEqual([32, 0]);
  });

  it('knows no other method', async () => {
    await using bench = await openBench();
    const stream = bench.client.open('/helium.packet_router.packet/other');
    await until('it is over', () => stream.status !== undefined);
    expect(stream.status).toBe('12');
  });
});
