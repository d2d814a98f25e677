import {
  addressing,
  CAN_PROTOCOLS,
  type CanProtocol,
  latencyMs,
  replyId,
  type UnitAddress,
} from '../../car/bus.ts';
import { type ControlUnit, respond } from '../../car/ecu.ts';
import { type Answer, type Bench, draw, sentPayloads, slowness } from './bench.ts';
import { frameEvents, joinedEvent } from './layout.ts';
import { identifierOf, receives, requestId } from './settings.ts';
import { segment } from './wire.ts';

interface TimedFrame {
  readonly atMs: number;
  readonly id: number;
  readonly data: Uint8Array;
  /** The whole message, on its last frame. */
  readonly message: Uint8Array | undefined;
}

/** One frame of 8 bytes with its separation at 500 kbit/s, ms. */
const FRAME_MS = 0.9;
const FLOW_CONTROL_MS = 2.2;

/** What the flow control frame lets a unit do; undefined where none reaches it. */
interface Leave {
  /** Frames until it waits for the next one; 0: all. */
  readonly block: number;
  readonly separationMs: number;
}

/** ISO 15765-2, table 16: milliseconds, or F1 to F9 for hundreds of microseconds; anything else is the longest. */
const separationMs = (byte: number): number => {
  if (byte <= 0x7f) return byte;
  return byte >= 0xf1 && byte <= 0xf9 ? (byte - 0xf0) / 10 : 0x7f;
};

/** Whether a flow control frame with this header is heard by the unit. */
const reaches = ({ settings }: Bench, protocol: CanProtocol, address: UnitAddress): boolean => {
  const { flow, stn } = settings;
  const long = CAN_PROTOCOLS[protocol].bits === 29;
  const [listens, answers] = long
    ? [address.request29, address.reply29]
    : [address.request11, address.reply11];
  if (stn.flowPairs.length > 0) {
    return stn.flowPairs.some(({ transmit, receive }) => transmit === listens && receive === answers);
  }
  if (flow.mode !== 1 || flow.header === undefined) return true;
  return identifierOf(flow.header, settings, protocol) === listens;
};

const leave = (bench: Bench, protocol: CanProtocol, unit: ControlUnit): Leave | undefined => {
  const { settings, profile } = bench;
  if (!settings.flowControl || !settings.autoFormat) return undefined;
  if (draw(bench, 8 + unit.number) < profile.flowLossChance) return undefined;
  if (!reaches(bench, protocol, unit.address)) return undefined;
  const { mode, bytes } = settings.flow;
  if (mode === 0 || bytes === undefined) return { block: 0, separationMs: profile.separationMs };
  // Anything but “continue to send” stops the unit (ISO 15765-2, 8.5.5).
  if (bytes[0] !== 0x30) return undefined;
  return { block: bytes[1] ?? 0, separationMs: separationMs(bytes[2] ?? 0) };
};

const framesOf = (
  bench: Bench,
  protocol: CanProtocol,
  unit: ControlUnit,
  request: Uint8Array,
  how: 'functional' | 'physical',
): readonly TimedFrame[] => {
  const payload = respond(unit, request, how, bench.moment);
  if (payload === undefined) return [];
  const thinksMs =
    slowness(bench) * latencyMs(unit.latency, bench.moment.model.seed, unit.number, bench.number);
  const id = replyId(unit.address, protocol);
  const may = leave(bench, protocol, unit);
  return sentPayloads(bench, unit.number, request[0] ?? 0, payload).flatMap(({ afterMs, bytes }) => {
    const segments = segment(bytes, unit.padding);
    const sent = may === undefined ? segments.slice(0, 1) : segments;
    const { block, separationMs: apartMs } = may ?? { block: 0, separationMs: 0 };
    return sent.map((data, i) => {
      const blocks = i === 0 ? 0 : 1 + (block === 0 ? 0 : Math.floor((i - 1) / block));
      const sendsMs = i === 0 ? 0 : (i - 1) * Math.max(FRAME_MS, apartMs) + blocks * FLOW_CONTROL_MS;
      return {
        atMs: thinksMs + afterMs + sendsMs,
        id,
        data,
        message: i === segments.length - 1 ? bytes : undefined,
      };
    });
  });
};

/** What the control units send on CAN to a request, in order of time, as the chip prints it. */
export const canAnswers = (bench: Bench, protocol: CanProtocol, request: Uint8Array): readonly Answer[] => {
  const { settings, profile } = bench;
  if (settings.extended !== undefined || request.length === 0) return [];
  const asked = requestId(settings, protocol);
  const { bits } = CAN_PROTOCOLS[protocol];
  const joins = settings.stn.joins && settings.autoFormat;
  return bench.units
    .flatMap((unit) => {
      const how = addressing(unit.address, protocol, asked);
      return how === undefined ? [] : framesOf(bench, protocol, unit, request, how);
    })
    .filter(({ id }) => receives(settings, protocol, id))
    .toSorted((a, b) => a.atMs - b.atMs)
    .flatMap(({ atMs, id, data, message }): readonly Answer[] => {
      if (!joins) return [{ atMs, events: frameEvents({ id, bits, data }, settings, profile) }];
      return message === undefined
        ? []
        : [{ atMs, events: [joinedEvent({ id, bits, data: message }, settings)] }];
    });
};
