import { type Observation, type ReceptionBody, toHex } from '@outpost/schemas/words';

/** What one hotspot hears, as its owner asks for it. */
export interface HeardView {
  /** EUI; empty for a module that has none. */
  readonly gateway: string;
  /** Frames heard since the start. */
  readonly frames: number;
  /** Devices that were heard within the last hour. */
  readonly devices: number;
  /** Milliseconds since 1970. */
  readonly lastFrameMs: number;
  /** The last beacon that it heard or sent; 0 where there was none. */
  readonly lastBeaconMs: number;
}

export interface Heard {
  take(device: string, readings: readonly Observation[], atMs: number): void;
  of(device: string, nowMs: number): readonly HeardView[];
}

const HOUR_MS = 3_600_000;
/** Hotspots of all devices; what others hear is not counted. */
const HOTSPOTS_MAX = 256;
/** Devices that one hotspot is known to hear; beyond it the one that was heard longest ago makes room. */
const DEVICES_MAX = 256;

const [JOIN_REQUEST, PROPRIETARY] = [0, 7];
/** LoRaWAN 1.0.4 §4.2.1: the type of a message is in the first three bits of a frame. */
const typeOf = (phy: Uint8Array): number => (phy[0] ?? 0) >> 5;
const isDataUp = (type: number): boolean => type === 2 || type === 4;

/** Who has sent it, by what stands unencrypted in it: the address of a session, or the EUI in a join request. */
const senderOf = ({ phy }: ReceptionBody): string | undefined => {
  const type = typeOf(phy);
  if (isDataUp(type) && phy.length >= 12) return toHex(phy.subarray(1, 5));
  return type === JOIN_REQUEST && phy.length === 23 ? toHex(phy.subarray(9, 17)) : undefined;
};

interface Hotspot {
  frames: number;
  lastFrameMs: number;
  lastBeaconMs: number;
  /** The one that was heard longest ago first. */
  readonly devices: Map<string, number>;
}

const add = (hotspot: Hotspot, body: ReceptionBody, atMs: number): void => {
  if (typeOf(body.phy) === PROPRIETARY) hotspot.lastBeaconMs = atMs;
  if (body.direction !== 'heard') return;
  hotspot.frames += 1;
  hotspot.lastFrameMs = atMs;
  const sender = senderOf(body);
  if (sender === undefined || body.crc === 'bad') return;
  hotspot.devices.delete(sender);
  hotspot.devices.set(sender, atMs);
  const oldest = hotspot.devices.size > DEVICES_MAX ? hotspot.devices.keys().next().value : undefined;
  if (oldest !== undefined) hotspot.devices.delete(oldest);
};

/** Counts what hotspots hear, for the sentence that says how they are. */
export const createHeard = (): Heard => {
  const hotspots = new Map<string, Map<string, Hotspot>>();
  let count = 0;

  const hotspotOf = (device: string, gateway: string): Hotspot | undefined => {
    const own = hotspots.get(device) ?? new Map<string, Hotspot>();
    hotspots.set(device, own);
    const known = own.get(gateway);
    if (known !== undefined || count >= HOTSPOTS_MAX) return known;
    const hotspot: Hotspot = { frames: 0, lastFrameMs: 0, lastBeaconMs: 0, devices: new Map() };
    own.set(gateway, hotspot);
    count += 1;
    return hotspot;
  };

  return {
    take: (device, readings, atMs) => {
      for (const { body } of readings) {
        if (body.kind !== 'reception') continue;
        const hotspot = hotspotOf(device, body.gateway === undefined ? '' : toHex(body.gateway));
        if (hotspot !== undefined) add(hotspot, body, atMs);
      }
    },
    of: (device, nowMs) =>
      [...(hotspots.get(device) ?? [])].map(([gateway, { devices, ...rest }]) => ({
        gateway,
        ...rest,
        devices: [...devices.values()].filter((atMs) => nowMs - atMs <= HOUR_MS).length,
      })),
  };
};
