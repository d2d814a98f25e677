import { encodeReadiness, type Ignition, type Monitor } from '@outpost/schemas/vehicle';
import type { CarState } from './car.ts';

/** The self-tests of a petrol engine and when each is through in a drive cycle, seconds of engine run time. */
const MONITORS: readonly { readonly name: string; readonly afterS: number; readonly warm: boolean }[] = [
  { name: 'misfire', afterS: 20, warm: false },
  { name: 'fuel-system', afterS: 60, warm: true },
  { name: 'components', afterS: 1, warm: false },
  { name: 'catalyst', afterS: 720, warm: true },
  { name: 'evaporative-system', afterS: 1_200, warm: true },
  { name: 'oxygen-sensor', afterS: 300, warm: true },
  { name: 'oxygen-sensor-heater', afterS: 90, warm: false },
  { name: 'egr-vvt', afterS: 420, warm: true },
];

/** The self-tests of a diesel engine, by the bits that J1979 gives to compression ignition. */
const DIESEL_MONITORS: typeof MONITORS = [
  { name: 'misfire', afterS: 20, warm: false },
  { name: 'fuel-system', afterS: 60, warm: true },
  { name: 'components', afterS: 1, warm: false },
  { name: 'nmhc-catalyst', afterS: 720, warm: true },
  { name: 'boost-pressure', afterS: 200, warm: false },
  { name: 'exhaust-gas-sensor', afterS: 300, warm: true },
  { name: 'particulate-filter', afterS: 900, warm: true },
  { name: 'egr-vvt', afterS: 420, warm: true },
];

const monitorsOf = (ignition: Ignition): typeof MONITORS =>
  ignition === 'spark' ? MONITORS : DIESEL_MONITORS;

const WARM_C = 70;

/** PID 01: since codes were cleared, long ago, every monitor has run. */
export const monitorStatus = ({ codes }: CarState, ignition: Ignition = 'spark'): Uint8Array =>
  encodeReadiness({
    lampOn: codes.lampOn,
    codes: codes.stored.length,
    ignition,
    monitors: monitorsOf(ignition).map(({ name }): Monitor => ({ name, supported: true, complete: true })),
  });

/** PID 41: what is enabled and through since this start. */
export const driveCycleStatus = ({ totals, heat }: CarState, ignition: Ignition = 'spark'): Uint8Array =>
  encodeReadiness({
    lampOn: false,
    codes: 0,
    ignition,
    monitors: monitorsOf(ignition).map(({ name, afterS, warm }): Monitor => {
      const complete = totals.runS >= afterS && (!warm || heat.coolantC >= WARM_C);
      return { name, supported: true, complete };
    }),
  });
