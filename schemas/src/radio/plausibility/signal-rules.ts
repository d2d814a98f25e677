import { distanceM } from '../../privacy/index.ts';
import { occupiedHz } from '../rate.ts';
import { bandsAt } from '../region/index.ts';
import { COVERAGE_RULES, freeSpaceLossDb, signalDbm, snrFloorDb, thermalNoiseDbm } from './limits.ts';
import {
  broken,
  type CoverageContext,
  type Finding,
  held,
  type Reception,
  type Sender,
  unknown,
} from './reception.ts';

const { marginDb, placeErrorM, distanceMaxM, eirpUnknownDbm, gainUnknownDbi } = COVERAGE_RULES;

/** Ends what `free-space` says where the antenna's gain would help. */
export const GAIN_UNTOLD = 'nobody tells its gain';

const km = (metres: number): string => (metres / 1_000).toFixed(1);

const eirpOf = (reception: Reception, sender: Sender, { region }: CoverageContext): number => {
  if (sender.eirpDbm !== undefined) return sender.eirpDbm;
  const bands =
    region === undefined ? [] : bandsAt(region, reception.frequencyHz, occupiedHz(reception.rate));
  return bands.length === 0 ? eirpUnknownDbm : Math.max(...bands.map(({ eirpMaxDbm }) => eirpMaxDbm));
};

/** Nothing arrives stronger than through empty space from where the sender is. */
const freeSpace = (reception: Reception, sender: Sender | undefined, context: CoverageContext): Finding => {
  if (reception.place === undefined || sender?.place === undefined)
    return unknown('free-space', 'the two places are not known');
  const distance = distanceM(reception.place, sender.place);
  const nearest = Math.max(1, distance - placeErrorM);
  const gainDbi = context.gainDbi(reception.gateway);
  const most =
    eirpOf(reception, sender, context) + (gainDbi ?? 0) - freeSpaceLossDb(reception.frequencyHz, nearest);
  const excess = signalDbm(reception.rssiDbm, reception.snrDb) - most;
  const above = (dB: number): string => `RSSI ${dB.toFixed(1)} dB above what ${km(distance)} km allows`;
  if (Number.isFinite(excess) && excess <= marginDb) return held('free-space');
  if (gainDbi !== undefined) return broken('free-space', above(excess));
  return Number.isFinite(excess) && excess <= marginDb + gainUnknownDbi
    ? unknown('free-space', `${above(excess)} an antenna of 0 dBi (${GAIN_UNTOLD})`)
    : broken(
        'free-space',
        `${above(excess - gainUnknownDbi)} an antenna of ${gainUnknownDbi} dBi (${GAIN_UNTOLD})`,
      );
};

const distanceRule = (reception: Reception, sender: Sender | undefined): Finding => {
  if (reception.place === undefined || sender?.place === undefined)
    return unknown('distance', 'the two places are not known');
  const distance = distanceM(reception.place, sender.place);
  return distance <= distanceMaxM
    ? held('distance')
    : broken('distance', `heard over ${km(distance)} km, more than ${distanceMaxM / 1_000} km`);
};

/** A demodulator needs so much signal over the noise, and gives up a little below. */
const snrFloor = ({ rate, snrDb }: Reception): Finding => {
  if (snrDb === undefined || rate.kind !== 'lora') return unknown('snr-floor', 'no SNR of LoRa is given');
  const below = snrFloorDb(rate.spreadingFactor) - snrDb;
  return below <= marginDb
    ? held('snr-floor')
    : broken('snr-floor', `SNR ${below.toFixed(1)} dB below what SF${rate.spreadingFactor} can be heard at`);
};

/** The noise is at least thermal, so the SNR is at most the signal over that. */
const snrCeiling = ({ rate, rssiDbm, snrDb }: Reception): Finding => {
  if (snrDb === undefined || rate.kind !== 'lora') return unknown('snr-ceiling', 'no SNR of LoRa is given');
  const above = snrDb - (signalDbm(rssiDbm, snrDb) - thermalNoiseDbm(rate.bandwidthHz));
  return above <= marginDb
    ? held('snr-ceiling')
    : broken('snr-ceiling', `SNR ${above.toFixed(1)} dB above what ${rssiDbm} dBm is over thermal noise`);
};

/** What one reception says by itself. A number that is none holds no rule. */
export const signalFindings = (
  reception: Reception,
  sender: Sender | undefined,
  context: CoverageContext,
): readonly Finding[] => [
  freeSpace(reception, sender, context),
  snrFloor(reception),
  snrCeiling(reception),
  distanceRule(reception, sender),
];
