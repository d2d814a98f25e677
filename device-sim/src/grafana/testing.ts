import { newTally, systemClock } from '@outpost/firmware-bridge';
import {
  type GatewayNow,
  type Influx,
  newRecordTally,
  newStoreTally,
  type Offset,
  type ReadingRecord,
  type RunningInflux,
  runStore,
  type StoreRecord,
  selfPoints,
} from '@outpost/gateway';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { tripsOf } from '@outpost/schemas/vehicle';
import {
  type Body,
  type ClockAnchor,
  type Epoch,
  fromHex,
  monoNs,
  type StreamId,
  wallNs,
} from '@outpost/schemas/words';
import { readingsOf } from '../cheats/drive-track.ts';
import { meet } from '../devices/elm327/meeting.ts';
import { modelOf } from '../devices/elm327/testing.ts';

const NS_PER_MS = 1_000_000n;
/** Long enough after the drive that its trip is certainly over. */
const PARKED_LOOKS = 40;
const PARKED_EVERY_S = 30;
const EPOCH = new Uint8Array(16).fill(0xa1) as Epoch;
const EPOCH_HEX = 'a1'.repeat(16);

interface At {
  readonly ms: number;
  readonly body: Body;
}

/** The records of one device's stream, as the store reads them from the journal. */
const streamOf = (stream: StreamId, anchor: ClockAnchor, said: readonly At[]): StoreRecord[] => {
  const device = stream.slice(0, stream.indexOf('/'));
  const reading = (sequence: number, ms: number, body: Body): ReadingRecord => ({
    kind: 'reading',
    device,
    stream,
    epoch: EPOCH_HEX,
    sequence,
    mono: monoNs(BigInt(Math.round(ms)) * NS_PER_MS),
    origin: 'simulated',
    body,
  });
  return [
    { kind: 'epoch-opened', device, stream, epoch: EPOCH_HEX, reason: 'started', ordinal: 1n },
    reading(0, 0, { kind: 'anchor', anchor }),
    ...said.map(({ ms, body }, index) => reading(index + 1, ms, body)),
  ];
};

/** A drive as a dongle and satellites tell it, its fault codes, and the trip that it was. */
const drive = (anchor: ClockAnchor): readonly At[] => {
  const seconds = 240;
  const dongle = meet(modelOf({ cycle: 'udds' }), seconds * 1_000).said.map(({ atMs, body }) => ({
    ms: atMs,
    body,
  }));
  const satellites = readingsOf({ vehicle: 'petrol-manual', carSeed: 1, driveSeed: 1, seconds })
    .filter(({ body }) => body.kind === 'position')
    .map(({ mono, body }) => ({ ms: Number(mono / NS_PER_MS), body }));
  const codes: At = {
    ms: seconds * 1_000,
    body: { kind: 'codes', status: 'stored', codes: ['P0301'], ecu: 0x7e8 },
  };
  const said = [...dongle, ...satellites].sort((a, b) => a.ms - b.ms);
  const parked = Array.from({ length: PARKED_LOOKS }, (_, look): At => {
    const ms = (seconds + look * PARKED_EVERY_S) * 1_000;
    return { ms, body: { kind: 'number', signal: 3, mantissa: 1_250, ecu: 0 } };
  });
  const trips = tripsOf(
    [...said, ...parked].map(({ ms, body }, sequence) => ({
      epoch: EPOCH,
      sequence,
      mono: monoNs(BigInt(Math.round(ms)) * NS_PER_MS),
      wall: wallNs(anchor.wall + BigInt(Math.round(ms)) * NS_PER_MS),
      origin: 'simulated',
      body,
      trust: 'ntp',
      place: BigInt(sequence),
    })),
  );
  const afterMs = parked.at(-1)?.ms ?? 0;
  return [...said, codes, ...parked, ...trips.map(({ body }) => ({ ms: afterMs, body }))];
};

/** A minute of a car without an engine. */
const electric = (): readonly At[] =>
  meet(modelOf({ vehicle: 'electric' }), 60_000).said.map(({ atMs, body }) => ({ ms: atMs, body }));

/** A minute of a hotspot: frames that it heard and what it says of itself. */
const radio = (): readonly At[] =>
  Array.from({ length: 12 }, (_, index): readonly At[] => [
    {
      ms: index * 5_000,
      body: {
        kind: 'reception',
        direction: 'heard',
        gateway: fromHex('aa555a0000000101') as Uint8Array,
        phy: fromHex('40f17dbe4900020001954378762b11ff0d') as Uint8Array,
        crc: 'ok',
        frequencyHz: 868_100_000,
        modulation: {
          kind: 'lora',
          spreadingFactor: 7 + (index % 6),
          bandwidthHz: 125_000,
          codingRate: '4/5',
        } as never,
        rssiDeciDbm: -900 - index,
        signalRssiDeciDbm: undefined,
        snrDeciDb: 70 - index,
        powerDeciDbm: undefined,
        tmst: index * 5_000_000,
        gatewayTime: undefined,
        fineNs: undefined,
        frequencyOffsetHz: undefined,
        channel: 0,
        rfChain: 0,
        antenna: 0,
        location: {
          latitude: 521_000_000,
          longitude: 43_000_000,
          altitudeCm: undefined,
          source: 'configured',
        },
      },
    },
    ...Object.values(GATEWAY_SIGNALS).map(
      ({ id }): At => ({
        ms: index * 5_000,
        body: { kind: 'number', signal: id, mantissa: 40, ecu: 0x101 },
      }),
    ),
  ]).flat();

