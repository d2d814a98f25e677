import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/** A board that runs its firmware in simulated time. */
export interface SimulatedBoard {
  /** Lets its time pass. */
  run(ms: number): void;
  /** Lets its time pass until it speaks, with less work. */
  start(): boolean;
  /** Bytes on its line. */
  receive(bytes: Uint8Array): void;
  /** What it has sent since it was asked last. */
  sent(): Uint8Array;
  /** What is at `A0` and so on, in volts. */
  setVolts(channel: number, volts: number): void;
  /** What is at a pin from outside. */
  setLevel(pin: number, isHigh: boolean): void;
  level(pin: number): 'low' | 'high' | 'input' | 'pullup';
  /** As when it is switched on. */
  pressReset(): void;
}

export const BOARD_CHIPS = ['bme280', 'sht3x'] as const;
export type BoardChip = (typeof BOARD_CHIPS)[number];

/** What runs the firmware: it needs packages that a gateway does not have. */
export interface BoardMaker {
  /** An Arduino Uno with StandardFirmata, and these chips on its bus, which say the same all the time. */
  createBoard(chips: readonly BoardChip[]): SimulatedBoard;
}

const MAKER = new URL('../../../dist-tools/avr/index.js', import.meta.url);

const missing = (why: string): Result<never> =>
  fail(
    fault(
      'misconfigured',
      'sim.tools',
      'simulated board',
      `it runs with development packages only; in the checkout: npm ci && npx tsc -b device-sim/tsconfig.tools.json (${why}).`,
    ),
  );

/** A fault is `misconfigured`: the packages or the build of the tools are not there. */
export const loadBoardMaker = async (from: URL = MAKER): Promise<Result<BoardMaker>> => {
  try {
    const { boardMaker } = (await import(from.href)) as { readonly boardMaker: BoardMaker };
    return ok(boardMaker);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return missing(message.split('\n')[0]?.slice(0, 120) ?? code);
  }
};
