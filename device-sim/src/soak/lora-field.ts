import { systemClock } from '@outpost/firmware-bridge';
import { gwmpWire } from '@outpost/firmware-bridge/wires';
import { type Clock, elapsedMs, type MonoNs } from '@outpost/schemas/words';
import { frameHeard } from '../devices/gwmp/testing.ts';
import { openUdpEnd, type UdpEnd } from '../devices/gwmp/udp-end.ts';
import type { Random } from '../random/sfc32.ts';
import { euiNamed } from './gwmp-datagrams.ts';

/** Hotspots that send numbered frames over UDP at a steady pace, and note which of them were acknowledged. */
export interface LoraField extends AsyncDisposable {
  readonly euis: readonly string[];
  /** Frames so far, which are the numbers from 0 to this. */
  readonly sent: number;
  readonly acknowledged: number;
  isAcknowledged(number: number): boolean;
  /** Sends until the clock passes that moment. */
  sendUntil(end: MonoNs, signal: AbortSignal): Promise<void>;
}

export interface FieldParts {
  readonly clock: Clock;
  readonly hotspots: number;
  /** Of all hotspots together. */
  readonly framesPerSecond: number;
  readonly framesMax: number;
  readonly port: number;
  readonly chance: Random;
}

const TOKENS = 65_536;
const PULL_EVERY_MS = 10_000;
/** Of the machine's time; whole numbers of frames go out at each. */
const TICK_MS = 4;
/** MHDR of an unconfirmed data uplink (LoRaWAN 1.0.4, §4.2.1). */
const UNCONFIRMED_UP = 0x40;
const PHY_BYTES = 20;

/** The number of a frame stands where the address of its device does. */
const phyOf = (number: number): Uint8Array => {
  const phy = new Uint8Array(PHY_BYTES).fill(number & 0xff, 8);
  phy[0] = UNCONFIRMED_UP;
  new DataView(phy.buffer).setUint32(1, number, true);
  return phy;
};

/** Undefined where these are no bytes of ours. */
export const numberOf = (phy: Uint8Array): number | undefined =>
  phy.length === PHY_BYTES && phy[0] === UNCONFIRMED_UP
    ? new DataView(phy.buffer, phy.byteOffset).getUint32(1, true)
    : undefined;

interface Hotspot {
  readonly eui: string;
  readonly end: UdpEnd;
  /** Numbers of the frames that went with a token. */
  readonly open: Map<number, readonly number[]>;
  token: number;
}

const openHotspot = async (eui: string, acknowledged: (number: number) => void): Promise<Hotspot> => {
  const open = new Map<number, readonly number[]>();
  const heard = (bytes: Uint8Array): void => {
    if (bytes[3] !== gwmpWire.ID.pushAck) return;
    const token = ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0);
    for (const number of open.get(token) ?? []) acknowledged(number);
    open.delete(token);
  };
  const end = await openUdpEnd('127.0.0.1', heard, false);
  return { eui, end, open, token: 0 };
};

const openAll = (count: number, acknowledged: (number: number) => void): Promise<readonly Hotspot[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => openHotspot(euiNamed(at), acknowledged)));

const US_PER_NS = 1_000n;

export const openField = async (parts: FieldParts): Promise<LoraField> => {
  const { clock, port, framesPerSecond, chance } = parts;
  const isAcknowledged = new Uint8Array(parts.framesMax);
  let acknowledged = 0;
  const hotspots = await openAll(parts.hotspots, (number) => {
    acknowledged += isAcknowledged[number] === 0 ? 1 : 0;
    isAcknowledged[number] = 1;
  });
  const machine = systemClock();
  const begun = clock.mono();
  let sent = 0;
  let pulledAt: MonoNs | undefined;

  const nextToken = (hotspot: Hotspot): number => {
    hotspot.token = (hotspot.token + 1) % TOKENS;
    return hotspot.token;
  };

  /** One datagram with what a concentrator had heard when it was asked: mostly one frame. */
  const push = (most: number): void => {
    const hotspot = hotspots[chance.whole(hotspots.length)];
    if (hotspot === undefined) throw new Error('a field without hotspots');
    const count = Math.min(most, chance.whole(8) === 0 ? 2 + chance.whole(3) : 1);
    const tmst = Number((clock.mono() / US_PER_NS) % 2n ** 32n);
    const numbers = Array.from({ length: count }, (_, at) => sent + at);
    const from = { version: 2, token: nextToken(hotspot), eui: hotspot.eui } as const;
    const frames = numbers.map((number) => ({ bodies: [{ ...frameHeard(tmst), phy: phyOf(number) }] }));
    hotspot.open.set(from.token, numbers);
    hotspot.end.send(gwmpWire.writePush({ from, frames, simulated: true }), port);
    sent += count;
  };

  const pull = (now: MonoNs): void => {
    if (pulledAt !== undefined && elapsedMs(pulledAt, now) < PULL_EVERY_MS) return;
    pulledAt = now;
    for (const hotspot of hotspots) {
      const from = { version: 2, token: nextToken(hotspot), eui: hotspot.eui } as const;
      hotspot.end.send(gwmpWire.gwmpCodec.event.encode({ kind: 'pull', from }), port);
    }
  };

  return {
    euis: hotspots.map(({ eui }) => eui),
    get sent() {
      return sent;
    },
    get acknowledged() {
      return acknowledged;
    },
    isAcknowledged: (number) => isAcknowledged[number] === 1,
    async sendUntil(end, signal) {
      for (let now = clock.mono(); now < end; now = clock.mono()) {
        pull(now);
        const due = Math.min(parts.framesMax, (elapsedMs(begun, now) / 1_000) * framesPerSecond);
        while (sent < Math.floor(due)) push(Math.floor(due) - sent);
        await machine.sleep(TICK_MS, signal);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const { end } of hotspots) await end[Symbol.asyncDispose]();
    },
  };
};
