import {
  type BeaconRegion,
  beaconPhy,
  buildBeacon,
  type LoraRate,
  loraAirtimeUs,
  lorawanFrame,
  type RegionPlan,
} from '@outpost/schemas/radio';
import { NS_PER_S, type WallNs } from '@outpost/schemas/words';
import { drawAt } from '../random/draw-at.ts';
import { random } from '../random/sfc32.ts';
import type { Emission, Heard, Loss, OnAir } from './air.ts';
import { airSpace } from './air-space.ts';
import { type Channels, type DeviceState, type EndDevice, eirpOf, newDevice, stepDevice } from './device.ts';
import { hearDownlink, LISTENS_US } from './device-ear.ts';
import { type EventQueue, eventQueue } from './event-queue.ts';
import type { Hotspot } from './hotspot.ts';
import { receivedDbm, type Surroundings } from './link.ts';
import { placeOf } from './motion.ts';
import { isDemodulated, NOISE_FIGURE_DB, noiseFloorDbm } from './receiver.ts';

/** Everything that decides what happens; the same plan is the same world. */
export interface WorldPlan {
  readonly seed: number;
  readonly region: RegionPlan;
  readonly channels: Channels;
  /** What hotspots beacon by; undefined: they do not. */
  readonly beacons: BeaconRegion | undefined;
  readonly surroundings: Surroundings;
  readonly hotspots: readonly Hotspot[];
  readonly devices: readonly SimulatedDevice[];
  /** The true wall clock at 0 µs. */
  readonly startWall: WallNs;
}

/** An end device, the walls around it, and who knows where it is. */
export interface SimulatedDevice extends EndDevice {
  readonly indoorDb: number;
  /** Whether its owner has told where it is, or it tells so in its frames. */
  readonly isPlaceKnown: boolean;
}

/** What a hotspot is asked to send. */
export interface HotspotEmission {
  readonly phy: Uint8Array;
  readonly frequencyHz: number;
  readonly rate: LoraRate;
  /** dBm into the antenna. */
  readonly conductedDbm: number;
  /** As downlinks are; only what is not is heard by other hotspots. */
  readonly isInverted: boolean;
  readonly startUs: number;
}

export interface WorldTally {
  /** Emissions by devices, beacons and downlinks. */
  readonly sent: { device: number; beacon: number; downlink: number };
  /** Emissions that the duty cycle did not allow. */
  held: number;
  /** Transmissions that reached the device that they were for. */
  reached: number;
  /** Receptions told, with good and with bad CRC. */
  readonly heard: { ok: number; bad: number };
  /** Receptions strong enough that came to nothing, by reason. */
  readonly lost: Record<Loss, number>;
}

/** A world that runs as far as it is told. */
export interface RadioWorld {
  readonly plan: WorldPlan;
  /** Lets everything happen up to this true moment (µs from the start), and gives what was heard, in its order. */
  advance(untilUs: number): readonly Heard[];
  /** Puts an emission of a hotspot on the air; it must not lie in the past. */
  transmit(hotspot: number, emission: HotspotEmission): void;
  readonly tally: WorldTally;
}

type Event =
  | { readonly kind: 'device'; readonly index: number }
  | { readonly kind: 'beacon'; readonly index: number; readonly count: number }
  | { readonly kind: 'downlink'; readonly index: number; readonly emission: HotspotEmission }
  | { readonly kind: 'end'; readonly onAir: OnAir };

const US_PER_S = 1_000_000;
const CHANCE = { beacon: 131 } as const;

/** The beacons of one hotspot come evenly, each at a moment of its own within its turn. */
const beaconUs = ({ seed, beaconEveryS }: Hotspot, count: number): number =>
  Math.round((count + drawAt(seed, CHANCE.beacon, count)) * (beaconEveryS ?? 0) * US_PER_S);

/** The beacon that a hotspot sends at this moment, by Helium's algorithm; remote entropy changes every minute. */
const beaconOf = (
  { seed, startWall, beacons }: WorldPlan,
  { eui, gainDbi }: Hotspot,
  nowUs: number,
): HotspotEmission | undefined => {
  if (beacons === undefined) return undefined;
  const minute = Math.floor(nowUs / (60 * US_PER_S));
  const timestampS = Number(startWall / NS_PER_S) + minute * 60;
  const bytes = random(seed + minute, 'remote entropy').bytes(32);
  const local = random(minute, `local entropy ${eui}`).bytes(4);
  const built = buildBeacon({ bytes, timestampS, version: 0 }, local, beacons, Math.round(gainDbi * 10));
  if (!built.ok) return undefined;
  const { frequencyHz, rate, conductedDbm } = built.value;
  const phy = beaconPhy(built.value);
  return { phy, frequencyHz, rate, conductedDbm, isInverted: false, startUs: nowUs };
};

const airtimeOf = (rate: LoraRate, phy: Uint8Array, direction: 'up' | 'down'): number =>
  loraAirtimeUs(lorawanFrame(rate, phy.length, direction)) ?? 0;

/** What an emission by a hotspot looks like on the air. */
const fromHotspot = (
  { hotspots }: WorldPlan,
  kind: 'beacon' | 'downlink',
  index: number,
  wish: HotspotEmission,
  number: number,
): Emission | undefined => {
  const hotspot = hotspots[index];
  if (hotspot === undefined) return undefined;
  const { phy, frequencyHz, rate, conductedDbm, isInverted, startUs } = wish;
  return {
    number,
    by: { kind, index },
    phy,
    frequencyHz,
    rate,
    isInverted,
    startUs,
    endUs: startUs + airtimeOf(rate, phy, isInverted ? 'down' : 'up'),
    source: {
      place: placeOf(hotspot, startUs),
      heightM: hotspot.heightM,
      eirpDbm: conductedDbm + hotspot.gainDbi,
      indoorDb: 0,
    },
  };
};

