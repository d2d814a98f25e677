import type { Result } from '@outpost/schemas/words';

/** One program that is connected to the simulated device. */
export interface Line {
  /** Hands bytes over, or drops them where the program does not read; returns how many were dropped. */
  write(bytes: Uint8Array): number;
}

export interface PlugEvents {
  connected(line: Line): void;
  bytes(bytes: Uint8Array): void;
  /** The program's serial rate, told before the bytes that it sent with it, by a line that has one. */
  lineRate(baud: number): void;
  gone(): void;
}

/** The place where a program connects, while the device is in its socket. Disposing pulls it out. */
export interface Plug extends AsyncDisposable {
  /** As a gateway's configuration names it: `tcp://127.0.0.1:35000`, `serial:///tmp/dongle`. */
  readonly where: string;
  /** False once it broke by itself. */
  isWhole(): boolean;
  /** Tells the program's serial rate again if it has changed; absent where there is none or nobody watches it. */
  lookAtRate?(): Promise<void>;
}

export interface Socket {
  /** Makes the place again and again; a place that was once given stays the same. */
  plugIn(events: PlugEvents, signal: AbortSignal): Promise<Result<Plug>>;
}

/** Bytes that wait for a program that does not read. What comes then is lost, as on any serial line. */
export const UNREAD_MAX_BYTES: number = 64 * 1024;
