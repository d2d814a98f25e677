import { newTally } from '@outpost/firmware-bridge';
import {
  type GatewayNow,
  newRecordTally,
  newStoreTally,
  type Point,
  type SelfNow,
  selfPoints,
} from '@outpost/gateway';
import { type ClockAnchor, wallNs } from '@outpost/schemas/words';
import { random } from '../../random/sfc32.ts';
import type { Mishaps, Signed } from './box.ts';
import { deviceOf, monoAt, NS_PER_MS, type Speaker } from './said.ts';

const EVERY_MS = 10_000;
const BYTES_PER_READING = 96;
const COMMITS_PER_LOOK = 10;

interface Told {
  readonly anchor: ClockAnchor;
  readonly endMs: number;
  readonly mishaps: Mishaps;
  readonly signatures: readonly Signed[];
}

/** How many were at most this late; `times` is in order. */
const countBy = (times: readonly number[]) => {
  let count = 0;
  return (ms: number): number => {
    while (count < times.length && (times[count] as number) <= ms) count += 1;
    return count;
  };
};

const ascending = (times: readonly number[]): readonly number[] => times.toSorted((a, b) => a - b);

const isWithin = (ms: number, { fromS, toS }: { fromS: number; toS: number }): boolean =>
  ms >= fromS * 1_000 && ms < toS * 1_000;

/** A box that is well. `chance` is what wavers: 0 to 1. */
export const gatewayAt = (
  ms: number,
  kept: number,
  attestations: number,
  chance: () => number,
): GatewayNow => {
  const waiting = Math.min(kept, Math.round(60 * chance()));
  return {
    startedAt: monoAt(0),
    now: monoAt(ms),
    rssBytes: 76e6 + 6e6 * Math.min(1, ms / 1_200_000) + 1e6 * chance(),
    loopDelay: { p99Ms: () => 0.9 + 0.8 * chance(), stop: () => undefined },
    trust: 'ntp',
    record: { ...newRecordTally(), made: kept, kept },
    journal: {
      bytes: BYTES_PER_READING * kept,
      archiveBytes: 0,
      segments: 1,
      pendingBytes: Math.round(2_000 * chance()),
      records: 0,
      recordBytes: 0,
      commits: (COMMITS_PER_LOOK * ms) / EVERY_MS,
      syncs: (COMMITS_PER_LOOK * ms) / EVERY_MS,
      writtenBytes: Math.round(BYTES_PER_READING * kept * 1.15),
      refusedFull: 0,
      refusedDiskFull: 0,
      refusedBusy: 0,
      abandonedSegments: 0,
      deletedSegments: 0,
      damages: 0,
      readers: [],
    },
    room: { diskBytes: 11e9 - BYTES_PER_READING * kept, capBytes: 2e9 - BYTES_PER_READING * kept },
    attest: { attestations, readings: kept, unreadable: 0, keyless: 0 },
    trips: { recorded: 0, unrecorded: 0 },
    store: { ...newStoreTally(), read: kept, stored: kept - waiting, pending: waiting },
    networks: [],
  };
};

type Devices = SelfNow['devices'];

const devicesAt = (
  ms: number,
  startMs: number,
  speakers: readonly {
    readonly name: string;
    readonly times: readonly number[];
    count(ms: number): number;
  }[],
  { unplugged }: Mishaps,
  unsent: (device: string, ms: number) => number,
): Devices =>
  speakers.map(({ name, times, count }) => {
    const items = count(ms);
    const last = times[items - 1];
    return {
      nowMs: startMs + ms,
      unsent: unsent(name, ms),
      view: {
        name,
        connected: !(name === 'car' && isWithin(ms, unplugged)),
        lastReadingAt: last === undefined ? undefined : new Date(startMs + last).toISOString(),
        tally: { ...newTally(), items, observed: items },
      },
    };
  });

const newNetwork = (signatures: readonly Signed[], networkAway: Mishaps['networkAway']) => {
  const made = countBy(ascending(signatures.map(({ ms }) => ms)));
  const of = (verdict: Signed['verdict']) =>
    countBy(
      ascending(signatures.filter((each) => each.verdict === verdict).map(({ answeredMs }) => answeredMs)),
    );
  const counts = {
    settled: of('settled'),
    refused: of('refused'),
    expired: of('expired'),
    unknown: of('unknown'),
  };
  return (ms: number): SelfNow['networks'][number] => {
    const [settled, refused, expired, unknown] = [
      counts.settled(ms),
      counts.refused(ms),
      counts.expired(ms),
      counts.unknown(ms),
    ];
    const pending = made(ms) - settled - refused - expired - unknown;
    const waitingSince = isWithin(ms, networkAway) ? monoAt(networkAway.fromS * 1_000) : undefined;
    return {
      now: monoAt(ms),
      view: {
        name: 'roads',
        settled,
        refused,
        expired,
        unknown,
        withheld: 0,
        pending,
        unsent: {},
        waitingSince,
      },
    };
  };
};

/** How many of a device's attestations are signed and not answered at a moment. */
const unsentOf = (signatures: readonly Signed[]) => {
  const own = (device: string, of: (signed: Signed) => number) =>
    countBy(ascending(signatures.filter(({ stream }) => deviceOf(stream) === device).map(of)));
  const names = new Set(signatures.map(({ stream }) => deviceOf(stream)));
  const counts = new Map(
    [...names].map((name) => {
      const [made, answered] = [own(name, ({ ms }) => ms), own(name, ({ answeredMs }) => answeredMs)];
      return [name, (ms: number) => made(ms) - answered(ms)];
    }),
  );
  return (device: string, ms: number): number => counts.get(device)?.(ms) ?? 0;
};

/** The gateway's own numbers, as often as it tells them. */
export const selfOf = (
  speakers: readonly Speaker[],
  { anchor, endMs, mishaps, signatures }: Told,
): readonly Point[] => {
  const draw = random(9, 'self');
  const startMs = Number(anchor.wall / NS_PER_MS);
  const devices = speakers.map(({ stream, said }) => {
    const times = said.map(({ ms }) => ms);
    return { name: deviceOf(stream), times, count: countBy(times) };
  });
  const kept = countBy(ascending(devices.flatMap(({ times }) => times)));
  const attested = countBy(ascending(signatures.map(({ ms }) => ms)));
  const unsent = unsentOf(signatures);
  const network = newNetwork(signatures, mishaps.networkAway);
  return Array.from({ length: Math.floor(endMs / EVERY_MS) }, (_, index) => {
    const ms = (index + 1) * EVERY_MS;
    return selfPoints(wallNs(anchor.wall + BigInt(ms) * NS_PER_MS), {
      gateway: gatewayAt(ms, kept(ms), attested(ms), () => draw.unit()),
      devices: devicesAt(ms, startMs, devices, mishaps, unsent),
      networks: [network(ms)],
    });
  }).flat();
};
