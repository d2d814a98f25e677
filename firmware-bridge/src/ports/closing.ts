import { type Fault, fault } from '@outpost/schemas/words';

/** How a port ends when nobody but us wanted it to. */
export const closedByUs = (where: string): Fault =>
  fault('unreachable', 'port.closed', where, 'was closed by this program.');

/** The one moment at which a port ends: the first reason wins, later ones are ignored. */
export interface Closing {
  readonly closed: Promise<Fault>;
  /** Set once it ended. */
  readonly why: Fault | undefined;
  end(why: Fault): void;
}

/** `release` runs once, at the first `end`. A port's own close events may come twice or never. */
export const createClosing = (signal: AbortSignal, where: string, release: () => void): Closing => {
  let why: Fault | undefined;
  let settle: (fault: Fault) => void = () => undefined;
  const closed = new Promise<Fault>((resolve) => {
    settle = resolve;
  });
  const abort = (): void => end(closedByUs(where));
  const end = (reason: Fault): void => {
    if (why !== undefined) return;
    why = reason;
    signal.removeEventListener('abort', abort);
    release();
    settle(reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  return {
    closed,
    get why() {
      return why;
    },
    end,
  };
};
