import { realpath } from 'node:fs/promises';
import type { Clock } from '@outpost/schemas/words';
import type { FoundSerial } from './found.ts';
import { type SerialPlaces, serialDevices, serialMark } from './serial-devices.ts';

/**
 * A person who has plugged something in looks at the page two seconds later. Looking reads two directories of the kernel's
 * and costs a quarter of a millisecond of a processor; unlike a watch on /dev it also works where there is no inotify, and it misses nothing.
 */
const LOOK_EVERY_MS = 1_000;

/** A stable name is made by udev a moment after the line is there: so that the first look that sees a line waits for it. */
const SETTLE_MS = 300;

export interface WatchSerialParts {
  readonly places: SerialPlaces;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** All that is there: once at the beginning, and again whenever a line has come or gone. */
  told(found: readonly FoundSerial[]): void | Promise<void>;
}

/** Sees serial lines come and go, without opening any, until the signal aborts; rejects with its reason. */
export const watchSerial = async ({ places, clock, signal, told }: WatchSerialParts): Promise<never> => {
  let mark: string | undefined;
  for (;;) {
    const seen = await serialMark(places);
    if (seen !== mark) {
      if (mark !== undefined) await clock.sleep(SETTLE_MS, signal);
      // What comes while these are read is another mark at the next look.
      mark = await serialMark(places);
      await told(await serialDevices(places));
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
};

const realOf = async (path: string): Promise<string | undefined> => {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
};

const pathOf = (address: string): string | undefined => {
  const match = /^serial:\/\/(\/[^?#]*)/.exec(address);
  try {
    return match === null ? undefined : decodeURIComponent(match[1] ?? '');
  } catch {
    return undefined;
  }
};

/** Whether an address of the configuration means this line, by whichever of its names. */
export const isAtAddress = async ({ path }: FoundSerial, address: string): Promise<boolean> => {
  const named = pathOf(address);
  if (named === undefined) return false;
  return named === path || (await realOf(named)) === ((await realOf(path)) ?? path);
};
