import { rawGateway } from '@outpost/schemas/evidence';
import {
  type Body,
  type Clock,
  elapsedMs,
  type PositionBody,
  type ReceptionBody,
  type StreamId,
  toHex,
  type WallNs,
} from '@outpost/schemas/words';
import { chainsAt } from '../run/history.ts';
import { readingsAt } from '../trips/stream-readings.ts';
import { type SpannedJournal, segmentOf } from './attestations.ts';

/** One place on the way of a stream: ms since 1970, degrees × 10^7 north and east, cm/s over ground or −1. */
export type TrackPoint = readonly [atMs: number, latitude: number, longitude: number, speedCmS: number];

export interface Track {
  readonly stream: string;
  /** EUI of the LoRa gateway that it is the place of, where the stream is of gateways: each has a place of its own. */
  readonly gateway?: string;
  /** Radio frames that this gateway heard in the period. */
  readonly frames?: number;
  /** In their order; where there are more than a map can show, every so many-th. */
  readonly points: readonly TrackPoint[];
}

/** What was heard within one cell of the map. */
export interface HeardCell {
  /** Its middle, degrees × 10^7. */
  readonly latitude: number;
  readonly longitude: number;
  readonly count: number;
  readonly bestRssiDeciDbm: number | undefined;
  readonly bestSnrDeciDb: number | undefined;
}

export interface TripRow {
  readonly stream: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly distanceM: number;
}

export interface Places {
  readonly tracks: readonly Track[];
  readonly heard: readonly HeardCell[];
  readonly trips: readonly TripRow[];
  /** Positions that were kept private, by zones or because nobody could tell what they were. */
  readonly hidden: number;
  /** False where the period held more readings than are looked at for one map; then it is its beginning. */
  readonly isWhole: boolean;
}

/** Ways of streams, and places of gateways behind them; more are not drawn. */
const WAYS_MAX = 256;
/** Of one way; where it is full, every second one is left out. */
const POINTS_MAX = 4_096;
const CELLS_MAX = 4_096;
/** The latest of them. */
const TRIPS_MAX = 256;
export const READINGS_MAX = 2_000_000;
/** So long may one map take to be gathered, on a machine that has other things to do. */
const BUDGET_MS = 15_000;
/** Readings between two looks at the clock. */
const LOOK_EVERY = 1_024;
/** Side of a cell: 0.002 degrees, 220 m from south to north. */
export const CELL = 20_000;
const MS = 1_000_000n;

const msOf = (wall: WallNs): number => Number(wall / MS);

/** A way with at most so many points, evenly spread over it however long it is. */
const newWay = () => {
  let points: TrackPoint[] = [];
  let [seen, stride] = [0, 1];
  let last: TrackPoint | undefined;
  return {
    add: (point: TrackPoint): void => {
      last = point;
      seen += 1;
      if ((seen - 1) % stride !== 0) return;
      points.push(point);
      if (points.length < POINTS_MAX) return;
      points = points.filter((_, at) => at % 2 === 0);
      stride *= 2;
    },
    /** With the last one, so that it ends where it ended. */
    points: (): readonly TrackPoint[] =>
      last === undefined || points.at(-1) === last ? points : [...points, last],
  };
};

const most = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

const newHeard = () => {
  const cells = new Map<string, HeardCell>();
  return {
    add: ({ location, rssiDeciDbm, snrDeciDb, direction }: ReceptionBody): void => {
      if (location === undefined || direction !== 'heard') return;
      const [north, east] = [Math.floor(location.latitude / CELL), Math.floor(location.longitude / CELL)];
      const name = `${north} ${east}`;
      const cell = cells.get(name);
      if (cell === undefined && cells.size >= CELLS_MAX) return;
      cells.set(name, {
        latitude: north * CELL + CELL / 2,
        longitude: east * CELL + CELL / 2,
        count: (cell?.count ?? 0) + 1,
        bestRssiDeciDbm: most(cell?.bestRssiDeciDbm, rssiDeciDbm),
        bestSnrDeciDb: most(cell?.bestSnrDeciDb, snrDeciDb),
      });
    },
    list: (): readonly HeardCell[] => [...cells.values()],
  };
};

