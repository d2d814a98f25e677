import { type FoundSerial, isAtAddress, type SerialPlaces, watchSerial } from '@outpost/firmware-bridge';
import { type Clock, NS_PER_MS } from '@outpost/schemas/words';
import type { Log } from '../log.ts';

/** A serial line of this box, as its owner is told of it. */
export interface AttachedLine {
  /** For the configuration. */
  readonly address: string;
  readonly certainty: FoundSerial['certainty'];
  readonly couldBe: readonly string[];
  /** One line for people. */
  readonly words: string;
  /** The device of the configuration that it is; empty where it is none: then it can be added. */
  readonly device: string;
  /** When it was plugged in, milliseconds since 1970; 0 where it was there before the program was. */
  readonly sinceMs: number;
}

interface Configured {
  readonly name: string;
  readonly port: string;
}

/** What is attached to the box now. Nothing of it is opened. */
export interface Attached {
  readonly lines: readonly AttachedLine[];
  /** Changes with `lines`. */
  readonly version: number;
  /** Which devices the configuration has from now on. */
  expect(devices: readonly Configured[]): Promise<void>;
  /** Looks until the signal aborts, and rejects with its reason. */
  watch(signal: AbortSignal): Promise<never>;
}

export interface AttachedParts {
  readonly places: SerialPlaces;
  readonly clock: Clock;
  readonly log: Log;
}

const deviceAt = async (found: FoundSerial, devices: readonly Configured[]): Promise<string> => {
  for (const { name, port } of devices) if (await isAtAddress(found, port)) return name;
  return '';
};

/** Says in the log what an owner without an open page should know; of configured devices their own status says it. */
const sayChanges = (log: Log, before: readonly AttachedLine[], now: readonly AttachedLine[]): void => {
  const isIn = (lines: readonly AttachedLine[], { address }: AttachedLine): boolean =>
    lines.some((each) => each.address === address);
  for (const line of now) {
    if (line.device !== '' || isIn(before, line)) continue;
    log.line(
      'notice',
      `plugged in: ${line.words} It is no device yet: add it on the page, or to "devices" with the port ${line.address}`,
    );
  }
  for (const line of before) {
    if (line.device === '' && !isIn(now, line)) log.line('notice', `unplugged: ${line.words}`);
  }
};

export const createAttached = ({ places, clock, log }: AttachedParts): Attached => {
  let found: readonly FoundSerial[] = [];
  let devices: readonly Configured[] = [];
  let lines: readonly AttachedLine[] = [];
  let version = 0;
  let hasLooked = false;

  const lineOf = async (each: FoundSerial): Promise<AttachedLine> => {
    const { address, certainty, couldBe, words } = each;
    const known = lines.find((line) => line.address === address);
    const sinceMs = known?.sinceMs ?? (hasLooked ? Number(clock.wall() / NS_PER_MS) : 0);
    return { address, certainty, couldBe, words, device: await deviceAt(each, devices), sinceMs };
  };

  const show = async (): Promise<void> => {
    const next: AttachedLine[] = [];
    for (const each of found) next.push(await lineOf(each));
    if (JSON.stringify(next) === JSON.stringify(lines)) return;
    lines = next;
    version += 1;
  };

  return {
    get lines() {
      return lines;
    },
    get version() {
      return version;
    },
    expect: async (next) => {
      devices = next;
      await show();
    },
    watch: (signal) =>
      watchSerial({
        places,
        clock,
        signal,
        told: async (seen) => {
          const before = lines;
          found = seen;
          await show();
          if (hasLooked) sayChanges(log, before, lines);
          hasLooked = true;
        },
      }),
  };
};