/** What the gateway itself adds: signatures, verdicts, events. */
const ofTheBox = (anchor: ClockAnchor): StoreRecord[] => [
  {
    kind: 'attestation',
    device: 'car',
    stream: 'car/telemetry',
    epoch: EPOCH_HEX,
    counter: 0,
    size: 256,
    bytes: 300,
    mono: anchor.mono,
    anchor,
    ordinal: 2n,
  },
  {
    kind: 'receipt',
    network: 'net',
    device: 'car',
    stream: 'car/telemetry',
    verdict: 'settled',
    code: '',
    words: 'taken',
    attestation: 'ab'.repeat(32),
    reward: { unit: 'OUT', mantissa: 125, decimals: 2, basis: 'network' },
    wall: anchor.wall,
    ordinal: 3n,
  },
  {
    kind: 'deliveries',
    network: 'net',
    verdict: 'settled',
    count: 12,
    reward: { unit: 'DC', mantissa: 12n, decimals: 0, basis: 'rule' },
    wall: anchor.wall,
    ordinal: 5n,
  },
  {
    kind: 'event',
    device: 'car',
    what: 'connected',
    words: 'tcp://127.0.0.1:1',
    wall: anchor.wall,
    ordinal: 4n,
  },
];

const gatewayNow = (minute: number): GatewayNow => ({
  startedAt: monoNs(0n),
  now: monoNs(BigInt(minute) * 60_000n * NS_PER_MS),
  rssBytes: 80e6,
  loopDelay: { p99Ms: () => 1, stop: () => undefined },
  trust: 'ntp',
  record: { ...newRecordTally(), made: 100 * minute, kept: 100 * minute },
  journal: {
    bytes: 1e6,
    archiveBytes: 0,
    segments: 1,
    pendingBytes: 0,
    records: 0,
    recordBytes: 0,
    commits: minute,
    syncs: minute,
    writtenBytes: 4_096 * minute,
    refusedFull: 0,
    refusedDiskFull: 0,
    refusedBusy: 0,
    abandonedSegments: 0,
    deletedSegments: 0,
    damages: 0,
    readers: [],
  },
  room: { diskBytes: 1e9, capBytes: 1e9 },
  attest: { attestations: minute, readings: 0, unreadable: 0, keyless: 0 },
  trips: { recorded: 0, unrecorded: 0 },
  store: { ...newStoreTally(), read: 100 * minute, stored: 100 * minute },
  networks: [],
});

const tellSelf = async (influx: Influx, anchor: ClockAnchor, signal: AbortSignal): Promise<void> => {
  const points = [1, 2, 3].flatMap((minute) =>
    selfPoints(wallNs(anchor.wall + BigInt(minute) * 60_000n * NS_PER_MS), {
      gateway: gatewayNow(minute),
      devices: [
        {
          nowMs: Number(anchor.wall / NS_PER_MS),
          view: {
            name: 'car',
            connected: true,
            lastReadingAt: new Date(Number(anchor.wall / NS_PER_MS)).toISOString(),
            tally: { ...newTally(), items: 10 * minute },
          },
        },
      ],
      networks: [
        {
          now: anchor.mono,
          view: {
            name: 'net',
            settled: minute,
            refused: 0,
            expired: 0,
            unknown: 0,
            withheld: 0,
            pending: 1,
            waitingSince: undefined,
          },
        },
      ],
    }),
  );
  const outcomes = await influx.write(points, undefined, signal);
  const bad = outcomes.find(({ kind }) => kind !== 'stored');
  if (bad !== undefined) throw new Error(`a point of the gateway's own numbers was not stored: ${bad.kind}`);
};

/** Fills a database through the gateway's own follower with what a simulated car and hotspot said an hour ago. */
export const fill = async (running: RunningInflux, database: string, startMs: number): Promise<Influx> => {
  const { signal } = new AbortController();
  const anchor: ClockAnchor = { wall: wallNs(BigInt(startMs) * NS_PER_MS), mono: monoNs(0n), trust: 'ntp' };
  const records = [
    ...streamOf('car/telemetry', anchor, drive(anchor)),
    ...streamOf('electric/telemetry', anchor, electric()),
    ...streamOf('hotspot/coverage', anchor, radio()),
    ...ofTheBox(anchor),
  ];
  await running.prepare(database);
  const influx = running.connect(database);
  const letters: string[] = [];
  await runStore(
    {
      async *follow() {
        yield { records, end: BigInt(records.length) as Offset };
      },
      position: 0n as Offset,
      commit: async () => undefined,
      influx,
      database,
      prepare: async () => ({ ok: true, value: await running.prepare(database) }),
      state: { load: async () => undefined, save: async () => undefined },
      clock: systemClock(),
      tally: newStoreTally(),
      deadLetter: async ({ words }) => void letters.push(words),
      flushEveryMs: 10_000,
      pointsMax: 5_000,
    },
    signal,
  );
  if (letters.length > 0) throw new Error(`not stored: ${letters[0]}`);
  await tellSelf(influx, anchor, signal);
  return influx;
};
