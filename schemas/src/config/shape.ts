import { z } from 'zod';
import { brokerShape } from './broker.ts';
import { count } from './count.ts';
import { pageShape } from './page.ts';

const name = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 of a-z 0-9 - and start with a letter')
  .describe('1 to 32 of a-z 0-9 - starting with a letter');

const device = z.strictObject({
  name,
  adapter: z.string().min(1).describe('How the device is spoken to: elm327, slcan, nmea, gpsd, firmata'),
  port: z
    .string()
    .min(1)
    .describe(
      'Where it is: serial:///dev/ttyUSB0?baud=38400, tcp://192.168.0.10:35000, replay:///file, broker:',
    ),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe("The adapter's own options; see its README"),
});

const network = z.strictObject({
  name,
  network: z.string().min(1).describe('Which kind of network: outpost, webhook, mqtt, chirpstack, …'),
  url: z.string().min(1).describe('Where attestations or readings are sent'),
  key: z
    .string()
    .min(1)
    .optional()
    .describe("The network's public key, which its receipts must be signed with: outpost-ed25519:… or hex"),
  acceptSimulated: z
    .boolean()
    .default(false)
    .describe('Send evidence of simulated devices and demo keys too; a real network refuses them'),
  options: z.record(z.string(), z.unknown()).default({}).describe("The kind's own options; see its README"),
});

const store = z.strictObject({
  url: z
    .string()
    .optional()
    .describe('An InfluxDB to use, http://host:8086; without it one is found or unpacked, and supervised'),
  user: z.string().optional().describe('User of that InfluxDB'),
  passwordFile: z.string().optional().describe('File (0600) that holds the password of that user'),
  database: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'must be 1 to 64 letters, digits or _ and start with a letter')
    .default('outpost'),
  flushEveryS: count(1, 3600, 10, 'Seconds between writes to InfluxDB; more spares the card'),
  rawDays: count(1, 3650, 14, 'Days that raw points are kept'),
  rollupDays: count(7, 36_500, 366, 'Days that 1-minute roll-ups are kept'),
});

const journal = z.strictObject({
  commitEveryMs: count(
    10,
    60_000,
    1000,
    'The most that a power cut can take of what nobody was told is safe',
  ),
  mebibytesMax: count(
    64,
    1_048_576,
    2048,
    'Size of the journal at which new readings are refused, lower lane first',
  ),
  archiveDays: count(1, 3650, 30, 'Days that settled evidence is kept for export and proofs'),
  archiveMebibytesMax: count(16, 1_048_576, 1024, 'Size of that archive'),
});

const attest = z.strictObject({
  readingsMax: count(1, 4096, 256, 'Readings under one signature'),
  everySeconds: count(1, 3600, 30, 'The longest that a reading waits for its signature'),
});

const clock = z.strictObject({
  trust: z
    .enum(['auto', 'rtc', 'ntp', 'gnss'])
    .default('auto')
    .describe('How far the wall clock can be believed; auto: what the system says of it'),
});

const degrees = (most: number, words: string) => z.number().min(-most).max(most).describe(words);

const privacyZone = z.strictObject({
  name,
  latitude: degrees(90, 'Degrees, north positive'),
  longitude: degrees(180, 'Degrees, east positive'),
  radiusM: z.number().min(50).max(100_000).describe('Metres'),
});

const privacy = z.strictObject({
  zones: z
    .array(privacyZone)
    .max(32)
    .default([])
    .describe('Circles inside which no position is kept, signed or shown, in any form'),
});

export const configShape = z.strictObject({
  $schema: z.string().optional().describe('For editors'),
  dataDirectory: z.string().min(1).describe('Where keys, journal and InfluxDB live; one gateway each'),
  devices: z.array(device).max(64).default([]),
  networks: z.array(network).max(16).default([]),
  broker: brokerShape
    .nullable()
    .default(null)
    .describe('The MQTT broker that devices with the port "broker:" speak to; null: none'),
  page: pageShape.nullable().default(null).describe('The local page and its API; null: none'),
  store: store.nullable().prefault({}).describe('null: keep everything in the journal only'),
  journal: journal.prefault({}),
  attest: attest.prefault({}),
  clock: clock.prefault({}),
  privacy: privacy.prefault({}),
  keyKind: z
    .enum(['file', 'demo'])
    .default('file')
    .describe('demo: keys that say in every attestation that they are worth nothing'),
});

export type { BrokerConfig } from './broker.ts';
export type { PageConfig } from './page.ts';
export type Config = z.output<typeof configShape>;
export type DeviceConfig = Config['devices'][number];
export type NetworkConfig = Config['networks'][number];
export type StoreConfig = NonNullable<Config['store']>;
export type PrivacyConfig = Config['privacy'];
