import { z } from 'zod';
import { count } from './count.ts';

const host = (fallback: string, words: string) =>
  z.string().min(1).max(253).default(fallback).describe(words);

const tcp = z.strictObject({
  host: host('127.0.0.1', 'Address to listen at; anything but loopback carries passwords unencrypted'),
  port: count(1, 65_535, 1883, 'TCP port'),
});

const tls = z.strictObject({
  host: host('0.0.0.0', 'Address to listen at'),
  port: count(1, 65_535, 8883, 'TCP port'),
  clientCertificates: z
    .enum(['optional', 'required'])
    .default('optional')
    .describe('required: nobody gets as far as a password without a certificate of this box'),
  names: z
    .array(z.string().min(1).max(253))
    .max(16)
    .default([])
    .describe("Names and addresses that devices use for this box, besides the host's own"),
});

const websocket = z.strictObject({
  host: host('127.0.0.1', 'Address to listen at; anything but loopback carries passwords unencrypted'),
  port: count(1, 65_535, 8083, 'TCP port'),
});

export const brokerShape = z.strictObject({
  tcp: tcp.nullable().prefault({}).describe('MQTT over TCP; null: not at all'),
  tls: tls.nullable().default(null).describe('MQTT over TLS with certificates of this box; null: not at all'),
  websocket: websocket.nullable().default(null).describe('MQTT over WebSocket; null: not at all'),
  connectionsMax: count(1, 65_535, 512, 'Connections at a time; one more is closed at once'),
  packetMaxKibibytes: count(1, 1_024, 64, 'Longest packet; a sender that announces a longer one is cut off'),
  messagesPerSecondMax: count(
    1,
    1_000_000,
    1_000,
    'Messages a second of one connection; a faster sender is answered later',
  ),
});

export type BrokerConfig = z.output<typeof brokerShape>;
