import {
  addressing,
  CAN_PROTOCOLS,
  type CanProtocol,
  isCanProtocol,
  latencyMs,
  replyId,
} from '../../car/bus.ts';
import { CHANNEL } from '../../car/channels.ts';
import { type ControlUnit, respond } from '../../car/ecu.ts';
import type { Moment } from '../../car/engine-pids.ts';
import { drawAt } from '../../random/draw-at.ts';
import type { Mishap } from '../faults.ts';
import { frameEvents } from './layout.ts';
import type { Profile, Spread } from './profile.ts';
import { receives, requestId, type Settings } from './settings.ts';
import { type Event, type Request, segment, type Trouble } from './wire.ts';

/** What the chip prints for one request, each line with its time after the carriage return. */
export interface Exchange {
  readonly lines: readonly TimedLine[];
  /** When the chip is through and prompts. */
  readonly doneMs: number;
  /** The protocol that it found on the way. */
  readonly found: CanProtocol | undefined;
}

export interface TimedLine {
  readonly atMs: number;
  readonly event: Event;
  /** Without the carriage return: `SEARCHING...` is printed while the search goes on. */
  readonly open?: boolean;
}

/** Everything that an exchange depends on. */
export interface Bench {
  readonly profile: Profile;
  readonly settings: Settings;
  /** What the car speaks. */
  readonly protocol: CanProtocol;
  readonly units: readonly ControlUnit[];
  readonly moment: Moment;
  /** Counts the exchanges: every draw of chance hangs on it. */
  readonly number: number;
  readonly isInForce: (what: Mishap) => boolean;
}

interface TimedFrame {
  readonly atMs: number;
  readonly id: number;
  readonly data: Uint8Array;
}

/** One frame of 8 bytes with its flow control and separation at 500 kbit/s, ms. */
const FRAME_MS = 0.9;
const FLOW_CONTROL_MS = 2.2;
const PENDING_MS = 70;
const SLOW_FACTOR = 5;
const SINGLE_MAX = 7;
const BUS_INIT_MS = 2_600;

const draw = (bench: Bench, use: number): number =>
  drawAt(bench.moment.model.seed, CHANNEL.adapter * 16 + use, bench.number);

export const scattered = ({ meanMs, spreadMs }: Spread, chance: number): number =>
  meanMs + spreadMs * (2 * chance - 1);

const trouble = (atMs: number, kind: Trouble): TimedLine => ({
  atMs,
  event: { kind: 'trouble', trouble: kind, groups: [] },
});

/** What goes out, as an OBD message; undefined where the chip has no such frame to send. */
const outgoing = ({ settings }: Bench, { bytes }: Request): Uint8Array | undefined => {
  if (settings.autoFormat) return bytes.length <= SINGLE_MAX ? bytes : undefined;
  const length = bytes[0] ?? 0;
  // Without formatting the caller writes the control byte: only a single frame is a question that anyone answers.
  return length >= 1 && length <= SINGLE_MAX && length < bytes.length
    ? bytes.subarray(1, 1 + length)
    : new Uint8Array(0);
};

const neighbour = (payload: Uint8Array): Uint8Array => {
  const changed = payload.slice();
  if (changed.length > 2 && changed[0] !== 0x7f) changed[1] = ((changed[1] ?? 0) + 1) & 0xff;
  return changed;
};

const framesOf = (
  bench: Bench,
  unit: ControlUnit,
  message: Uint8Array,
  how: 'functional' | 'physical',
): TimedFrame[] => {
  const payload = respond(unit, message, how, bench.moment);
  if (payload === undefined) return [];
  const slow = bench.isInForce('slow-ecu') ? SLOW_FACTOR : 1;
  const latency = slow * latencyMs(unit.latency, bench.moment.model.seed, unit.number, bench.number);
  const id = replyId(unit.address, bench.protocol);
  const pending = bench.isInForce('response-pending');
  const frames: TimedFrame[] = [];
  const add = (at: number, bytes: Uint8Array): void => {
    for (const [i, data] of segment(bytes, unit.padding).entries()) {
      frames.push({ atMs: at + (i === 0 ? 0 : FLOW_CONTROL_MS + (i - 1) * FRAME_MS), id, data });
    }
  };
  if (pending) add(latency, Uint8Array.of(0x7f, message[0] ?? 0, 0x78));
  add(latency + (pending ? PENDING_MS : 0), bench.isInForce('wrong-pid') ? neighbour(payload) : payload);
  return frames;
};

/** Without our flow control a control unit stops after its first frame. */
const withoutConsecutive = ({ data }: TimedFrame): boolean => (data[0] ?? 0) >> 4 !== 2;

