import { stationWire } from '@outpost/firmware-bridge/wires';
import type { Clock, ReceptionBody } from '@outpost/schemas/words';
import { createConcentrator } from '../gwmp/concentrator.ts';
import type { Planned } from '../gwmp/jit-queue.ts';
import {
  countAt,
  type Downlink,
  type Heard,
  id6Of,
  type RouterConfig,
  readConfig,
  readDownlink,
  STATION_TIMING,
  sentOf,
  uplinkOf,
  xtimeAt,
} from './station.ts';
import { openSocket, type StationSecrets, type StationSocket } from './web-socket.ts';

/** Waits between two attempts: 1, 2, 4, 8, 16 s, and then a minute at most. */
const RETRY_S = [1, 2, 4, 8, 16, 50, 60] as const;
const TIMESYNC_EVERY_MS = 60_000;

export interface StationParts {
  /** 16 digits of lower-case hex. */
  readonly eui: string;
  /** Which run of its concentrator this is, 1 to 255. */
  readonly session: number;
  /** Its `tc.uri`: `ws://box:3001`. */
  readonly server: string;
  readonly secrets: StationSecrets;
  readonly txHz: readonly [number, number];
  /** dBm EIRP that its region lets it send with. */
  readonly powerDbm: number;
  /** Whether its satellites give it a pulse each second: only then it asks for the time. */
  readonly hasPulse: () => boolean;
  /** The clock of the radio, as fast as it runs, and the real one that connections keep to. */
  readonly clock: Clock;
  readonly realClock: Clock;
  readonly counterUs: number;
  onAir(planned: Planned): void;
}

export interface StationTally {
  connections: number;
  published: number;
  /** Heard while it had no server. */
  lost: number;
  /** Frames that a station does not pass on: damaged, or no LoRaWAN. */
  unfit: number;
  downlinks: number;
  transmitted: number;
  timesyncs: number;
}

export interface ServedStation extends AsyncDisposable {
  readonly tally: Readonly<StationTally>;
  hear(frames: readonly ReceptionBody[]): void;
}

/** What a station has learned from its server. */
interface Learned {
  socket: StationSocket | undefined;
  config: RouterConfig | undefined;
  /** Microseconds of GPS when its counter was 0. */
  gpsAtZeroUs: number | undefined;
}

const text = (said: Readonly<Record<string, unknown>>): string => stationWire.writeExact(said);

const membersIn = (said: string): stationWire.Members | undefined => {
  try {
    return stationWire.membersOf(stationWire.parseExact(said));
  } catch {
    return undefined;
  }
};

/** Asks where to go; undefined where nobody says it. */
const discover = async (
  { server, secrets, eui }: StationParts,
  signal: AbortSignal,
): Promise<string | undefined> => {
  let uri: string | undefined;
  const asked = await openSocket(
    `${server}${stationWire.DISCOVERY_PATH}`,
    secrets,
    (said, socket) => {
      uri = stationWire.textIn(membersIn(said) ?? new Map(), 'uri');
      socket.close();
    },
    signal,
  );
  asked?.say(text({ router: id6Of(eui) }));
  await asked?.closed;
  return uri;
};

const VERSION = {
  msgtype: 'version',
  station: '2.0.6(outpost-sim/std)',
  firmware: '',
  package: '',
  model: 'outpost-sim',
  protocol: 2,
  features: 'gps',
};

