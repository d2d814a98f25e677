import { type Adapter, type Cut, defineAdapter, type Step, type Wire } from '@outpost/firmware-bridge';
import { asciiBytes, asciiText, fail, fault, ok } from '@outpost/schemas/words';

const LF = 0x0a;
const TAIL_MAX_BYTES = 64;

/** The next line is asked for this long after the last came. */
const PACE_MS = 20;

/** No echo for this long: the line is open and nobody is there. */
const DEAF_AFTER_MS = 2_000;

const cutLines = (tail: Uint8Array, chunk: Uint8Array): Cut => {
  const held = new Uint8Array(tail.length + chunk.length);
  held.set(tail);
  held.set(chunk, tail.length);
  const frames: Uint8Array[] = [];
  let from = 0;
  for (let end = held.indexOf(LF); end >= 0; end = held.indexOf(LF, from)) {
    frames.push(held.slice(from, end));
    from = end + 1;
  }
  const rest = held.slice(from);
  return rest.length <= TAIL_MAX_BYTES
    ? { frames, tail: rest, discardedBytes: 0 }
    : { frames, tail: new Uint8Array(0), discardedBytes: rest.length };
};

const lines: Wire<string> = {
  tailMaxBytes: TAIL_MAX_BYTES,
  cut: cutLines,
  decode: (frame) => {
    const text = asciiText(frame);
    const malformed = fault('malformed', 'line-echo.not-ours', 'line', 'This line was not sent by us.');
    return [{ raw: frame, result: /^ping \d+$/.test(text) ? ok(text) : fail(malformed) }];
  },
  encode: (text) => asciiBytes(`${text}\n`),
};

interface State {
  readonly asked: number;
  readonly waiting: boolean;
}

const ask = (asked: number): Step<State, string> => ({
  state: { asked, waiting: true },
  commands: [`ping ${asked}`],
  said: [],
  fates: [],
  whenKept: [],
  silenceAfterMs: DEAF_AFTER_MS,
});

const rest = (state: State): Step<State, string> => ({
  state,
  commands: [],
  said: [],
  fates: [],
  whenKept: [],
  silenceAfterMs: state.waiting ? DEAF_AFTER_MS : PACE_MS,
});

/** The smallest dialogue there is: says a line, wants to hear the same line. Whatever echoes is a device. */
export const lineEcho: Adapter = defineAdapter<undefined, State, string, string>({
  name: 'line-echo',
  check: () => ok(undefined),
  codec: { command: lines, event: lines },
  session: () => ({
    initial: { asked: 0, waiting: false },
    step: (state, input) => {
      switch (input.kind) {
        case 'opened':
          return ask(0);
        case 'silence':
          return state.waiting
            ? { ...rest(state), reopen: fault('unreachable', 'line-echo.deaf', 'line', 'Nothing echoes.') }
            : ask(state.asked + 1);
        case 'malformed':
          return {
            ...rest(state),
            fates: [{ kind: 'quarantined', fault: input.fault, raw: input.raw }],
          };
        case 'event': {
          if (input.event !== `ping ${state.asked}`) {
            return { ...rest(state), fates: [{ kind: 'dropped', reason: 'another-line' }] };
          }
          const body = { kind: 'text', signal: 0, text: input.event, ecu: 0 } as const;
          return {
            ...rest({ asked: state.asked, waiting: false }),
            said: [{ body, raw: input.raw, origin: 'simulated' }],
            fates: [{ kind: 'observed' }],
          };
        }
      }
    },
  }),
});
