import {
  type Body,
  elapsedMs,
  type Fault,
  type MonoNs,
  monoAfterMs,
  type Origin,
} from '@outpost/schemas/words';
import type { Padding } from '../can/isotp.ts';
import type { Fate, Said } from '../session.ts';
import { withMeaning } from './meaning-line.ts';
import type { ObdOptions } from './options.ts';
import type { Carrier } from './question.ts';

/** One control unit as discovery found it. */
export interface Ecu {
  readonly address: number;
  readonly padding: Padding | undefined;
  readonly pids: ReadonlySet<number>;
  readonly infoTypes: ReadonlySet<number>;
}

/** What one control unit gave as its vehicle's identification number. */
export interface VinSeen {
  readonly vin: string;
  /** Answers in a row that agreed. */
  readonly agreed: number;
}

/** What is known about the car on this connection. */
export interface CarFacts {
  /** Where the bytes come from, as the device says. */
  readonly origin: Origin;
  readonly ecus: readonly Ecu[];
  /** Per control unit the PIDs that it sends in a scale of its own, which the table would decode wrongly. */
  readonly rescaled: ReadonlyMap<number, ReadonlySet<number>>;
  readonly vins: ReadonlyMap<number, VinSeen>;
  /** Two different answers were given and three in a row have not agreed since. */
  readonly vinChanging: boolean;
  /** No request to the car before this moment: the rate limit. */
  readonly nextRequestAt: MonoNs;
}

export const newCarFacts = (nextRequestAt: MonoNs): CarFacts => ({
  origin: 'live',
  ecus: [],
  rescaled: new Map(),
  vins: new Map(),
  vinChanging: false,
  nextRequestAt,
});

/** Another car may be at the other end now: what this one was and called itself is forgotten. */
export const forgetCar = ({ origin, nextRequestAt }: CarFacts): CarFacts => ({
  ...newCarFacts(nextRequestAt),
  origin,
});

export interface Counts {
  readonly requests: number;
  readonly answered: number;
  readonly unanswered: number;
  readonly negative: number;
  readonly damaged: number;
  readonly untrusted: number;
  readonly busErrors: number;
  /** The latest reason for which something was not believed, in words. */
  readonly lastTrouble: string | undefined;
}

export const NO_COUNTS: Counts = {
  requests: 0,
  answered: 0,
  unanswered: 0,
  negative: 0,
  damaged: 0,
  untrusted: 0,
  busErrors: 0,
  lastTrouble: undefined,
};

/**
 * One step of a conversation with a car under way. The parts of the state are immutable and are replaced here as a
 * whole; what the step brings is collected. A turn lives only within one call of a session's `step`.
 */
export interface ObdTurn {
  readonly now: MonoNs;
  readonly options: ObdOptions;
  car: CarFacts;
  counts: Counts;
  readonly said: Said[];
  readonly fates: Fate[];
}

type CountName = Exclude<keyof Counts, 'lastTrouble'>;

export const bump = (turn: ObdTurn, name: CountName): void => {
  turn.counts = { ...turn.counts, [name]: turn.counts[name] + 1 };
};

export const noteTrouble = (turn: ObdTurn, lastTrouble: string): void => {
  turn.counts = { ...turn.counts, lastTrouble };
};

/** When the rate limit allows the next request; undefined where it does now. */
export const mayAskAt = ({ now, car }: ObdTurn): MonoNs | undefined =>
  elapsedMs(now, car.nextRequestAt) > 0 ? car.nextRequestAt : undefined;

/** Counts a request that is being sent to the car. */
export const noteRequest = (turn: ObdTurn): void => {
  bump(turn, 'requests');
  const { benchRequestsPerSecond, requestsPerSecondMax } = turn.options;
  const perSecond = benchRequestsPerSecond ?? requestsPerSecondMax;
  const nextRequestAt = monoAfterMs(turn.now, 1_000 / perSecond);
  turn.car = { ...turn.car, nextRequestAt };
};

export const settle = <One extends Carrier>(
  turn: ObdTurn,
  carriers: readonly One[],
  fate: (carrier: One) => Fate,
): void => {
  for (const carrier of carriers) turn.fates.push(fate(carrier));
};

export const CONTROL: Fate = { kind: 'control' };

export const quarantined =
  (reason: Fault) =>
  (carrier: Carrier): Fate => ({ kind: 'quarantined', fault: carrier.fault ?? reason, raw: carrier.raw });

const CR = 0x0d;

/** The exact bytes of the carriers as they came, joined by carriage returns, which end lines on every wire here. */
export const joinRaw = (carriers: readonly Carrier[]): Uint8Array => {
  const [only] = carriers;
  if (carriers.length === 1 && only !== undefined) return only.raw;
  const length = carriers.reduce((sum, { raw }) => sum + raw.length + 1, -1);
  const joined = new Uint8Array(Math.max(0, length)).fill(CR);
  let at = 0;
  for (const { raw } of carriers) {
    joined.set(raw, at);
    at += raw.length + 1;
  }
  return joined;
};

/**
 * Hands over what carriers say, and counts each of them as observed. `meaningOf` gives what has to stand behind their
 * bytes for a body that those alone do not say.
 */
export const say = (
  turn: ObdTurn,
  carriers: readonly Carrier[],
  bodies: readonly Body[],
  meaningOf: (body: Body) => Uint8Array | undefined = () => undefined,
): void => {
  const raw = joinRaw(carriers);
  for (const body of bodies) {
    turn.said.push({ body, raw: withMeaning(raw, meaningOf(body)), origin: turn.car.origin });
  }
  settle(turn, carriers, () => ({ kind: 'observed' }));
};
