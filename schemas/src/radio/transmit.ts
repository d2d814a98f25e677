import { type Fault, fail, fault, type MonoNs, ok, type Result } from '../words/index.ts';
import { admitEmission, type DutyLedger, type Emission, settleLedger } from './duty-ledger.ts';
import { occupiedHz, type Rate, rateText } from './rate.ts';
import { type Band, bandsAt, type RegionPlan } from './region/index.ts';

/** What somebody wants to send. */
export interface Transmission {
  readonly frequencyHz: number;
  readonly rate: Rate;
  /** dBm, equivalent isotropic: the radio's power plus the antenna's gain. */
  readonly eirpDbm: number;
  readonly airtimeUs: number;
  readonly start: MonoNs;
}

/** What was allowed: the band whose limits it keeps, its entry in the ledger, and the ledger with it. */
export interface Permission {
  readonly band: Band;
  readonly emission: Emission;
  readonly ledger: DutyLedger;
}

const WHERE = 'radio';

const refusal = (code: string, words: string): Fault => fault('refused', `radio.${code}`, WHERE, words);

const mhz = (hz: number): string => (hz / 1e6).toString();

const dwellOver = (band: Band, { airtimeUs, rate }: Transmission): boolean =>
  band.dwell !== undefined && occupiedHz(rate) < band.dwell.belowHz && airtimeUs > band.dwell.maxUs;

/**
 * Whether this may be sent. Nothing may where no region is set. Refusals name the limit: `radio.no-region`,
 * `radio.frequency`, `radio.power`, `radio.dwell`, `radio.duty-cycle`, `radio.ledger-full`. `now` clears the ledger of
 * what no longer counts. Where two bands share the spectrum (EU868 above 869.7 MHz), the one with more time is tried
 * first and the stronger one only where the power or the time asks for it.
 */
export const permit = (
  region: RegionPlan | undefined,
  wish: Transmission,
  ledger: DutyLedger,
  now: MonoNs,
): Result<Permission> => {
  if (region === undefined)
    return fail(
      refusal('no-region', 'Nothing is sent because no region is set; set the region of this country first.'),
    );
  const at = `${mhz(wish.frequencyHz)} MHz, ${rateText(wish.rate)}`;
  const bands = bandsAt(region, wish.frequencyHz, occupiedHz(wish.rate));
  if (bands.length === 0)
    return fail(
      refusal('frequency', `${at} lies in no band of ${region.name}; choose a channel of the region.`),
    );
  const strong = bands.filter(({ eirpMaxDbm }) => wish.eirpDbm <= eirpMaxDbm);
  if (strong.length === 0) {
    const most = Math.max(...bands.map(({ eirpMaxDbm }) => eirpMaxDbm));
    return fail(
      refusal('power', `${wish.eirpDbm} dBm EIRP at ${at} is more than the ${most} dBm of ${region.name}.`),
    );
  }
  const short = strong.filter((band) => !dwellOver(band, wish));
  if (short.length === 0)
    return fail(
      refusal('dwell', `${wish.airtimeUs} µs at ${at} is longer than ${region.name} lets one emission last.`),
    );
  const settled = settleLedger(ledger, now);
  for (const band of short) {
    const emission = { band: band.name, start: wish.start, airtimeUs: wish.airtimeUs };
    const admission = admitEmission(settled, emission, band.dutyPermille);
    if (admission.ok) return ok({ band, emission, ledger: admission.ledger });
    if (admission.reason === 'full')
      return fail(refusal('ledger-full', 'More emissions are scheduled than the duty-cycle ledger holds.'));
  }
  return fail(
    refusal('duty-cycle', `${at} would exceed the time on air that ${region.name} allows in an hour.`),
  );
};
