import { asciiBytes, asciiText, type Fault, fail, fault, ok } from '@outpost/schemas/words';
import type { Fate, Session, Step } from '../session.ts';
import type { Codec, Cut, Wire } from '../wire.ts';

/**
 * A wire for tests: frames are lines, and a line holds items separated by spaces. An item that starts with a capital
 * letter is malformed.
 */
export const TAIL_MAX_BYTES = 16;
const LF = 0x0a;

const badItem: Fault = fault(
  'malformed',
  'letters.capital',
  'letters',
  'Capital letters have no meaning here.',
);

const cut = (tail: Uint8Array, chunk: Uint8Array): Cut => {
  const frames: Uint8Array[] = [];
  let kept = [...tail];
  let discardedBytes = 0;
  // Byte by byte, so that a line that is too long is thrown away alike however it was chopped.
  for (const byte of chunk) {
    if (byte === LF) {
      frames.push(Uint8Array.from(kept));
      kept = [];
    } else if (kept.length < TAIL_MAX_BYTES) {
      kept.push(byte);
    } else {
      discardedBytes += 1;
    }
  }
  return { frames, tail: Uint8Array.from(kept), discardedBytes };
};

export const lines: Wire<string> = {
  tailMaxBytes: TAIL_MAX_BYTES,
  cut,
  decode: (frame) =>
    asciiText(frame)
      .split(' ')
      .filter((item) => item !== '')
      .map((item) => ({
        raw: asciiBytes(item),
        result: /^[A-Z]/.test(item) ? fail(badItem) : ok(item),
      })),
  encode: (text) => asciiBytes(`${text}\n`),
};

export const letters: Codec<string, string> = { command: lines, event: lines };

export const quiet = <S>(state: S): Step<S, string> => ({
  state,
  commands: [],
  said: [],
  fates: [],
  whenKept: [],
  silenceAfterMs: undefined,
});

const control: Fate = { kind: 'control' };

/**
 * Decides an item by its first letter: `o` is observed, `c` is control, `d` is dropped, `q` is quarantined, and any
 * other waits and is control together with the next one that does not. The state is how many wait.
 */
export const sorter: Session<number, string, string> = {
  initial: 0,
  step: (waiting, input) => {
    if (input.kind === 'opened' || input.kind === 'silence') return quiet(waiting);
    const waited: readonly Fate[] = Array.from({ length: waiting }, () => control);
    if (input.kind === 'malformed') {
      const { fault: why, raw } = input;
      return { ...quiet(0), fates: [...waited, { kind: 'quarantined', fault: why, raw }] };
    }
    const { event, raw } = input;
    switch (event.charAt(0)) {
      case 'o': {
        const body = { kind: 'text', signal: 1, text: event, ecu: 0 } as const;
        const fates: readonly Fate[] = [...waited, { kind: 'observed' }];
        return { ...quiet(0), said: [{ body, raw, origin: 'live' }], fates, whenKept: [`ack ${event}`] };
      }
      case 'c':
        return { ...quiet(0), fates: [...waited, control] };
      case 'd':
        return { ...quiet(0), fates: [...waited, { kind: 'dropped', reason: event.slice(0, 2) }] };
      case 'q':
        return { ...quiet(0), fates: [...waited, { kind: 'quarantined', fault: badItem, raw }] };
      default:
        return quiet(waiting + 1);
    }
  },
};
