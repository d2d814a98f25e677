import { checkElm327Options, elm327Parts, noProfileFile } from '@outpost/firmware-bridge/wires';
import type { TripReading } from '@outpost/schemas/vehicle';
import {
  asciiText,
  type Body,
  concatBytes,
  type Epoch,
  monoAfterMs,
  monoNs,
  type Origin,
  wallNs,
} from '@outpost/schemas/words';
import type { CarState } from '../car/car.ts';
import { type DongleModel, type DongleState, newDongle, stepDongle } from '../devices/elm327.ts';

/** What the gateway's dialogue did with a simulated dongle over a stretch of simulated time; times in ms. */
export interface Listened {
  /** As the gateway would record them; the last of each entry. */
  readonly readings: readonly TripReading[];
  /** Moments at which something was sent to the car. */
  readonly requestsMs: readonly number[];
  /** What the dongle said of its voltage, and what the battery truly had then. */
  readonly samples: readonly { readonly atMs: number; readonly millivolts: number }[];
  readonly car: CarState;
  /** The last status in words, and its facts. */
  readonly words: string;
  readonly facts: Readonly<Record<string, string | number | boolean>>;
}

export interface ListenOptions {
  readonly forMs: number;
  readonly options?: unknown;
  /** Changes the dongle and its car before anything begins. */
  begin?(dongle: DongleState): DongleState;
}

const EPOCH = new Uint8Array(16).fill(1) as Epoch;
const START_MONO = monoNs(1_000_000_000n);
const START_WALL = 1_800_000_000_000_000_000n;

/** Milliseconds of the simulation at a wall-clock moment. */
export const msOf = (wall: bigint): number => Number(wall - START_WALL) / 1e6;

const VOLTS = /^(\d+\.\d)V/;

/** Lets both pure machines talk, without sockets and without waiting. */
export const listen = (model: DongleModel, { forMs, options = {}, begin }: ListenOptions): Listened => {
  const checked = checkElm327Options(options, noProfileFile);
  if (!checked.ok) throw new Error(checked.fault.words);
  const { command, event } = elm327Parts.codec;
  const readings: TripReading[] = [];
  const requestsMs: number[] = [];
  const samples: { atMs: number; millivolts: number }[] = [];
  let [nowMs, words, facts] = [0, '', {} as Listened['facts']];
  let keep: { readonly text: string; readonly agedMs: number } | undefined;
  let session = elm327Parts.session(checked.value);
  let dongle = begin?.(newDongle(model)) ?? newDongle(model);
  let [state, tail, arrived] = [session.initial, new Uint8Array(0), new Uint8Array(0)];
  let silenceAtMs = Number.POSITIVE_INFINITY;
  let wakeAtMs: number | undefined = 0;

  const tell = (bytes: Uint8Array): void => {
    const input = bytes.length > 0 ? ({ kind: 'bytes', bytes } as const) : ({ kind: 'time' } as const);
    const step = stepDongle(model, dongle, input, nowMs);
    [dongle, wakeAtMs] = [step.state, step.wakeAtMs];
    arrived = concatBytes(arrived, step.bytes) as typeof arrived;
  };
  const say = (body: Body, origin: Origin): void => {
    const sequence = readings.length;
    const ns = BigInt(Math.round(nowMs * 1e6));
    const [mono, wall] = [monoNs(START_MONO + ns), wallNs(START_WALL + ns)];
    readings.push({
      epoch: EPOCH,
      sequence,
      mono,
      wall,
      trust: 'ntp',
      origin,
      place: BigInt(sequence),
      body,
    });
  };
  const hear = (input: Parameters<typeof session.step>[1]): void => {
    const step = session.step(state, input, monoAfterMs(START_MONO, nowMs));
    state = step.state;
    for (const { body, origin } of step.said) say(body, origin);
    if (step.status !== undefined) ({ words, facts } = step.status);
    if (step.status?.keep !== undefined) keep = { text: step.status.keep, agedMs: 0 };
    silenceAtMs = step.silenceAfterMs === undefined ? Number.POSITIVE_INFINITY : nowMs + step.silenceAfterMs;
    for (const one of [...step.commands, ...step.whenKept]) {
      if (one.kind === 'request') requestsMs.push(nowMs);
      tell(command.encode(one));
    }
    if (step.reopen === undefined) return;
    say({ kind: 'gap', reason: 'disconnected', count: 0 }, 'simulated');
    session = elm327Parts.session(checked.value, keep);
    [state, tail, arrived] = [session.initial, new Uint8Array(0), new Uint8Array(0)];
    hear({ kind: 'opened' });
  };
  const deliver = (): void => {
    const cut = event.cut(tail, arrived);
    [tail, arrived] = [cut.tail as typeof tail, new Uint8Array(0)];
    for (const { raw, result } of cut.frames.flatMap((frame) => event.decode(frame))) {
      const volts = VOLTS.exec(asciiText(raw))?.[1];
      if (volts !== undefined) samples.push({ atMs: nowMs, millivolts: Math.round(Number(volts) * 1_000) });
      hear(
        result.ok
          ? { kind: 'event', event: result.value, raw }
          : { kind: 'malformed', fault: result.fault, raw },
      );
    }
  };

  hear({ kind: 'opened' });
  while (nowMs < forMs) {
    nowMs = Math.min(forMs, silenceAtMs, wakeAtMs ?? Number.POSITIVE_INFINITY);
    tell(new Uint8Array(0));
    if (arrived.length > 0) deliver();
    else if (nowMs >= silenceAtMs) hear({ kind: 'silence' });
  }
  return { readings, requestsMs, samples, car: dongle.car, words, facts };
};
