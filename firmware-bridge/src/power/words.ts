import type { MonoNs } from '@outpost/schemas/words';
import { ampereHoursOf, wakesOf } from './account.ts';
import { AWAKE_AMPERES, POWER_LIMITS } from './limits.ts';
import { mayNow, type Power, stateOf } from './power.ts';

const volts = (millivolts: number | undefined): string =>
  millivolts === undefined ? 'an unknown voltage' : `${(millivolts / 1_000).toFixed(1)} V`;

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** What this has cost the car, for its owner. */
export const accountWords = (power: Power, now: MonoNs): string => {
  const used = ampereHoursOf(power.account, now).toFixed(1);
  return (
    `This gateway woke your car ${times(wakesOf(power.account, now))} and used ${used} Ah of its battery in the last` +
    ` seven days (estimated: ${AWAKE_AMPERES} A while it was asked and nobody drove; without the dongle itself).`
  );
};

const minutesTo = (from: MonoNs, to: MonoNs): number => Math.max(1, Math.round(Number(to - from) / 60e9));

const parkedWords = (power: Power, now: MonoNs): string => {
  const may = mayNow(power, now);
  const next =
    may.kind === 'local' && may.until !== undefined
      ? ` and in ${minutesTo(now, may.until)} min at the latest`
      : '';
  const often =
    power.wokenInARow >= POWER_LIMITS.wokenInARow
      ? ' Looking for it woke it each time, so it is looked for every six hours only.'
      : '';
  return `The dongle answers, but no car does: it is left alone. It is looked for when the voltage changes${next}; switch the ignition on to start.${often}`;
};

/** Why the car is spoken to or not, in words. */
export const powerWords = (power: Power, now: MonoNs): string => {
  switch (stateOf(power, now)) {
    case 'driving':
      return 'The car is being driven.';
    case 'on':
      return 'The car answers and nobody drives; it is left alone soon, so that it can sleep.';
    case 'charging':
      return `The car's battery is being charged (${volts(power.supply.millivolts)}).`;
    case 'parked':
      return parkedWords(power, now);
    case 'stopped':
      return `The car's battery is low (${volts(power.supply.millivolts)}): nothing is asked until it is charged. Drive or charge the car.`;
  }
};

/** For scripts and for the status page. */
export const powerFacts = (power: Power, now: MonoNs): Readonly<Record<string, string | number>> => ({
  power: stateOf(power, now),
  wokenInWeek: wakesOf(power.account, now),
  ampereHoursInWeek: Math.round(ampereHoursOf(power.account, now) * 100) / 100,
  account: accountWords(power, now),
});
