import type { CarParameters } from '../parameters.ts';
import { ESTATE_DIESEL, SUV_DIESEL } from './diesel.ts';
import { FAMILY_ELECTRIC, FAMILY_PLUG_IN } from './electrified.ts';
import { COMPACT_PETROL, FAMILY_PETROL } from './petrol.ts';

/** The cars that can be had, by what makes them different to a tester. */
const VEHICLES = {
  'petrol-manual': COMPACT_PETROL,
  'petrol-automatic': FAMILY_PETROL,
  'diesel-manual': ESTATE_DIESEL,
  'diesel-automatic': SUV_DIESEL,
  'plug-in': FAMILY_PLUG_IN,
  electric: FAMILY_ELECTRIC,
} as const satisfies Readonly<Record<string, CarParameters>>;

export type VehicleName = keyof typeof VEHICLES;

export const VEHICLE_NAMES = Object.keys(VEHICLES) as readonly VehicleName[];

export const isVehicleName = (text: string): text is VehicleName => text in VEHICLES;

export const vehicleOf = (name: VehicleName): CarParameters => VEHICLES[name];
