import { asciiBytes, asciiText, type Clock, type Fault, fail, fault, ok } from '@outpost/schemas/words';
import type { Arrival, Peer, Port } from '../port.ts';
import { closedByUs, createClosing } from '../ports/closing.ts';
import { createInbox } from '../ports/inbox.ts';

/** A port without a device, whose other end is a test. Unlike a real one it never runs out of room. */
export interface MemoryPort {
  readonly port: Port;
  /** Everything written so far, one entry a write. */
  readonly written: string[];
  /** To whom each of these went; undefined where nobody was named. */
  readonly writtenTo: (Peer | undefined)[];
  /** Times a reader was told to pause. */
  readonly pauses: number;
  say(bytes: Uint8Array | string, more?: Pick<Arrival, 'peer' | 'retained' | 'settle'>): void;
  /** The port loses something by itself. */
  lose(what: string, times: number): void;
  hangUp(why?: Fault): void;
  /** From now on writes do not finish. */
  stall(): void;
}

export const hungUp: Fault = fault('unreachable', 'memory.hung-up', 'memory:', 'the other end hung up.');

export interface MemoryPortParts {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly where?: string;
  readonly origin?: 'replayed';
  readonly remark?: string;
  count?(what: string, times: number): void;
}

export const memoryPort = (parts: MemoryPortParts): MemoryPort => {
  const { clock, where = 'memory:', origin, remark, signal = new AbortController().signal } = parts;
  const written: string[] = [];
  const writtenTo: (Peer | undefined)[] = [];
  let pauses = 0;
  let stalled = false;
  const inbox = createInbox({
    pauseAtBytes: 1024,
    pause: () => {
      pauses += 1;
    },
    resume: () => undefined,
  });
  const closing = createClosing(signal, where, inbox.end);
  const port: Port = {
    where,
    ...(origin === undefined ? {} : { origin }),
    ...(remark === undefined ? {} : { remark }),
    arrivals: inbox.arrivals,
    closed: closing.closed,
    write: (bytes, writeSignal, to) => {
      if (writeSignal.aborted) return Promise.reject(writeSignal.reason);
      if (closing.why !== undefined) return Promise.resolve(fail(closing.why));
      if (stalled) {
        return new Promise((_, reject) => {
          writeSignal.addEventListener('abort', () => reject(writeSignal.reason), { once: true });
        });
      }
      written.push(asciiText(bytes));
      writtenTo.push(to);
      return Promise.resolve(ok(undefined));
    },
    [Symbol.asyncDispose]: () => {
      closing.end(closedByUs(where));
      return Promise.resolve();
    },
  };
  return {
    port,
    written,
    writtenTo,
    get pauses() {
      return pauses;
    },
    lose: (what, times) => parts.count?.(what, times),
    say: (bytes, more = {}) =>
      inbox.push({
        ...more,
        bytes: typeof bytes === 'string' ? asciiBytes(bytes) : bytes,
        wall: clock.wall(),
        mono: clock.mono(),
      }),
    hangUp: (why = hungUp) => closing.end(why),
    stall: () => {
      stalled = true;
    },
  };
};
