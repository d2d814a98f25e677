import { CAN_PROTOCOLS, isCanProtocol } from '../../car/bus.ts';
import { isAnswering, isAwake } from '../../car/network.ts';
import { type Answer, type Bench, draw, scattered } from './bench.ts';
import { type BusProtocol, isLegacyProtocol, LEGACY_PROTOCOLS, needsInit } from './bus-protocol.ts';
import { canAnswers } from './can-answers.ts';
import { legacyAnswers } from './legacy-answers.ts';
import { waitOf } from './settings.ts';
import type { Event, Request, Trouble } from './wire.ts';

/** What the chip prints for one request, each line with its time after the carriage return. */
export interface Exchange {
  readonly lines: readonly TimedLine[];
  /** When the chip is through and prompts. */
  readonly doneMs: number;
  /** The protocol that it found on the way. */
  readonly found: BusProtocol | undefined;
  /** Whether a K line is awake afterwards. */
  readonly awake: boolean;
  readonly rhythmMs: number;
  /** Whether anything went out on the car's bus: it wakes a sleeping car. */
  readonly sent: boolean;
  /** When the last answer on the bus ended; undefined where there was none. */
  readonly answeredMs: number | undefined;
}

export interface TimedLine {
  readonly atMs: number;
  readonly event: Event;
  /** Without the carriage return: `SEARCHING...` is printed while the search goes on. */
  readonly open?: boolean;
  /** A frame of an answer, which can be lost or doubled on its way to the program. */
  readonly isFrame?: boolean;
}

const SINGLE_MAX_BYTES = 7;
const CAN_ERROR_MS = 20;
/** How fast the chip forgets that frames once came slowly, per exchange. */
const RHYTHM_DECAY = 0.85;
/** After these many milliseconds of work a disturbed request gives up. */
const INTERRUPTED_MS = 10;
/** What a search for a K line's protocol takes longer: its wake-up is slow. */
const SLOW_SEARCH_MS = 3_100;

const trouble = (atMs: number, kind: Trouble): TimedLine => ({
  atMs,
  event: { kind: 'trouble', trouble: kind, groups: [] },
});

/** What goes out, as an OBD message; undefined where the chip has no such frame to send. */
const outgoing = ({ settings, profile, protocol }: Bench, { bytes }: Request): Uint8Array | undefined => {
  const cuts = settings.stn.cuts && profile.stn !== undefined;
  const mostBytes = settings.autoFormat && isCanProtocol(protocol) ? SINGLE_MAX_BYTES : 8;
  if (!cuts && bytes.length > Math.min(mostBytes, profile.requestMaxBytes)) return undefined;
  if (settings.autoFormat || !isCanProtocol(protocol)) return bytes;
  const length = bytes[0] ?? 0;
  // Without formatting the caller writes the control byte: only a single frame is a question that anyone answers.
  return length >= 1 && length <= SINGLE_MAX_BYTES && length < bytes.length
    ? bytes.subarray(1, 1 + length)
    : new Uint8Array(0);
};

const answersOf = (bench: Bench, message: Uint8Array): readonly Answer[] => {
  const { protocol } = bench;
  return isCanProtocol(protocol)
    ? canAnswers(bench, protocol, message)
    : legacyAnswers(bench, protocol, message);
};

const fullBuffer = (lines: readonly TimedLine[]): readonly TimedLine[] => {
  const last = lines.at(-1);
  if (last?.event.kind !== 'hex') return lines;
  const groups = last.event.groups.slice(0, Math.max(1, Math.floor(last.event.groups.length / 2)));
  return [...lines.slice(0, -1), { ...last, event: { kind: 'trouble', trouble: 'buffer-full', groups } }];
};

type Talk = Omit<Exchange, 'found' | 'awake'>;

const silence = (bench: Bench, lines: readonly TimedLine[], doneMs: number): Talk => ({
  lines,
  doneMs,
  rhythmMs: bench.rhythmMs,
  sent: true,
  answeredMs: undefined,
});

/** Frames until the chip's patience ends; a frame later than that is not listened for any more. */
const inTime = (bench: Bench, answers: readonly Answer[]): readonly Answer[] => {
  const waitMs = bench.profile.patienceMs(waitOf(bench.settings));
  const late = answers.findIndex(({ atMs }, i) => atMs - (answers[i - 1]?.atMs ?? 0) > waitMs);
  return late === -1 ? answers : answers.slice(0, late);
};

const longestGapMs = (answers: readonly Answer[]): number =>
  answers.reduce((most, { atMs }, i) => Math.max(most, atMs - (answers[i - 1]?.atMs ?? 0)), 0);

