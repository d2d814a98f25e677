import type { Happening } from '@outpost/firmware-bridge';
import { type Clock, type DeviceName, elapsedMs } from '@outpost/schemas/words';
import type { DeviceView } from '../control/status.ts';
import type { Journal } from '../journal/contract.ts';
import type { Log } from '../log.ts';
import { happeningEntry } from '../record/entry.ts';

/** Of one device; whoever can make it say something must not fill the disk by it. More are counted alone. */
const BURST_MAX = 64;
const ONE_MORE_EVERY_MS = 1_000;

/** How many of the latest are shown. */
export const SHOWN_MAX = 8;

export interface HappeningParts {
  readonly device: DeviceName;
  readonly clock: Clock;
  readonly journal: Pick<Journal, 'append'>;
  readonly log: Log;
  readonly view: DeviceView;
}

/** Where a device's dialogue says what its owner should hear of: the log, the journal and the status. */
export interface Happenings {
  happened(happening: Happening): void;
  /** Resolves once what was told so far is in the journal, or was refused there. */
  told(): Promise<void>;
}

export const tellHappenings = ({ device, clock, journal, log, view }: HappeningParts): Happenings => {
  let left = BURST_MAX;
  let since = clock.mono();
  let telling: Promise<unknown> = Promise.resolve();

  const isAllowed = (): boolean => {
    const more = Math.floor(elapsedMs(since, clock.mono()) / ONE_MORE_EVERY_MS);
    if (more > 0) {
      left = Math.min(BURST_MAX, left + more);
      since = clock.mono();
    }
    if (left === 0) return false;
    left -= 1;
    return true;
  };

  return {
    happened: ({ what, words }) => {
      view.happened.set(what, (view.happened.get(what) ?? 0) + 1);
      if (!isAllowed()) {
        view.untold += 1;
        return;
      }
      const wall = clock.wall();
      const at = new Date(Number(wall / 1_000_000n)).toISOString();
      view.happenings.push({ at, what, words });
      if (view.happenings.length > SHOWN_MAX) view.happenings.shift();
      log.line('notice', `${device}: ${words}`);
      const entry = happeningEntry({ device, what, words, wall });
      // A journal that fails says so where readings are recorded.
      telling = telling.then(() => journal.append([entry], 'soon')).catch(() => undefined);
    },
    told: async () => {
      await telling;
    },
  };
};
