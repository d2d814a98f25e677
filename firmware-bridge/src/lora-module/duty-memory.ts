import { type DutyLedger, EMPTY_LEDGER, type Emission, settleLedger } from '@outpost/schemas/radio';
import { type MonoNs, monoAfterMs } from '@outpost/schemas/words';
import type { Remembered } from '../session.ts';

/** Bands of a region that are remembered; no plan has more. */
const BANDS_MAX = 16;
const BAND = /^[\w-]{1,16}$/;

/**
 * What of the time on air the next connection has to know: a line `duty:` with each band and the microseconds of its
 * last hour. Everything then counts as if it had begun when this was written: later than it did, so never too little.
 */
export const writeDuty = (ledger: DutyLedger, now: MonoNs): string => {
  const sums = new Map<string, number>();
  for (const { band, airtimeUs } of settleLedger(ledger, now).emissions) {
    sums.set(band, (sums.get(band) ?? 0) + airtimeUs);
  }
  return `duty:${[...sums].map(([band, us]) => ` ${band}=${us}`).join('')}`;
};

/** Nothing where it was not written by `writeDuty`. */
export const readDuty = (remembered: Remembered | undefined, now: MonoNs): DutyLedger => {
  if (remembered?.text.startsWith('duty:') !== true) return EMPTY_LEDGER;
  const start = monoAfterMs(now, -remembered.agedMs);
  const emissions = remembered.text
    .slice('duty:'.length)
    .split(' ')
    .slice(0, BANDS_MAX + 1)
    .flatMap((part): readonly Emission[] => {
      const [band = '', us = ''] = part.split('=');
      return BAND.test(band) && /^\d{1,10}$/.test(us) ? [{ band, start, airtimeUs: Number(us) }] : [];
    });
  return { emissions };
};