/** The radio of a station, and what it does with what its server says. */
const stationRadio = (parts: StationParts, learned: Learned, tally: StationTally) => {
  const { clock, counterUs, session, txHz, powerDbm } = parts;
  const asked = new Map<Uint8Array, Downlink>();
  const momentAt = (us: number): Heard => ({
    xtime: xtimeAt(session, us),
    gpsUs: learned.gpsAtZeroUs === undefined ? 0 : learned.gpsAtZeroUs + us,
    atS: Number(clock.wall() / 1_000n) / 1e6,
  });
  const radio = createConcentrator({
    radio: {
      txHz,
      powersDbm: [powerDbm],
      get gpsAtZeroMs() {
        return learned.gpsAtZeroUs === undefined ? undefined : learned.gpsAtZeroUs / 1_000;
      },
    },
    rules: STATION_TIMING,
    clock,
    counterUs,
    onAir: (planned) => {
      const downlink = asked.get(planned.item.phy);
      asked.delete(planned.item.phy);
      tally.transmitted += 1;
      if (downlink !== undefined && learned.config !== undefined)
        learned.socket?.say(text(sentOf(learned.config, downlink, planned.item, momentAt(planned.startUs))));
      parts.onAir(planned);
    },
  });
  const obey = (members: stationWire.Members): void => {
    const { config } = learned;
    const downlink = config && readDownlink(config, members, session, powerDbm);
    if (downlink === undefined) return;
    tally.downlinks += 1;
    // It says nothing of what it cannot send.
    const taken = downlink.items.find((item) => typeof radio.take(item) === 'number');
    if (taken !== undefined) asked.set(taken.phy, downlink);
  };
  const setTime = (members: stationWire.Members): void => {
    const [sentUs, gpsUs] = [stationWire.bigIn(members, 'txtime'), stationWire.bigIn(members, 'gpstime')];
    if (sentUs === undefined || gpsUs === undefined) return;
    tally.timesyncs += 1;
    const middleUs = (Number(sentUs) + radio.nowUs()) / 2;
    learned.gpsAtZeroUs = Math.round(Number(gpsUs) - middleUs);
  };
  const told = (said: string): void => {
    const members = membersIn(said) ?? new Map<string, unknown>();
    const type = stationWire.textIn(members, 'msgtype');
    if (type === 'router_config') learned.config = readConfig(members);
    if (type === 'dnmsg') obey(members);
    if (type === 'timesync') setTime(members);
  };
  return { radio, told, momentAt };
};

/** Runs one station until it is disposed. Resolves when the first attempt to connect has ended. */
export const serveStation = async (parts: StationParts): Promise<ServedStation> => {
  const { secrets, realClock, clock } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const learned: Learned = { socket: undefined, config: undefined, gpsAtZeroUs: undefined };
  const tally: StationTally = {
    connections: 0,
    published: 0,
    lost: 0,
    unfit: 0,
    downlinks: 0,
    transmitted: 0,
    timesyncs: 0,
  };
  const { radio, told, momentAt } = stationRadio(parts, learned, tally);

  const connectOnce = async (): Promise<StationSocket | undefined> => {
    const uri = await discover(parts, signal);
    if (uri === undefined) return undefined;
    const configured = new AbortController();
    const hear = (said: string): void => {
      told(said);
      if (learned.config !== undefined) configured.abort();
    };
    const socket = await openSocket(uri, secrets, hear, signal);
    if (socket === undefined) return undefined;
    tally.connections += 1;
    learned.socket = socket;
    socket.say(text(VERSION));
    const late = realClock.sleep(1_000 * RETRY_S[4], AbortSignal.any([configured.signal, signal]));
    await Promise.race([late.catch(() => undefined), socket.closed]);
    return socket;
  };
  const live = async (first: StationSocket | undefined): Promise<void> => {
    let failures = 0;
    for (let current = first; ; current = await connectOnce()) {
      await current?.closed;
      failures = current === undefined ? failures + 1 : 1;
      learned.socket = undefined;
      learned.config = undefined;
      const waitS = RETRY_S[Math.min(failures, RETRY_S.length) - 1] ?? 60;
      await realClock.sleep(1_000 * waitS, signal);
    }
  };
  const askTime = async (): Promise<void> => {
    for (;;) {
      if (parts.hasPulse()) learned.socket?.say(text({ msgtype: 'timesync', txtime: radio.nowUs() }));
      await clock.sleep(TIMESYNC_EVERY_MS, signal);
    }
  };
  const untilStopped = (task: Promise<void>): Promise<void> =>
    task.catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  const lived = untilStopped(live(await connectOnce()));
  const asked = untilStopped(askTime());
  return {
    tally,
    hear: (frames) => {
      const { socket, config } = learned;
      for (const frame of frames) {
        const now = radio.nowUs();
        const at = momentAt(frame.tmst === undefined ? now : countAt(frame.tmst, now));
        const said = config && uplinkOf(config, frame, at);
        if (socket === undefined || config === undefined) tally.lost += 1;
        else if (said === undefined) tally.unfit += 1;
        else {
          socket.say(text(said));
          tally.published += 1;
        }
      }
    },
    [Symbol.asyncDispose]: async () => {
      radio.stop();
      stopping.abort(new Error('The station is switched off.'));
      await Promise.all([lived, asked]);
    },
  };
};
