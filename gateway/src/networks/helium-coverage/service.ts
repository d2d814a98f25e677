import {
  type Clock,
  type Fault,
  type MonoNs,
  monoAfterMs,
  sentence,
  type WallNs,
} from '@outpost/schemas/words';
import { within } from '../helium/within.ts';

/** How long to the first attempt at a service that went, and at most between two. */
export const WAIT_MS_MIN = 5_000;
export const WAIT_MS_MAX = 1_800_000;

export interface Away {
  readonly since: WallNs;
  readonly from: MonoNs;
  readonly why: Fault;
}

/**
 * A service that may be gone for good. While it is, one attempt is made for everybody who waits for it, ever more
 * rarely and at most every half an hour, and nobody is alarmed.
 */
export interface Service {
  /** Resolves when it may be asked: at once while it is there. Whoever goes through says `here` or `gone` afterwards. */
  turn(signal: AbortSignal): Promise<void>;
  /** Whether `turn` would resolve at once. */
  readonly mayAsk: boolean;
  here(): void;
  gone(why: Fault): void;
  /** Undefined while it is there, or nobody has asked yet. */
  readonly away: Away | undefined;
  /** One sentence about a service that is away. */
  readonly words: string | undefined;
}

export interface ServiceParts {
  readonly clock: Clock;
  /** What it is called in sentences. */
  readonly name: string;
  readonly host: string;
  /** From 0 to below 1. */
  random(): number;
  /** It has gone, or is back. */
  changed(): void;
}

/** `2026-11-24T14:00:00Z`. */
const moment = (wall: WallNs): string => `${new Date(Number(wall / 1_000_000n)).toISOString().slice(0, 19)}Z`;

export const createService = ({ clock, name, host, random, changed }: ServiceParts): Service => {
  let away: Away | undefined;
  let waitMs = WAIT_MS_MIN;
  let nextAt: MonoNs | undefined;
  /** Somebody is asking for all, until his signal aborts. */
  let probe: { readonly over: Promise<void>; readonly by: AbortSignal; end(): void } | undefined;

  const endProbe = (): void => {
    const ended = probe;
    probe = undefined;
    ended?.end();
  };
  const beginProbe = (by: AbortSignal): void => {
    let end: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    probe = { over, by, end };
  };
  const isProbed = (): boolean => probe?.by.aborted === false;
  const isDue = (): boolean => nextAt === undefined || nextAt <= clock.mono();

  return {
    async turn(signal) {
      for (;;) {
        signal.throwIfAborted();
        if (away === undefined) return;
        if (isProbed()) await within(clock, WAIT_MS_MAX, probe?.over ?? Promise.resolve(), signal);
        else if (isDue()) {
          beginProbe(signal);
          return;
        } else await clock.sleep(Number((nextAt ?? 0n) - clock.mono()) / 1e6, signal);
      }
    },
    get mayAsk() {
      return away === undefined || (!isProbed() && isDue());
    },
    here() {
      const wasAway = away !== undefined;
      away = undefined;
      waitMs = WAIT_MS_MIN;
      nextAt = undefined;
      endProbe();
      if (wasAway) changed();
    },
    gone(why) {
      const isNews = away === undefined;
      // All who had it learn of its end at once; that is one failure, not many.
      if (isNews || probe !== undefined) {
        nextAt = monoAfterMs(clock.mono(), Math.ceil(waitMs * (0.75 + 0.25 * random())));
        waitMs = Math.min(waitMs * 2, WAIT_MS_MAX);
      }
      away = { since: away?.since ?? clock.wall(), from: away?.from ?? clock.mono(), why };
      endProbe();
      if (isNews) changed();
    },
    get away() {
      return away;
    },
    get words() {
      return away === undefined
        ? undefined
        : `the ${name} service at ${host} is not there since ${moment(away.since)} (${sentence(away.why).replace(`${host}: `, '').replace(/\.$/, '')})`;
    },
  };
};
