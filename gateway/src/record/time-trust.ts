import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Clock, ClockAnchor, TimeTrust } from '@outpost/schemas/words';

/** systemd-timesyncd and systemd's wrapper for chrony both leave this file once the clock was set by a server. */
const SYNCHRONIZED = '/run/systemd/timesync/synchronized';
const CHRONY_STATE = '/run/chrony/chronyd.pid';
const RTC = '/sys/class/rtc';

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
};

/** The kernel set the wall clock from a battery-backed clock at boot. */
const fromRtc = (): boolean =>
  existsSync(RTC) && readdirSync(RTC).some((name) => read(`${RTC}/${name}/hctosys`) === '1');

/**
 * How far this machine's wall clock can be believed now, from what the system itself says; `none` where nothing
 * does. A running chrony alone is no proof of synchronisation, so it counts as the clock it falls back to.
 */
export const machineTrust = (): TimeTrust => {
  if (existsSync(SYNCHRONIZED)) return 'ntp';
  if (fromRtc()) return 'rtc';
  return existsSync(CHRONY_STATE) ? 'rtc' : 'none';
};

/**
 * Reads both clocks as one moment: the wall clock between two looks at the monotonic one, the closest of three.
 */
export const readAnchor = (clock: Clock, trust: TimeTrust): ClockAnchor => {
  let best: { anchor: ClockAnchor; width: bigint } | undefined;
  for (let i = 0; i < 3; i += 1) {
    const before = clock.mono();
    const wall = clock.wall();
    const width = clock.mono() - before;
    if (best === undefined || width < best.width) best = { anchor: { wall, mono: before, trust }, width };
  }
  if (best === undefined) throw new Error('unreachable: three looks were taken');
  return best.anchor;
};

/** The wall clock is read to 1 ms; what moves less than this is no step. */
const STEP_NS = 20_000_000n;

/**
 * Whether two anchors say different things of one epoch: the clock was stepped, or is trusted differently.
 * On Linux the distance of the two clocks is constant between steps, slewing included.
 */
export const anchorChanged = (before: ClockAnchor, now: ClockAnchor): boolean => {
  const drift = now.wall - before.wall - (now.mono - before.mono);
  return now.trust !== before.trust || drift > STEP_NS || drift < -STEP_NS;
};
