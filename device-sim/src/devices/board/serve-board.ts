import { type Clock, elapsedMs, ok, type Result } from '@outpost/schemas/words';
import type { Line, PlugEvents, Socket } from '../plug.ts';
import type { SimulatedBoard } from './board.ts';

export interface ServeBoard {
  readonly board: SimulatedBoard;
  readonly socket: Socket;
  readonly clock: Clock;
  /** Ends it. */
  readonly signal: AbortSignal;
}

export interface BoardTally {
  /** Milliseconds that the board lived through, and those that this machine was too slow for. */
  readonly ranMs: number;
  readonly laggedMs: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A simulated board on a real line. Disposing pulls it out. */
export interface ServedBoard extends AsyncDisposable {
  /** What a gateway is configured with: `serial:///tmp/board`. */
  readonly where: string;
  tally(): BoardTally;
  readonly ended: Promise<void>;
}

const SLICE_MS = 4;
/** More than this at once would keep everything else of this program waiting. */
const CATCH_UP_MAX_MS = 40;

/** Puts a board on a line and lets it live in real time. A fault is `misconfigured`. */
export const serveBoard = async ({
  board,
  socket,
  clock,
  signal,
}: ServeBoard): Promise<Result<ServedBoard>> => {
  const tally = { ranMs: 0, laggedMs: 0, bytesIn: 0, bytesOut: 0 };
  let line: Line | undefined;
  const events: PlugEvents = {
    connected: (connected) => {
      line = connected;
    },
    bytes: (bytes) => {
      tally.bytesIn += bytes.length;
      board.receive(bytes);
    },
    lineRate: () => undefined,
    gone: () => {
      line = undefined;
    },
  };
  const plugged = await socket.plugIn(events, signal);
  if (!plugged.ok) return plugged;
  const plug = plugged.value;
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);

  const live = (ms: number): void => {
    const run = Math.min(ms, CATCH_UP_MAX_MS);
    tally.ranMs += run;
    tally.laggedMs += ms - run;
    board.run(run);
    const bytes = board.sent();
    tally.bytesOut += bytes.length;
    if (bytes.length > 0) line?.write(bytes);
  };

  const ended = (async (): Promise<void> => {
    let lived = clock.mono();
    while (!until.aborted && plug.isWhole()) {
      await clock.sleep(SLICE_MS, until).catch(() => undefined);
      const now = clock.mono();
      if (!until.aborted) live(elapsedMs(lived, now));
      lived = now;
    }
    await plug[Symbol.asyncDispose]();
  })();
  return ok({
    where: plug.where,
    tally: () => ({ ...tally }),
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  });
};
