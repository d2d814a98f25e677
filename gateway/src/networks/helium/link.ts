import { type Clock, elapsedMs, type Fault, fault, type MonoNs, type Result } from '@outpost/schemas/words';
import type { Departures } from './departures.ts';
import type { PacketDown } from './envelope.ts';
import type { HeliumSigner } from './gateway-keys.ts';
import { createOutbox, type Outgoing } from './outbox.ts';
import { openRoute, type Route } from './route.ts';
import type { Trunk } from './trunk.ts';
import { within } from './within.ts';

const BACKOFF_MS_MIN = 500;
/** With the time that a connection may take, a way that is back is found within 15 s. */
const BACKOFF_MS_MAX = 8_000;
/** A router that says no wants a person; it is asked again in case that one has been there. */
const REFUSED_MS = 60_000;
/** A session that held so long was a good one. */
const HELD_MS = 30_000;
/** How long the old session may take to confirm what is on its way before the new one is registered. */
const DRAIN_MS = 3_000;
/** How long the old stream stays open for downlinks that were on their way. */
const RETIRE_MS = 5_000;
/** When a new session could not be had, and the old one still holds. */
const ROTATE_AGAIN_MS = 10_000;
/** What a clean stop waits for the last confirmation. */
const LAST_MS = 500;

export interface LinkParts {
  readonly clock: Clock;
  /** The router, for sentences. */
  readonly where: string;
  readonly trunk: Trunk;
  readonly departures: Departures;
  /** Of the gateway. */
  readonly signer: HeliumSigner;
  readonly ackEveryS: number;
  readonly rotateAfterMs: number;
  /** From 0 to below 1, so that gateways do not all do the same at the same moment. */
  random(): number;
  received(packet: PacketDown): void;
  /** The router does not let this gateway in. */
  alarm(fault: Fault): void;
}

/** One gateway's way to the router, made again whenever it goes, and renewed without a gap before the router cuts it. */
export interface Link {
  /** Keeps it until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  send(outgoing: Outgoing): void;
  isUp(): boolean;
  /** Why it is not up; the last reason there was. */
  why(): Fault;
  /** Whether anything has come of the first try yet. */
  isNew(): boolean;
}

type Next = { readonly ended: Fault } | 'rotate';

/** Downlinks that were on their way still come on the old stream. */
const retire = async (clock: Clock, old: Route, signal: AbortSignal): Promise<void> => {
  await within(clock, RETIRE_MS, old.ended, signal).catch(() => undefined);
  old.close();
};

/** What happens to a session first, within so many milliseconds. */
const nextOf = async (clock: Clock, current: Route, ms: number, signal: AbortSignal): Promise<Next> => {
  const first = Promise.race([
    current.ended.then((ended) => ({ ended })),
    current.leaving.then(() => 'rotate' as const),
  ]);
  return (await within(clock, ms, first, signal)) ?? 'rotate';
};

/** At the end of the program: what is on its way may still arrive, and be known to have. */
const settleLast = async (clock: Clock, current: Route, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) await within(clock, LAST_MS, current.drained(), new AbortController().signal);
};

export const createLink = (parts: LinkParts): Link => {
  const { clock, where, trunk, random } = parts;
  let route: Route | undefined;
  let why: Fault = fault('unreachable', 'helium.away', where, 'is not connected.');
  let isNew = true;
  const outbox = createOutbox(clock, parts.departures);

  const use = (next: Route | undefined): void => {
    route = next;
    outbox.use(next);
  };

  /** A registered stream. `ready` is waited for between having a connection and registering. */
  const connect = async (ready: () => Promise<void>, signal: AbortSignal): Promise<Result<Route>> => {
    const lease = await trunk.lease(signal);
    if (!lease.ok) return lease;
    try {
      await ready();
    } catch (error) {
      lease.value.release();
      throw error;
    }
    return await openRoute(lease.value, parts, signal);
  };

  /** Puts a new session in the place of the old; packets wait in between, and none is in doubt. */
  const rotate = async (old: Route, signal: AbortSignal): Promise<Result<Route>> => {
    const next = await connect(async () => {
      outbox.use(undefined);
      await within(clock, DRAIN_MS, old.drained(), signal);
    }, signal);
    return next;
  };

  /** From one session to the moment when there is none; never the end of it all but by the signal. */
  const hold = async (signal: AbortSignal): Promise<Fault> => {
    const first = await connect(() => Promise.resolve(), signal);
    if (!first.ok) return first.fault;
    let current = first.value;
    try {
      let ms = parts.rotateAfterMs * (0.8 + 0.2 * random());
      for (;;) {
        use(current);
        const next = await nextOf(clock, current, ms, signal);
        if (next !== 'rotate') return next.ended;
        const renewed = await rotate(current, signal);
        if (renewed.ok) retire(clock, current, signal).catch(() => undefined);
        else if (current.isOver()) return await current.ended;
        ms = renewed.ok ? parts.rotateAfterMs * (0.8 + 0.2 * random()) : ROTATE_AGAIN_MS;
        if (renewed.ok) current = renewed.value;
      }
    } finally {
      use(undefined);
      await settleLast(clock, current, signal);
      current.close();
    }
  };

  return {
    async run(signal) {
      outbox.begin(signal);
      let waitMs = BACKOFF_MS_MIN;
      for (;;) {
        const since: MonoNs = clock.mono();
        why = await hold(signal);
        isNew = false;
        signal.throwIfAborted();
        const isRefused = why.kind !== 'unreachable';
        if (isRefused) parts.alarm(why);
        if (elapsedMs(since, clock.mono()) >= HELD_MS) waitMs = BACKOFF_MS_MIN;
        await clock.sleep(isRefused ? REFUSED_MS : waitMs * (0.5 + 0.5 * random()), signal);
        waitMs = Math.min(waitMs * 2, BACKOFF_MS_MAX);
      }
    },
    send: outbox.send,
    isUp: () => route?.isOver() === false,
    why: () => why,
    isNew: () => isNew,
  };
};
