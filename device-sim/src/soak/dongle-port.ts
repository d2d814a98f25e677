import type { Arrival, Port, PortScheme } from '@outpost/firmware-bridge';
import { asciiText, type Fault, fault, ok } from '@outpost/schemas/words';
import { type DongleModel, type DongleState, newDongle, stepDongle } from '../devices/elm327.ts';
import type { DrivenClock } from './driven-clock.ts';

/** A simulated dongle at the other end of a port, both on one clock that is driven. */
export interface DonglePort {
  readonly scheme: PortScheme;
  /** When the dongle next does something by itself. */
  dueMs(): number;
  /** Lets it do what is due now. */
  pass(): void;
  /** Pulls it out: what it sent before can still be read. */
  unplug(): void;
  readonly dongle: DongleState;
  /** Lines and prompts that it printed, counted as they left, whatever becomes of them. */
  readonly printed: number;
  /** Bytes that somebody may still read; the dialogue that is measured reads at once. */
  readonly unreadBytesMost: number;
}

/** A whole line, or a prompt. Carriage returns, and the blank lines between them, print nothing. */
const PRINTED = /[^\r>]+(?=[\r>])|>/g;
const UNREAD_BYTES_MAX = 65_536;

const unplugged = fault('unreachable', 'dongle.unplugged', 'dongle', 'was pulled out at the end of the run.');

export const donglePort = (model: DongleModel, clock: DrivenClock): DonglePort => {
  let dongle = newDongle(model);
  let dueMs = 0;
  let [printed, unfinished] = [0, ''];
  const unread: Arrival[] = [];
  let [unreadBytes, unreadBytesMost, isOut] = [0, 0, false];
  let ring: (() => void) | undefined;
  let close: (why: Fault) => void = () => undefined;
  const closed = new Promise<Fault>((resolve) => {
    close = resolve;
  });

  const count = (bytes: Uint8Array): void => {
    const text = unfinished + asciiText(bytes);
    const end = Math.max(text.lastIndexOf('\r'), text.lastIndexOf('>')) + 1;
    printed += text.slice(0, end).match(PRINTED)?.length ?? 0;
    unfinished = text.slice(end);
  };
  const tell = (bytes: Uint8Array): void => {
    const input = bytes.length > 0 ? ({ kind: 'bytes', bytes } as const) : ({ kind: 'time' } as const);
    const step = stepDongle(model, dongle, input, clock.nowMs());
    dongle = step.state;
    dueMs = step.wakeAtMs ?? Number.POSITIVE_INFINITY;
    if (step.bytes.length === 0) return;
    count(step.bytes);
    unread.push({ bytes: step.bytes, wall: clock.wall(), mono: clock.mono() });
    unreadBytes += step.bytes.length;
    unreadBytesMost = Math.max(unreadBytesMost, unreadBytes);
    if (unreadBytes > UNREAD_BYTES_MAX) throw new Error(`nobody reads the dongle: ${unreadBytes} bytes wait`);
    ring?.();
  };
  async function* arrivals(): AsyncGenerator<Arrival, undefined, void> {
    for (;;) {
      const next = unread.shift();
      if (next !== undefined) {
        unreadBytes -= next.bytes.length;
        yield next;
      } else if (isOut) return undefined;
      else {
        await new Promise<void>((resolve) => {
          ring = resolve;
        });
        ring = undefined;
      }
    }
  }
  const unplug = (): void => {
    isOut = true;
    dueMs = Number.POSITIVE_INFINITY;
    close(unplugged);
    ring?.();
  };
  const port: Port = {
    where: 'simulated:',
    arrivals: arrivals(),
    closed,
    write: async (bytes) => {
      if (!isOut) tell(bytes);
      return ok(undefined);
    },
    [Symbol.asyncDispose]: async () => unplug(),
  };
  return {
    scheme: {
      scheme: 'simulated',
      example: 'simulated:dongle',
      check: () => ok(undefined),
      open: async () => ok(port),
    },
    dueMs: () => dueMs,
    pass: () => {
      if (dueMs <= clock.nowMs()) tell(new Uint8Array(0));
    },
    unplug,
    get dongle() {
      return dongle;
    },
    get printed() {
      return printed;
    },
    get unreadBytesMost() {
      return unreadBytesMost;
    },
  };
};
