import type { MqttSettings } from '@outpost/firmware-bridge';
import { readMessage } from '@outpost/firmware-bridge';
import { chirpstackCodec } from '@outpost/firmware-bridge/wires';
import { GATEWAY_SIGNALS } from '@outpost/schemas/radio';
import { type Body, type Clock, fromHex, type ReceptionBody } from '@outpost/schemas/words';
import { createConcentrator } from '../gwmp/concentrator.ts';
import { FORWARDER_TIMING, type Planned } from '../gwmp/jit-queue.ts';
import type { Transmitter } from '../gwmp/transmission.ts';
import { type BridgeName, commandFilter, readDown, statusesOf } from './bridge.ts';
import { type BrokerLink, type LinkTally, openLink } from './broker-link.ts';

/** The bridge's own defaults (chirpstack-gateway-bridge: cmd/root.go). */
const STATS_EVERY_MS = 30_000;
const KEEPALIVE_S = 30;

/** Where a bridge publishes; its default for `qos` is 0. */
export interface BridgeBroker extends Pick<MqttSettings, 'address' | 'version' | 'credentials' | 'tls'> {
  readonly qos: 0 | 1;
}

export interface BridgeParts {
  readonly name: BridgeName;
  readonly radio: Transmitter;
  readonly broker: BridgeBroker;
  /** The clock of the radio, as fast as it runs, and the real one that connections keep to. */
  readonly clock: Clock;
  readonly realClock: Clock;
  /** What its counter shows now, µs. */
  readonly counterUs: number;
  /** Where it says that it is, in each frame and each status. */
  place(): ReceptionBody['location'];
  onAir(planned: Planned): void;
}

export interface BridgeTally extends LinkTally {
  downlinks: number;
  transmitted: number;
}

export interface ServedBridge extends AsyncDisposable {
  readonly tally: Readonly<BridgeTally>;
  hear(frames: readonly ReceptionBody[]): void;
}

const COUNTED = ['received', 'receivedOk', 'downlinks', 'transmitted'] as const;
/** Of one interval of statistics. */
type Counts = Record<(typeof COUNTED)[number], number>;
const newCounts = (): Counts => ({ received: 0, receivedOk: 0, downlinks: 0, transmitted: 0 });

const UNSAID = {
  speedCmS: undefined,
  courseCdeg: undefined,
  hdopCenti: undefined,
  satellites: undefined,
  fixedAt: undefined,
};

const statBodies = (counts: Counts, eui: string, place: ReceptionBody['location']): readonly Body[] => {
  const ecu = Number.parseInt(eui.slice(8), 16);
  const numbers = COUNTED.map(
    (name): Body => ({ kind: 'number', signal: GATEWAY_SIGNALS[name].id, mantissa: counts[name], ecu }),
  );
  if (place === undefined) return numbers;
  const { source, ...where } = place;
  return [...numbers, { kind: 'position', fix: source === 'gnss' ? '3d' : 'estimated', ...where, ...UNSAID }];
};

const openOwnLink = (
  { name, broker, realClock }: BridgeParts,
  tally: BridgeTally,
  obey: (topic: string, payload: Uint8Array) => void,
): Promise<BrokerLink> => {
  const { eui, prefix, encoding } = name;
  const state = (online: boolean): Uint8Array =>
    chirpstackCodec.event.encode({ kind: 'conn', from: { gateway: eui, prefix, encoding }, online });
  const will = readMessage(state(false));
  if (!will.ok) throw new Error(will.fault.words);
  const { qos, ...how } = broker;
  const settings: MqttSettings = {
    ...how,
    clientId: `outpost-sim-${eui}`,
    cleanSession: true,
    keepaliveS: KEEPALIVE_S,
    will: { ...will.value, retain: true },
  };
  return openLink(
    {
      settings,
      filter: commandFilter(name),
      qos,
      hello: state(true),
      bye: state(false),
      clock: realClock,
      received: ({ topic, payload, acknowledge }) => {
        obey(topic, payload);
        acknowledge?.();
      },
    },
    tally,
  );
};

/** Runs one gateway behind a broker until it is disposed. Resolves when the first attempt to connect has ended. */
export const serveBridge = async (parts: BridgeParts): Promise<ServedBridge> => {
  const { name, clock, counterUs } = parts;
  const { prefix, encoding, eui: gateway } = name;
  const from = { gateway, prefix, encoding };
  const tally: BridgeTally = { connections: 0, published: 0, lost: 0, downlinks: 0, transmitted: 0 };
  let counts = newCounts();
  const onAir = (planned: Planned): void => {
    counts.transmitted += 1;
    tally.transmitted += 1;
    parts.onAir(planned);
  };
  const radio = createConcentrator({ radio: parts.radio, rules: FORWARDER_TIMING, clock, counterUs, onAir });
  const say = (said: Parameters<typeof chirpstackCodec.event.encode>[0]): Promise<void> =>
    link.publish(chirpstackCodec.event.encode(said));
  const link = await openOwnLink(parts, tally, (topic, payload) => {
    const command = readDown(name, topic, payload);
    if (command === undefined) return;
    counts.downlinks += 1;
    tally.downlinks += 1;
    const { downlinkId, items } = command;
    const statuses = statusesOf(items, (item) => {
      const taken = radio.take(item);
      return typeof taken === 'string' ? taken : undefined;
    });
    void say({ kind: 'ack', from, downlinkId, statuses });
  });
  const stopping = new AbortController();
  const tell = async (): Promise<void> => {
    for (;;) {
      await clock.sleep(STATS_EVERY_MS, stopping.signal);
      const bodies = statBodies(counts, gateway, parts.place());
      counts = newCounts();
      await say({ kind: 'stats', from, bodies, simulated: true, counts: undefined });
    }
  };
  const told = tell().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    tally,
    hear: (frames) => {
      const location = parts.place();
      counts.received += frames.length;
      counts.receivedOk += frames.filter(({ crc }) => crc === 'ok').length;
      for (const frame of frames.filter(({ crc }) => crc !== 'bad')) {
        const body = { ...frame, gateway: fromHex(gateway), location };
        void say({ kind: 'heard', from, bodies: [body], simulated: true, counts: undefined });
      }
    },
    [Symbol.asyncDispose]: async () => {
      radio.stop();
      stopping.abort(new Error('The gateway is switched off.'));
      await told;
      await link[Symbol.asyncDispose]();
    },
  };
};
