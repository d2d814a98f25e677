import { type Clock, elapsedMs, ok, type Result } from '@outpost/schemas/words';
import type { Line, Plug, PlugEvents, Socket } from '../plug.ts';
import { type SlcanInput, type SlcanModel, type SlcanState, type SlcanTally, slcanDevice } from '../slcan.ts';

export interface ServeSlcan {
  readonly model: SlcanModel;
  readonly socket: Socket;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface ServedSlcanTally extends SlcanTally {
  /** Programs that connected so far. */
  readonly clients: number;
  /** Bytes that no program was there to read. */
  readonly bytesUnread: number;
}

/** A simulated car behind an SLCAN adapter on real sockets. Disposing ends it and waits until all is closed. */
export interface ServedSlcan extends AsyncDisposable {
  /** What a gateway is configured with: `tcp://127.0.0.1:3333`. */
  readonly where: string;
  tally(): ServedSlcanTally;
  /** Car and adapter as they are now. */
  look(): SlcanState;
  /** Resolves when it ended, with the fault that ended it: the address could not be taken again after it broke. */
  readonly ended: Promise<Result<void>>;
}

/** The car is brought up to date at least this often, so that no long stretch has to be computed at once. */
const KEEP_UP_MS = 1_000;

/** The adapter between the clock and whoever is connected. */
const running = ({ model, clock }: ServeSlcan) => {
  const start = clock.mono();
  const device = slcanDevice(model);
  let state = device.initial;
  let line: Line | undefined;
  let wakeAtMs: number | undefined;
  let nap = new AbortController();
  let clients = 0;
  let bytesUnread = 0;

  const nowMs = (): number => elapsedMs(start, clock.mono());
  const feed = (input: SlcanInput): void => {
    const step = device.step(state, input, nowMs());
    state = step.state;
    wakeAtMs = step.wakeAtMs;
    bytesUnread += line === undefined ? step.bytes.length : line.write(step.bytes);
  };
  const feedAndWake = (input: SlcanInput): void => {
    feed(input);
    nap.abort();
  };
  const events: PlugEvents = {
    connected: (newLine) => {
      line = newLine;
      clients += 1;
    },
    bytes: (bytes) => feedAndWake({ kind: 'bytes', bytes }),
    // A USB adapter has no rate to be met.
    lineRate: () => undefined,
    gone: () => {
      line = undefined;
      feedAndWake({ kind: 'hung-up' });
    },
  };
  return {
    events,
    look: (): SlcanState => {
      feed({ kind: 'time' });
      return state;
    },
    tally: (): ServedSlcanTally => ({ ...state.tally, clients, bytesUnread }),
    wake: (): void => nap.abort(),
    /** Sleeps until something is due or somebody spoke, then does what is due. */
    next: async (): Promise<void> => {
      nap = new AbortController();
      const ms = Math.min(KEEP_UP_MS, (wakeAtMs ?? Number.POSITIVE_INFINITY) - nowMs());
      // Being woken early is why it sleeps with a signal, and no failure.
      if (ms > 0) await clock.sleep(ms, nap.signal).catch(() => undefined);
      feed({ kind: 'time' });
    },
  };
};

/**
 * Puts a simulated car and its SLCAN adapter on real sockets, paced by the clock. A fault is `misconfigured`: the
 * address cannot be had.
 */
export const serveSlcan = async (options: ServeSlcan): Promise<Result<ServedSlcan>> => {
  const { socket, signal } = options;
  const device = running(options);
  const first = await socket.plugIn(device.events, signal);
  if (!first.ok) return first;
  const stop = new AbortController();
  const end = (): void => {
    stop.abort();
    device.wake();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  const run = async (): Promise<Result<void>> => {
    let plug: Plug = first.value;
    while (!stop.signal.aborted) {
      await device.next();
      if (plug.isWhole() || stop.signal.aborted) continue;
      await plug[Symbol.asyncDispose]();
      const again = await socket.plugIn(device.events, stop.signal).catch((reason: unknown) => {
        if (!stop.signal.aborted) throw reason;
        return undefined;
      });
      if (again === undefined) return ok(undefined);
      if (!again.ok) return again;
      plug = again.value;
    }
    await plug[Symbol.asyncDispose]();
    return ok(undefined);
  };
  const ended = run().finally(() => signal.removeEventListener('abort', end));
  return ok({
    where: first.value.where,
    tally: device.tally,
    look: device.look,
    ended,
    [Symbol.asyncDispose]: async () => {
      end();
      await ended;
    },
  });
};