/** The exchange on a bus that works, from `startMs` on. */
const talk = (bench: Bench, request: Request, startMs: number): Talk => {
  const { profile, settings } = bench;
  const message = outgoing(bench, request);
  if (message === undefined) {
    return { ...silence(bench, [trouble(startMs, 'unknown-command')], startMs), sent: false };
  }
  const sentMs = startMs + scattered(profile.overhead, draw(bench, 1));
  const interrupted = (kind: Trouble, afterMs: number): Talk =>
    silence(bench, [trouble(sentMs + afterMs, kind)], sentMs + afterMs);
  if (bench.inForce('can-error') !== undefined) return interrupted('can-error', CAN_ERROR_MS);
  if (bench.inForce('stopped') !== undefined) return interrupted('stopped', INTERRUPTED_MS);
  if (!settings.waits) return silence(bench, [], sentMs);

  const all = bench.inForce('no-data') === undefined ? answersOf(bench, message) : [];
  const heard = inTime(bench, all);
  const answers = heard.slice(0, request.lines);
  const waitMs = profile.patienceMs(waitOf(settings));
  const last = answers.at(-1);
  if (last === undefined) return interrupted('no-data', waitMs);

  const lines = answers.flatMap(({ atMs, events }) =>
    events.map((event) => ({ atMs: sentMs + atMs, event, isFrame: true })),
  );
  const complete = request.lines !== undefined && answers.length >= request.lines;
  const quietMs = profile.quietMs(waitOf(settings), settings.adaptive, bench.rhythmMs);
  return {
    lines: bench.inForce('buffer-full') === undefined ? lines : fullBuffer(lines),
    doneMs: sentMs + last.atMs + (complete ? 0 : quietMs),
    sent: true,
    rhythmMs: Math.max(longestGapMs(answers), RHYTHM_DECAY * bench.rhythmMs),
    answeredMs: sentMs + (heard.at(-1)?.atMs ?? last.atMs),
  };
};

const answers = ({ moment }: Bench): boolean => isAnswering(moment.model, moment.car);

/** The first request on a K line wakes it, and says so. */
const wakeAndTalk = (bench: Bench, request: Request, startMs: number): Exchange => {
  const { protocol, settings, profile } = bench;
  const found = settings.found;
  if (!needsInit(protocol) || settings.awake) {
    return { ...talk(bench, request, startMs), found, awake: settings.awake };
  }
  const { initMs } = LEGACY_PROTOCOLS[protocol];
  const text = protocol === '5' ? profile.initText.fast : profile.initText.slow;
  const rest = talk(bench, request, startMs + initMs);
  const woke: TimedLine = { atMs: startMs + initMs, event: { kind: 'text', text } };
  return { ...rest, lines: [woke, ...rest.lines], found, awake: true };
};

const after = (bench: Bench, atMs: number, kind: Trouble): Exchange => ({
  ...silence(bench, [trouble(atMs, kind)], atMs),
  found: undefined,
  awake: false,
});

/** The protocol is not known yet: the suggested one is tried in silence, then all are, which takes its time. */
const search = (bench: Bench, request: Request): Exchange => {
  const { profile, settings, protocol } = bench;
  const speaks = profile.protocols.test(protocol);
  if (answers(bench) && settings.protocol === protocol && speaks) {
    return { ...wakeAndTalk(bench, request, 0), found: protocol };
  }
  const opening: TimedLine = { atMs: 0, event: { kind: 'searching' }, open: true };
  const scripted = bench.inForce('searching')?.delayMs;
  if (!answers(bench) || !speaks) {
    const doneMs = scripted ?? profile.searchFailsMs;
    return {
      ...after(bench, doneMs, 'unable-to-connect'),
      lines: [opening, trouble(doneMs, 'unable-to-connect')],
    };
  }
  const ownMs = scattered(profile.search, draw(bench, 2)) + (needsInit(protocol) ? SLOW_SEARCH_MS : 0);
  const rest = talk(bench, request, scripted ?? ownMs);
  return { ...rest, lines: [opening, ...rest.lines], found: protocol, awake: needsInit(protocol) };
};

/** A protocol that was chosen and is not the car's. */
const mistaken = (bench: Bench, chosen: string): Exchange => {
  if (needsInit(chosen)) return after(bench, LEGACY_PROTOCOLS[chosen].initMs, 'bus-init-error');
  const patienceMs = bench.profile.patienceMs(waitOf(bench.settings));
  if (isLegacyProtocol(chosen)) return after(bench, patienceMs, 'no-data');
  const { protocol } = bench;
  const sameRate =
    isCanProtocol(chosen) &&
    isCanProtocol(protocol) &&
    CAN_PROTOCOLS[chosen].kbps === CAN_PROTOCOLS[protocol].kbps;
  // At another bit rate every frame that is sent destroys one of the bus, and nobody acknowledges it.
  return after(bench, patienceMs, sameRate ? 'no-data' : 'can-error');
};

/** One request from the carriage return to the prompt. Pure. */
export const exchange = (bench: Bench, request: Request): Exchange => {
  const { settings, profile, protocol } = bench;
  if (settings.auto && settings.found === undefined) return search(bench, request);
  const chosen = settings.found ?? settings.protocol;
  if (chosen !== protocol || !profile.protocols.test(chosen))
    return { ...mistaken(bench, chosen), sent: false };
  if (answers(bench)) return wakeAndTalk(bench, request, 0);
  if (needsInit(chosen)) return after(bench, LEGACY_PROTOCOLS[chosen].initMs, 'bus-init-error');
  // On a bus that is awake somebody acknowledges a frame even if nobody answers it.
  const dead = isLegacyProtocol(chosen) || isAwake(bench.moment.car) ? 'no-data' : profile.deadBus;
  return after(bench, profile.patienceMs(waitOf(settings)), dead);
};
