import { type Clock, type Fault, ok, type Result } from '@outpost/schemas/words';
import type { Port, PortScheme } from './port.ts';
import { openPort, portSchemes } from './ports/index.ts';

const FIRST_WAIT_MS = 250;
const WAIT_MAX_MS = 5_000;

/** A connection that held this long was a good one: the next trouble starts from the shortest wait again. */
const STEADY_AFTER_MS = 5_000;

/** How long to wait before the next attempt: 0.25 s, doubling to 5 s. */
export interface Backoff {
  next(): number;
  /** Tells it how long a connection held. */
  held(ms: number): void;
}

export const createBackoff = (): Backoff => {
  let waitMs = FIRST_WAIT_MS;
  return {
    next: () => {
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, WAIT_MAX_MS);
      return now;
    },
    held: (ms) => {
      if (ms >= STEADY_AFTER_MS) waitMs = FIRST_WAIT_MS;
    },
  };
};

/** Whether trying again can help: a wrong configuration and a final refusal stay what they are. */
export const isFinal = ({ kind }: Fault): boolean => kind === 'misconfigured' || kind === 'refused';

export interface OpenParts {
  readonly address: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly schemes?: readonly PortScheme[];
  readonly backoff: Backoff;
  /** Told of every attempt that failed and will be repeated. */
  away(fault: Fault): void;
  /** Told of what the port itself loses while it is open. */
  count?(what: string, times: number): void;
}

/** Tries until the address opens, resolving its names and links anew each time. Fails only for good. */
export const openUntilItWorks = async (parts: OpenParts): Promise<Result<Port>> => {
  const { address, clock, signal, backoff, away, schemes = portSchemes } = parts;
  const context = {
    clock,
    signal,
    count: (what: string, times: number): void => parts.count?.(what, times),
  };
  for (;;) {
    const opened = await openPort(address, context, schemes);
    if (opened.ok) return ok(opened.value);
    if (isFinal(opened.fault)) return opened;
    away(opened.fault);
    await clock.sleep(backoff.next(), signal);
  }
};
