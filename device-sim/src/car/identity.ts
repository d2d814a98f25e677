import { vinCheckDigit } from '@outpost/schemas/vehicle';
import { drawAt } from '../random/draw-at.ts';
import { CHANNEL } from './channels.ts';

/** What one control unit calls itself and its software (SAE J1979 service 09). */
export interface UnitIdentity {
  readonly acronym: string;
  readonly name: string;
  readonly calibrationId: string;
  /** Eight hex digits. */
  readonly cvn: string;
}

export interface CarIdentity {
  readonly vin: string;
  readonly engine: UnitIdentity;
  readonly gearbox: UnitIdentity;
  /** Of an electric car, in the engine's place. */
  readonly powertrain: UnitIdentity;
  readonly battery: UnitIdentity;
}

/** A world manufacturer identifier that no manufacturer has, so that no simulated car is anybody's. */
const MAKER = 'ZZZ';
const MODEL = '0UTP0';
const YEAR_AND_PLANT = 'SS';

/** A VIN of its own for each seed, with a right check digit. */
export const vinOfSeed = (seed: number): string => {
  const serial = String(Math.abs(Math.trunc(seed)) % 1_000_000).padStart(6, '0');
  const vin = (digit: string): string => `${MAKER}${MODEL}${digit}${YEAR_AND_PLANT}${serial}`;
  return vin(vinCheckDigit(vin('0')) ?? '0');
};

const hex32 = (seed: number, index: number): string =>
  Math.floor(drawAt(seed, CHANNEL.identity, index) * 2 ** 32)
    .toString(16)
    .toUpperCase()
    .padStart(8, '0');

/** The same for every car of a model year, but for the numbers that a seed gives. */
export const identityOf = (seed: number, vin: string = vinOfSeed(seed)): CarIdentity => ({
  vin,
  engine: { acronym: 'ECM', name: 'EngineControl', calibrationId: 'OUTPOST-SIM-E160', cvn: hex32(seed, 0) },
  powertrain: {
    acronym: 'HPCM',
    name: 'HybridPtCtrl',
    calibrationId: 'OUTPOST-SIM-V064',
    cvn: hex32(seed, 2),
  },
  battery: {
    acronym: 'BECM',
    name: 'B+EnergyCtrl',
    calibrationId: 'OUTPOST-SIM-B098',
    cvn: hex32(seed, 3),
  },
  gearbox: { acronym: 'TCM', name: 'GearshiftCtrl', calibrationId: 'OUTPOST-SIM-G005', cvn: hex32(seed, 1) },
});