const answers = (bench: Bench, message: Uint8Array): readonly TimedFrame[] => {
  const { settings, protocol } = bench;
  const id = requestId(settings, protocol);
  const frames = bench.units.flatMap((unit) => {
    const how = addressing(unit.address, protocol, id);
    return how === undefined || message.length === 0 ? [] : framesOf(bench, unit, message, how);
  });
  const flows = settings.flowControl && settings.autoFormat;
  return frames
    .filter((frame) => flows || withoutConsecutive(frame))
    .filter((frame) => receives(settings, protocol, frame.id))
    .toSorted((a, b) => a.atMs - b.atMs);
};

const fullBuffer = (lines: readonly TimedLine[]): readonly TimedLine[] => {
  const last = lines.at(-1);
  if (last?.event.kind !== 'hex') return lines;
  const groups = last.event.groups.slice(0, Math.max(1, Math.floor(last.event.groups.length / 2)));
  return [...lines.slice(0, -1), { ...last, event: { kind: 'trouble', trouble: 'buffer-full', groups } }];
};

/** The exchange on a bus that works, from `startMs` on. */
const talk = (bench: Bench, request: Request, startMs: number): Pick<Exchange, 'lines' | 'doneMs'> => {
  const { profile, settings } = bench;
  const message = outgoing(bench, request);
  if (message === undefined) return { lines: [trouble(startMs, 'unknown-command')], doneMs: startMs };
  const sentMs = startMs + scattered(profile.overhead, draw(bench, 1));
  if (bench.isInForce('can-error'))
    return { lines: [trouble(sentMs + 20, 'can-error')], doneMs: sentMs + 20 };

  const all = bench.isInForce('no-data') ? [] : answers(bench, message);
  const waitMs = profile.patienceMs(settings.timeoutMs);
  const intime = all.filter(({ atMs }, i) => atMs - (all[i - 1]?.atMs ?? 0) <= waitMs);
  const frames = intime.slice(0, request.lines);
  const last = frames.at(-1);
  if (last === undefined) return { lines: [trouble(sentMs + waitMs, 'no-data')], doneMs: sentMs + waitMs };

  const lines = frames.flatMap(({ atMs, id, data }) =>
    frameEvents({ id, data, bits: CAN_PROTOCOLS[bench.protocol].bits }, settings, profile.showsFilling).map(
      (event) => ({ atMs: sentMs + atMs, event }),
    ),
  );
  const complete = request.lines !== undefined && frames.length >= request.lines;
  const quietMs = complete ? 0 : profile.quietMs(settings.timeoutMs, settings.adaptive);
  return {
    lines: bench.isInForce('buffer-full') ? fullBuffer(lines) : lines,
    doneMs: sentMs + last.atMs + quietMs,
  };
};

const isAwake = ({ moment }: Bench): boolean => moment.car.ignition !== 'off';

/** The protocol is not known yet: the suggested one is tried in silence, then all are, which takes its time. */
const search = (bench: Bench, request: Request): Exchange => {
  const { profile, settings, protocol } = bench;
  if (isAwake(bench) && settings.protocol === protocol) {
    return { ...talk(bench, request, 0), found: protocol };
  }
  const opening: TimedLine = { atMs: 0, event: { kind: 'searching' }, open: true };
  if (!isAwake(bench)) {
    const doneMs = profile.searchFailsMs;
    return { lines: [opening, trouble(doneMs, 'unable-to-connect')], doneMs, found: undefined };
  }
  const rest = talk(bench, request, scattered(profile.search, draw(bench, 2)));
  return { lines: [opening, ...rest.lines], doneMs: rest.doneMs, found: protocol };
};

const after = (atMs: number, kind: Trouble): Exchange => ({
  lines: [trouble(atMs, kind)],
  doneMs: atMs,
  found: undefined,
});

/** A protocol that was chosen and is not the car's. */
const mistaken = (bench: Bench, chosen: string): Exchange => {
  if (/^[345]$/.test(chosen)) return after(BUS_INIT_MS, 'bus-init-error');
  const { kbps } = CAN_PROTOCOLS[bench.protocol];
  const sameRate = isCanProtocol(chosen) && CAN_PROTOCOLS[chosen].kbps === kbps;
  // At another bit rate every frame that is sent destroys one of the bus and nobody acknowledges it.
  const can = isCanProtocol(chosen) || /^[ABC]$/.test(chosen);
  return after(
    bench.profile.patienceMs(bench.settings.timeoutMs),
    can && !sameRate ? 'can-error' : 'no-data',
  );
};

/** One request from the carriage return to the prompt. Pure. */
export const exchange = (bench: Bench, request: Request): Exchange => {
  const { settings, profile, protocol } = bench;
  if (settings.auto && settings.found === undefined) return search(bench, request);
  const chosen = settings.found ?? settings.protocol;
  if (!isAwake(bench)) return after(profile.patienceMs(settings.timeoutMs), profile.deadBus);
  if (chosen !== protocol) return mistaken(bench, chosen);
  return { ...talk(bench, request, 0), found: settings.found };
};
