import { type Clock, elapsedMs, type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { PACKET_UP } from './codec.ts';
import type { Departures } from './departures.ts';
import { createPace } from './pace.ts';
import type { Route } from './route.ts';
import type { Message } from './wire.ts';

/** A packet that waits for its turn. */
export interface Outgoing {
  readonly payload: Uint8Array;
  /** Made when it goes, because it says how long it was held. */
  make(now: MonoNs): Message<typeof PACKET_UP>;
  /** Since when it waits. */
  readonly since: MonoNs;
  /** How long it may wait for a session, as things are now. */
  sessionMs(): number;
  /** How long it may wait for its turn by the router's limit. */
  readonly turnMs: number;
  /** After this it is worth nothing. */
  readonly leftMs: number;
  /** Called once. */
  settle(sent: Sent): void;
}

/**
 * `there`: the router's machine has it. `doubt`: the way broke before it said so. `repeated`, `too-many`: the router's
 * limits; `expired`: too old meanwhile; `no-session`: nothing was sent.
 */
export type Sent = 'there' | 'doubt' | 'repeated' | 'too-many' | 'expired' | 'no-session';

/** The packets of one gateway in their order, kept to the router's limits, while there is a session. */
export interface Outbox {
  /** From now on until the signal aborts somebody looks for sessions. */
  begin(signal: AbortSignal): void;
  use(route: Route | undefined): void;
  send(outgoing: Outgoing): void;
}

const isExpired = ({ since, leftMs }: Outgoing, now: MonoNs): boolean => elapsedMs(since, now) >= leftMs;

/** Nothing bounds the queue here but the window of the network that fills it. */
export const createOutbox = (clock: Clock, departures: Departures): Outbox => {
  const pace = createPace();
  const queue: Outgoing[] = [];
  let route: Route | undefined;
  let running: AbortSignal | undefined;
  let isLeaving = false;
  let alarmAt: MonoNs | undefined;

  const leave = (signal: AbortSignal): void => {
    if (isLeaving) return;
    isLeaving = true;
    departures.join(pump, signal);
  };

  /** An alarm that is set for later stays: to look once in vain costs less than to put it off. */
  const wakeAt = (at: MonoNs, signal: AbortSignal): void => {
    if (alarmAt !== undefined && alarmAt <= at) return;
    alarmAt = at;
    const ms = Math.max(0, Number(at - clock.mono()) / 1e6);
    clock.sleep(ms, signal).then(
      () => {
        if (alarmAt === at) alarmAt = undefined;
        leave(signal);
      },
      () => undefined,
    );
  };

  /** Settles the first where it can be settled; otherwise when to look again. */
  const first = (head: Outgoing, current: Route, now: MonoNs): MonoNs | undefined => {
    if (isExpired(head, now)) {
      head.settle('expired');
      return undefined;
    }
    const pacing = pace.take(head.payload, now);
    if (pacing.kind === 'repeated') head.settle('repeated');
    else if (pacing.kind === 'now')
      current.send(head.make(now), (isThere) => head.settle(isThere ? 'there' : 'doubt'));
    else {
      const turn = monoAfterMs(now, Math.ceil(pacing.ms));
      if (elapsedMs(head.since, turn) <= head.turnMs) return turn;
      head.settle('too-many');
    }
    return undefined;
  };

  const pumpWithout = (signal: AbortSignal, now: MonoNs): void => {
    for (let at = 0; at < queue.length; ) {
      const each = queue[at];
      if (each === undefined) break;
      if (isExpired(each, now) || elapsedMs(each.since, now) >= each.sessionMs()) {
        queue.splice(at, 1);
        each.settle(isExpired(each, now) ? 'expired' : 'no-session');
      } else {
        wakeAt(monoAfterMs(each.since, Math.min(each.sessionMs(), each.leftMs)), signal);
        at += 1;
      }
    }
  };

  const pump = (): void => {
    isLeaving = false;
    if (running === undefined || running.aborted) {
      for (const each of queue.splice(0)) each.settle('no-session');
      return;
    }
    const now = clock.mono();
    for (let [head] = queue; route?.isOver() === false; [head] = queue) {
      if (head === undefined) return;
      const later = first(head, route, now);
      if (later !== undefined) {
        wakeAt(later, running);
        return;
      }
      queue.shift();
    }
    pumpWithout(running, now);
  };

  return {
    begin: (signal) => {
      running = signal;
      alarmAt = undefined;
      signal.addEventListener('abort', pump, { once: true });
      pump();
    },
    use: (next) => {
      route = next;
      pump();
    },
    send: (outgoing) => {
      queue.push(outgoing);
      if (running === undefined || running.aborted) pump();
      else leave(running);
    },
  };
};
