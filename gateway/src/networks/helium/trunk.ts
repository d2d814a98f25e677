import { type Clock, elapsedMs, type Fault, type MonoNs, ok, type Result } from '@outpost/schemas/words';
import { type Channel, openChannel } from './channel.ts';
import { type Confirmations, createConfirmations } from './confirmations.ts';

/** A connection on which nothing was confirmed for so long is asked whether it is still there. */
export const KEEPALIVE_MS = 15_000;
/** How often it is looked whether it still is. */
const WATCH_MS = 2_500;

export interface TrunkParts {
  readonly clock: Clock;
  readonly router: URL;
  /** Certificate authorities in PEM, where not those of the system. */
  readonly ca?: string | undefined;
  /** A connection that is older carries no new streams, so that another of the router's machines gets its share. */
  readonly freshMs: number;
}

/** A place on a connection that others may use too. */
export interface Lease {
  readonly channel: Channel;
  readonly confirmations: Confirmations;
  /** Gives it back; a connection that nobody uses is closed. */
  release(): void;
}

/** The connections to the router: one for all gateways, more where the router lets fewer streams be open on one. */
export interface Trunk {
  /** A fault is `unreachable`. */
  lease(signal: AbortSignal): Promise<Result<Lease>>;
}

interface Line {
  readonly channel: Channel;
  readonly confirmations: Confirmations;
  readonly since: MonoNs;
  isLeaving: boolean;
  users: number;
}

/** Asks a silent connection whether it is still there, and drops one that does not answer. */
const watch = async (
  clock: Clock,
  channel: Channel,
  confirmedAt: () => MonoNs,
  signal: AbortSignal,
): Promise<void> => {
  for (let askedAt = clock.mono(); ; ) {
    await clock.sleep(WATCH_MS, signal);
    channel.check();
    const now = clock.mono();
    if (elapsedMs(confirmedAt(), now) < KEEPALIVE_MS || elapsedMs(askedAt, now) < KEEPALIVE_MS) continue;
    askedAt = now;
    void channel.ping();
  }
};

export const createTrunk = ({ clock, router, ca, freshMs }: TrunkParts): Trunk => {
  /** At most as many as there are gateways, each on one of them, or on two while it moves. */
  const lines = new Set<Line>();
  let opening: Promise<Result<Line>> | undefined;
  /** Until a server complains about PINGs. */
  let confirms = true;

  const begin = (channel: Channel, signal: AbortSignal): Line => {
    let confirmedAt = clock.mono();
    const asking: Pick<Channel, 'ping'> = {
      ping: async () => {
        const answer = await channel.ping();
        if (answer === 'there') confirmedAt = clock.mono();
        return answer;
      },
    };
    const confirmations = createConfirmations({ channel: asking, confirms: () => confirms });
    const line: Line = { channel, confirmations, since: clock.mono(), isLeaving: false, users: 0 };
    const over = new AbortController();
    watch(clock, channel, () => confirmedAt, AbortSignal.any([signal, over.signal])).catch(() => undefined);
    const left = (): void => {
      line.isLeaving = true;
      confirms &&= !channel.wantsCalm;
    };
    const closed = (): void => {
      left();
      lines.delete(line);
      over.abort(new Error('the connection is closed'));
    };
    channel.leaving.then(left, left);
    channel.closed.then(closed, closed);
    lines.add(line);
    return line;
  };

  const open = async (signal: AbortSignal): Promise<Result<Line>> => {
    const channel = await openChannel({ url: router, ca, clock }, signal);
    return channel.ok ? ok(begin(channel.value, signal)) : channel;
  };

  const hasRoom = ({ channel, since, users, isLeaving }: Line): boolean =>
    !isLeaving && users < Math.max(1, channel.streamsMax) && elapsedMs(since, clock.mono()) < freshMs;

  const leaseOf = (line: Line): Lease => {
    line.users += 1;
    let isHeld = true;
    return {
      channel: line.channel,
      confirmations: line.confirmations,
      release: () => {
        if (!isHeld) return;
        isHeld = false;
        line.users -= 1;
        if (line.users === 0) line.channel.close();
      },
    };
  };

  /** One at a time opens a connection; the others wait, and look whether there is room on it. */
  const opened = (signal: AbortSignal): Promise<Result<Line>> => {
    opening ??= open(signal).finally(() => {
      opening = undefined;
    });
    return opening;
  };

  return {
    async lease(signal) {
      for (;;) {
        signal.throwIfAborted();
        const line = [...lines].find(hasRoom);
        if (line !== undefined) return ok(leaseOf(line));
        const found = await opened(signal);
        if (!found.ok) return found;
        // A server that closes what it has just accepted is found out by whoever registers there, and who then waits.
        if (found.value.isLeaving) return ok(leaseOf(found.value));
      }
    },
  };
};

/** What ended a stream, or its whole connection. */
export const endOf = (stream: Promise<Fault>, { channel }: Lease): Promise<Fault> =>
  Promise.race([stream, channel.closed]);
