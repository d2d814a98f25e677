import { encode, encodeChoice, encodeSigned, PACKET_UP } from '@outpost/gateway/helium';
import { concatBytes, toHex } from '@outpost/schemas/words';
import { describe, expect, it } from 'vitest';
import {
  type Act,
  type Bench,
  type Case,
  initOf,
  joinPhy,
  judgementOf,
  newSigner,
  type Packet,
  packetOf,
  registerOf,
  uplinkPhy,
} from './testing.ts';

const NONE = new Uint8Array(0);

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

describe('the router on a packet', () => {
  it.each(PACKETS)('%s: %s', async (_, expected, act) => {
    expect(await judgementOf(act)).toBe(expected);
  });
});