const newTally = (): WorldTally => ({
  sent: { device: 0, beacon: 0, downlink: 0 },
  held: 0,
  reached: 0,
  heard: { ok: 0, bad: 0 },
  lost: { deaf: 0, sending: 0, busy: 0, collided: 0 },
});

const begin = (plan: WorldPlan, queue: EventQueue<Event>, states: readonly DeviceState[]): void => {
  for (const [index, { nextUs }] of states.entries()) queue.put(nextUs, { kind: 'device', index });
  if (plan.beacons === undefined) return;
  for (const [index, hotspot] of plan.hotspots.entries())
    if (hotspot.beaconEveryS !== undefined)
      queue.put(beaconUs(hotspot, 0), { kind: 'beacon', index, count: 0 });
};

/** A device whose turn has come: what it is from now on, and what it sends. */
const deviceTurn = (
  { region, channels }: WorldPlan,
  device: SimulatedDevice,
  state: DeviceState,
  index: number,
  number: number,
): { readonly state: DeviceState; readonly emission: Emission | undefined } => {
  const { nextUs: startUs } = state;
  const { state: next, emission } = stepDevice(device, state, region, channels);
  if (emission === undefined) return { state: next, emission };
  const { heightM, indoorDb, rate } = device;
  const eirpDbm = eirpOf(device, state.message);
  const { phy, frequencyHz, airtimeUs } = emission;
  const source = { place: placeOf(device, startUs), heightM, eirpDbm, indoorDb };
  const endUs = startUs + airtimeUs;
  const by = { kind: 'device', index } as const;
  return {
    state: next,
    emission: { number, by, phy, frequencyHz, rate, isInverted: false, startUs, endUs, source },
  };
};

/** What a hotspot's transmission does to a device; undefined where it does not get there, or is another's. */
const answerTo = (
  { hotspots, surroundings, region }: WorldPlan,
  device: SimulatedDevice,
  state: DeviceState,
  emission: Emission,
): DeviceState | undefined => {
  const { by, startUs, rate, source } = emission;
  const hotspot = hotspots[by.index];
  const isNear = state.last !== undefined && startUs - state.last.endUs < LISTENS_US;
  if (!isNear || hotspot === undefined) return undefined;
  const heard = hearDownlink(device, state, region, emission);
  if (heard === undefined) return undefined;
  // What the way takes, it takes in both directions.
  const { heightM, indoorDb } = device;
  const eirpDbm = source.eirpDbm - hotspot.gainDbi;
  const back = { place: placeOf(device, startUs), heightM, indoorDb, eirpDbm };
  const dbm = receivedDbm(surroundings, back, hotspot, emission);
  if (dbm === undefined) return undefined;
  const snrDb = dbm - noiseFloorDbm(rate.bandwidthHz, NOISE_FIGURE_DB);
  return isDemodulated(rate.spreadingFactor, snrDb, 0) ? heard : undefined;
};

/** A world at its beginning. */
export const radioWorld = (plan: WorldPlan): RadioWorld => {
  const { hotspots, devices, surroundings } = plan;
  const queue = eventQueue<Event>();
  const states = devices.map(newDevice);
  const tally = newTally();
  const space = airSpace(surroundings, hotspots, (loss) => {
    tally.lost[loss] += 1;
  });
  let number = 0;
  begin(plan, queue, states);

  const send = (emission: Emission | undefined): void => {
    if (emission === undefined) return;
    number += 1;
    tally.sent[emission.by.kind] += 1;
    queue.put(emission.endUs, { kind: 'end', onAir: space.begin(emission) });
  };
  const reach = (emission: Emission): void => {
    for (const [index, device] of devices.entries()) {
      const state = states[index];
      const heard = state === undefined ? undefined : answerTo(plan, device, state, emission);
      if (heard === undefined) continue;
      states[index] = heard;
      tally.reached += 1;
    }
  };
  const happen = (event: Event, nowUs: number): readonly Heard[] => {
    const { kind } = event;
    switch (kind) {
      case 'device': {
        const { index } = event;
        const [device, state] = [devices[index], states[index]];
        if (device === undefined || state === undefined) return [];
        const { state: next, emission } = deviceTurn(plan, device, state, index, number);
        states[index] = next;
        queue.put(next.nextUs, event);
        if (next.held > state.held) tally.held += 1;
        send(emission);
        return [];
      }
      case 'beacon': {
        const { index, count } = event;
        const hotspot = hotspots[index];
        if (hotspot === undefined) return [];
        const wish = beaconOf(plan, hotspot, nowUs);
        if (wish !== undefined) send(fromHotspot(plan, kind, index, wish, number));
        queue.put(beaconUs(hotspot, count + 1), { kind, index, count: count + 1 });
        return [];
      }
      case 'downlink':
        send(fromHotspot(plan, kind, event.index, event.emission, number));
        return [];
      case 'end': {
        if (event.onAir.emission.isInverted) reach(event.onAir.emission);
        const heard = space.end(event.onAir);
        for (const { crc } of heard) tally.heard[crc] += 1;
        return heard;
      }
    }
  };

  return {
    plan,
    tally,
    advance(untilUs) {
      const all: Heard[] = [];
      for (let nowUs = queue.nextUs(); nowUs !== undefined && nowUs <= untilUs; nowUs = queue.nextUs()) {
        const event = queue.take();
        if (event !== undefined) for (const heard of happen(event, nowUs)) all.push(heard);
      }
      return all;
    },
    transmit: (index, emission) => queue.put(emission.startUs, { kind: 'downlink', index, emission }),
  };
};
