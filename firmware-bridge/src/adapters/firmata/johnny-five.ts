import { concatBytes, equalBytes } from '@outpost/schemas/words';
import { allowList } from './allow-list.ts';
import type { Board } from './board.ts';
import type { Board as JohnnyFiveBoard } from './johnny-five-types.ts';
import type { Output } from './option-outputs.ts';
import type { FirmataOptions } from './options.ts';
import type { OutputDriver } from './output-driver.ts';
import type { OutputCommand } from './state.ts';

type Attach = Extract<OutputCommand, { readonly kind: 'attach' }>;
type Frames = Board['frames'];

/** Both packages are loaded where outputs are configured and nowhere else: 15 MB of memory, a tenth of a second. */
const load = async () => {
  const [{ default: five }, { default: firmata }] = await Promise.all([
    import('johnny-five'),
    import('firmata-io'),
  ]);
  return { five, Firmata: firmata.Firmata };
};

type Packages = Awaited<ReturnType<typeof load>>;

/** One thing at a pin: what makes the pin ready for it, and what writes a value. */
interface Component {
  readonly setUp: Uint8Array;
  write(value: number): void;
}

/** A board of johnny-five that hears what the real one said of itself, and whose writing is collected. */
interface Bench {
  readonly frames: Frames;
  readonly board: JohnnyFiveBoard;
  readonly components: Map<string, Component>;
  /** What is written while this runs. */
  collect(write: () => void): Uint8Array;
}

/** In the order in which firmata-io asks for them; it is ready with the last. */
const INTRODUCTION = ['version', 'firmware', 'capabilities', 'analog-mapping'] as const;

const startBench = ({ five, Firmata }: Packages, frames: Frames): Bench => {
  let hear: ((bytes: Uint8Array) => void) | undefined;
  let written: Uint8Array[] = [];
  const io = new Firmata({
    on: (event, listener) => {
      if (event === 'data') hear = listener;
    },
    write: (bytes, done) => {
      written.push(Uint8Array.from(bytes));
      done?.();
    },
  });
  // It asks as it goes. The session has asked already, and these are the answers; its own questions go nowhere.
  for (const kind of INTRODUCTION) hear?.(frames.get(kind) ?? new Uint8Array());
  if (!io.isReady) throw new Error('A board was attached before it had said what it is.');
  const board = new five.Board({ io, repl: false, debug: false, sigint: false });
  // Its list of all boards, for programs that name none, would keep this one for ever.
  five.Board.cache.splice(0);
  return {
    frames,
    board,
    components: new Map(),
    collect: (write) => {
      written = [];
      write();
      return concatBytes(...written);
    },
  };
};

/** On an Uno and a Mega johnny-five takes the number of an analog pin for its channel; by its name it knows it. */
const pinName = ({ io }: JohnnyFiveBoard, pin: number): string | number => {
  const channel = io.analogPins.indexOf(pin);
  return channel < 0 ? pin : `A${channel}`;
};

const writerOf = ({ five }: Packages, board: JohnnyFiveBoard, output: Output): ((value: number) => void) => {
  const at = { board, pin: pinName(board, output.pin) };
  switch (output.kind) {
    case 'relay':
    case 'digital': {
      const relay = new five.Relay({ ...at, type: output.kind === 'relay' ? output.contact : 'NO' });
      // At a pin that is not analog, a relay of johnny-five counts on an output that is one already.
      if (typeof at.pin === 'number') board.io.pinMode(output.pin, board.io.MODES.OUTPUT);
      return (value) => (value === 1 ? relay.close() : relay.open());
    }
    case 'light': {
      const led = new five.Led(at);
      return (value) => (value === 1 ? led.on() : led.off());
    }
    case 'pwm': {
      const led = new five.Led(at);
      return (value) => led.brightness(Math.round((value * 255) / 100));
    }
    case 'servo': {
      const servo = new five.Servo({ ...at, pwmRange: [output.minUs, output.maxUs] });
      return (value) => servo.to(value);
    }
  }
};

const safeLevel = (output: Output): number => {
  switch (output.kind) {
    case 'relay':
      return output.contact === 'NC' ? 1 - output.safe : output.safe;
    case 'digital':
      return output.safe;
    case 'light':
    case 'pwm':
    case 'servo':
      return 0;
  }
};

/** Undefined: it is left alone until somebody orders it. A servo moves as soon as its pin is made one. */
const safeValue = (output: Output): number | undefined => (output.kind === 'light' ? 0 : output.safe);

const isSameBoard = (before: Frames, after: Frames): boolean =>
  INTRODUCTION.every((kind) =>
    equalBytes(before.get(kind) ?? new Uint8Array(), after.get(kind) ?? new Uint8Array()),
  );

/**
 * johnny-five drives the outputs: it knows relays, servos and lamps, and writes through firmata-io. What it writes is
 * collected, held against the allow-list, and sent by the session's shell like every other command. Of one device there
 * is one driver for all its connections, because johnny-five keeps what it was once given.
 */
const driverOf = (packages: Packages, { outputs }: FirmataOptions): OutputDriver => {
  let allowed = allowList(outputs, []);
  const byName = new Map(outputs.map((output) => [output.name, output]));
  const setUp = new Set<string>();
  /** johnny-five does not write again where a servo stands already; a board that began anew has forgotten that. */
  const lastWritten = new Map<string, Uint8Array>();
  let bench: Bench | undefined;

  const componentOf = (own: Bench, output: Output): Component => {
    const before = own.components.get(output.name);
    if (before !== undefined) return before;
    let write: (value: number) => void = () => undefined;
    const setUpBytes = own.collect(() => {
      write = writerOf(packages, own.board, output);
    });
    const component = { setUp: setUpBytes, write: (value: number): void => write(value) };
    own.components.set(output.name, component);
    return component;
  };

  const drive = (own: Bench, output: Output, value: number): Uint8Array => {
    const component = componentOf(own, output);
    const collected = own.collect(() => component.write(value));
    const bytes = collected.length > 0 ? collected : (lastWritten.get(output.name) ?? collected);
    lastWritten.set(output.name, bytes);
    const whole = setUp.has(output.name) ? bytes : concatBytes(component.setUp, bytes);
    setUp.add(output.name);
    return allowed.pass(output, whole);
  };

  const attach = ({ frames, outputs: names, pullups }: Attach): Uint8Array => {
    const own =
      bench !== undefined && isSameBoard(bench.frames, frames) ? bench : startBench(packages, frames);
    bench = own;
    allowed = allowList(outputs, pullups);
    setUp.clear();
    // Levels go out for eight pins at once: each of them is right from the first message on.
    own.board.io.ports.fill(0);
    for (const pin of pullups) own.board.io.updateDigitalPort(pin, 1);
    const attached = outputs.filter(({ name }) => names.includes(name));
    for (const output of attached) own.board.io.updateDigitalPort(output.pin, safeLevel(output));
    return concatBytes(
      ...attached.map((output) => {
        const safe = safeValue(output);
        return safe === undefined ? new Uint8Array() : drive(own, output, safe);
      }),
    );
  };

  return {
    encode: (command) => {
      if (command.kind === 'attach') return attach(command);
      const output = byName.get(command.output);
      if (bench === undefined || output === undefined)
        throw new Error('An output was driven that is not attached.');
      return drive(bench, output, command.value);
    },
  };
};

/** Loads johnny-five. */
export const createOutputDriver = async (options: FirmataOptions): Promise<OutputDriver> =>
  driverOf(await load(), options);
