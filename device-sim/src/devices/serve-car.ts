import { type Clock, elapsedMs, ok, type Result } from '@outpost/schemas/words';
import type { DongleTally } from './elm327/state.ts';
import {
  type DongleInput,
  type DongleModel,
  type DongleState,
  newDongle,
  type Order,
  stepDongle,
  unpluggedUntilMs,
} from './elm327.ts';
import type { Line, Plug, PlugEvents, Socket } from './plug.ts';

export interface ServeCar {
  readonly model: DongleModel;
  readonly socket: Socket;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface ServedTally extends DongleTally {
  /** Programs that connected so far. */
  readonly clients: number;
  /** Bytes that no program was there to read. */
  readonly bytesUnread: number;
}

/** A simulated car on real sockets. Disposing ends it and waits until everything is closed. */
export interface ServedCar extends AsyncDisposable {
  /** What a gateway is configured with: `tcp://127.0.0.1:35000`. */
  readonly where: string;
  tally(): ServedTally;
  /** Car and dongle as they are now. */
  look(): DongleState;
  /** Does what somebody wants while it runs; the order may depend on what the car does now. */
  command(make: (now: DongleState) => Order): void;
  /** Resolves when it ended, with the fault that ended it: the address could not be taken again after an unplug. */
  readonly ended: Promise<Result<void>>;
}

/** The car is brought up to date at least this often, so that no long stretch has to be computed at once. */
const KEEP_UP_MS = 1_000;

/** The dongle between the clock and whoever is connected. */
const running = ({ model, clock }: ServeCar) => {
  const start = clock.mono();
  let state = newDongle(model);
  let line: Line | undefined;
  let wakeAtMs: number | undefined;
  let nap = new AbortController();
  let clients = 0;
  let bytesUnread = 0;

  const nowMs = (): number => elapsedMs(start, clock.mono());
  const feed = (input: DongleInput): void => {
    const step = stepDongle(model, state, input, nowMs());
    state = step.state;
    wakeAtMs = step.wakeAtMs;
    bytesUnread += line === undefined ? step.bytes.length : line.write(step.bytes);
  };
  const events: PlugEvents = {
    connected: (newLine) => {
      line = newLine;
      clients += 1;
    },
    bytes: (bytes) => {
      feed({ kind: 'bytes', bytes });
      nap.abort();
    },
    lineRate: (baud) => feed({ kind: 'line-rate', baud }),
    gone: () => {
      line = undefined;
      feed({ kind: 'hung-up' });
      nap.abort();
    },
  };
  return {
    events,
    isUnplugged: (): boolean => unpluggedUntilMs(state, nowMs()) !== undefined,
    look: (): DongleState => {
      feed({ kind: 'time' });
      return state;
    },
    command: (make: (now: DongleState) => Order): void => {
      feed({ kind: 'time' });
      feed({ kind: 'order', order: make(state) });
      nap.abort();
    },
    tally: (): ServedTally => ({ ...state.tally, clients, bytesUnread }),
    wake: (): void => nap.abort(),
    /** Sleeps until something is due or somebody spoke, then does what is due. */
    next: async (plug: Plug | undefined): Promise<void> => {
      nap = new AbortController();
      const ms = Math.min(KEEP_UP_MS, (wakeAtMs ?? Number.POSITIVE_INFINITY) - nowMs());
      // Being woken early is why it sleeps with a signal, and no failure.
      if (ms > 0) await clock.sleep(ms, nap.signal).catch(() => undefined);
      // What it says at a rate on trial is heard only if the program has followed by then.
      if (state.busy?.kind === 'baud-trial') await plug?.lookAtRate?.();
      feed({ kind: 'time' });
    },
  };
};

/**
 * Puts a simulated car and its dongle on real sockets, paced by the clock. A fault is `misconfigured`: the address
 * cannot be had. The fault script pulls the dongle out and puts it back; its address stays the same.
 */
export const serveCar = async (options: ServeCar): Promise<Result<ServedCar>> => {
  const { socket, signal } = options;
  const dongle = running(options);
  const first = await socket.plugIn(dongle.events, signal);
  if (!first.ok) return first;
  const stop = new AbortController();
  const end = (): void => {
    stop.abort();
    dongle.wake();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();

  const run = async (): Promise<Result<void>> => {
    let plug: Plug | undefined = first.value;
    while (!stop.signal.aborted) {
      await dongle.next(plug);
      const out = dongle.isUnplugged();
      if (plug !== undefined && (out || !plug.isWhole())) {
        await plug[Symbol.asyncDispose]();
        plug = undefined;
      }
      if (plug !== undefined || out || stop.signal.aborted) continue;
      const again = await socket.plugIn(dongle.events, stop.signal).catch((reason: unknown) => {
        if (!stop.signal.aborted) throw reason;
        return ok(undefined);
      });
      if (!again.ok) return again;
      plug = again.value;
    }
    await plug?.[Symbol.asyncDispose]();
    return ok(undefined);
  };
  const ended = run().finally(() => signal.removeEventListener('abort', end));
  return ok({
    where: first.value.where,
    tally: dongle.tally,
    look: dongle.look,
    command: dongle.command,
    ended,
    [Symbol.asyncDispose]: async () => {
      end();
      await ended;
    },
  });
};