const pointOf = (wall: WallNs, { latitude, longitude, speedCmS }: PositionBody): TrackPoint => [
  msOf(wall),
  latitude,
  longitude,
  speedCmS ?? -1,
];

/** One way for each stream; where that is of gateways that share it, one for each of them. */
const newWays = () => {
  const ways = new Map<string, ReturnType<typeof newWay> & Pick<Track, 'stream' | 'gateway'>>();
  const frames = new Map<string, number>();
  const nameOf = (stream: StreamId, gateway: string | undefined): string => `${stream} ${gateway ?? ''}`;
  return {
    add: (stream: StreamId, gateway: string | undefined, point: TrackPoint): void => {
      const name = nameOf(stream, gateway);
      const way = ways.get(name) ?? { ...newWay(), stream, ...(gateway === undefined ? {} : { gateway }) };
      if (ways.size < WAYS_MAX) ways.set(name, way);
      way.add(point);
    },
    heard: (stream: StreamId, { gateway, direction }: ReceptionBody): void => {
      if (gateway === undefined || direction !== 'heard') return;
      const name = nameOf(stream, toHex(gateway));
      if (frames.size < WAYS_MAX || frames.has(name)) frames.set(name, (frames.get(name) ?? 0) + 1);
    },
    list: (): readonly Track[] =>
      [...ways].map(([name, { points, add: _, ...way }]) => ({
        ...way,
        ...(way.gateway === undefined ? {} : { frames: frames.get(name) ?? 0 }),
        points: points(),
      })),
  };
};

/** What of a period belongs on a map, gathered while its readings go by. */
const newGathering = () => {
  const ways = newWays();
  const heard = newHeard();
  const trips: TripRow[] = [];
  let hidden = 0;
  return {
    take: (stream: StreamId, wall: WallNs, body: Body, raw: Uint8Array): void => {
      if (body.kind === 'position') {
        const gateway = stream.endsWith('/coverage') ? rawGateway(raw)?.eui : undefined;
        ways.add(stream, gateway, pointOf(wall, body));
      } else if (body.kind === 'reception') {
        heard.add(body);
        ways.heard(stream, body);
      } else if (body.kind === 'redacted') {
        hidden += 1;
      } else if (body.kind === 'trip') {
        const { start, end, distanceM } = body;
        trips.push({ stream, fromMs: msOf(start.wall), toMs: msOf(end.wall), distanceM });
        if (trips.length > TRIPS_MAX) trips.shift();
      }
    },
    places: (isWhole: boolean): Places => ({
      tracks: ways.list(),
      heard: heard.list(),
      trips: trips.toReversed(),
      hidden,
      isWhole,
    }),
  };
};

/**
 * Where things were in a period, from what is in the journal: what a privacy zone kept out of it is not there to be
 * shown.
 * @param device of this one only
 */
export const placesIn = async (
  journal: SpannedJournal,
  clock: Clock,
  {
    fromMs,
    toMs,
    device,
  }: { readonly fromMs: number; readonly toMs: number; readonly device?: string | undefined },
  readingsMax = READINGS_MAX,
): Promise<Places> => {
  const from = segmentOf(journal, fromMs);
  const readings = await readingsAt({ journal, chainsAt: (offset) => chainsAt(journal, offset) }, from);
  const gathering = newGathering();
  const begun = clock.mono();
  let seen = 0;
  for await (const entry of journal.read(from, journal.end)) {
    const placed = readings.take(entry);
    if (placed === undefined) continue;
    seen += 1;
    const isLate = seen % LOOK_EVERY === 0 && elapsedMs(begun, clock.mono()) > BUDGET_MS;
    if (isLate || seen > readingsMax) return gathering.places(false);
    const { stream, reading, raw } = placed;
    const at = msOf(reading.wall);
    if (at < fromMs || at > toMs || (device !== undefined && !stream.startsWith(`${device}/`))) continue;
    gathering.take(stream, reading.wall, reading.body, raw);
  }
  return gathering.places(true);
};
