/** The parts of johnny-five 2 and firmata-io 2 that are used; neither has types of its own. */

export interface Transport {
  on(event: string, listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array, done?: () => void): void;
}

export interface Firmata {
  readonly isReady: boolean;
  readonly MODES: Readonly<Record<'OUTPUT', number>>;
  /** Levels last written, eight pins each. */
  readonly ports: number[];
  readonly analogPins: readonly number[];
  pinMode(pin: number, mode: number): void;
  /** Changes what is known of a port without writing it. */
  updateDigitalPort(pin: number, value: number): void;
}

export interface FirmataIo {
  readonly Firmata: new (transport: Transport) => Firmata;
}

export interface Board {
  readonly io: Firmata;
}

interface At {
  readonly board: Board;
  /** A number, or `A0` and so on. */
  readonly pin: number | string;
}

interface BoardOptions {
  readonly io: Firmata;
  readonly repl: false;
  readonly debug: false;
  readonly sigint: false;
}

export interface JohnnyFive {
  readonly Board: { new (options: BoardOptions): Board; readonly cache: Board[] };
  readonly Relay: new (options: At & { readonly type: 'NO' | 'NC' }) => { open(): void; close(): void };
  readonly Led: new (options: At) => { on(): void; off(): void; brightness(value: number): void };
  readonly Servo: new (
    options: At & { readonly pwmRange: readonly [number, number] },
  ) => { to(degrees: number): void };
}
