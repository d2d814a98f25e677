import { INDUCEMENT_STATES, LAMP_MODES, LAMP_STRATEGIES } from './labels.ts';
import {
  CODE_2_BITS,
  CODE_4_BITS,
  FLAG,
  family,
  HOURS,
  SECONDS_LONG,
  type Signal,
  signal,
} from './signal.ts';

/** Identifiers 355 to 382 and 400 to 439: lamps and counters of heavy-duty regulations, and run times. */
// biome-ignore format: a table reads by columns
export const DUTY_SIGNALS: readonly Signal[] = [
  signal(355, 'Lamp.Strategy', CODE_2_BITS, 'hour', 'How the vehicle shows malfunctions.', LAMP_STRATEGIES),
  signal(356, 'Lamp.VehicleMode', CODE_4_BITS, 'minute', 'Malfunction lamp of the vehicle.', LAMP_MODES),
  signal(357, 'Lamp.AreMonitorsIncomplete', FLAG, 'minute',
    'Not all emission monitors of the vehicle are complete.'),
  signal(358, 'Lamp.VehicleHours', HOURS, 'minute', 'Engine hours with the vehicle’s lamp lit continuously.'),
  signal(359, 'Lamp.UnitMode', CODE_4_BITS, 'minute', 'Malfunction lamp of this control unit.', LAMP_MODES),
  signal(360, 'Lamp.UnitHours', HOURS, 'minute', 'Engine hours with this unit’s lamp lit continuously.'),
  signal(361, 'Lamp.UnitB1Hours', HOURS, 'minute', 'Highest hours of a class B1 malfunction in this unit.'),
  ...family(2, (n) => [
    signal(358 + 4 * n, `FuelControl${n}.IsPressureClosedLoop`, FLAG, 'slow', `Fuel pressure control ${n}.`),
    signal(359 + 4 * n, `FuelControl${n}.IsQuantityClosedLoop`, FLAG, 'slow',
      `Injection quantity control ${n}.`),
    signal(360 + 4 * n, `FuelControl${n}.IsTimingClosedLoop`, FLAG, 'slow', `Injection timing control ${n}.`),
    signal(361 + 4 * n, `FuelControl${n}.IsBalanceClosedLoop`, FLAG, 'slow',
      `Idle fuel balance control ${n}.`),
  ]),
  signal(370, 'Lamp.CumulativeHours', HOURS, 'minute',
    'Engine hours with the lamp lit continuously, in all.'),
  signal(371, 'NOxWarning.IsActive', FLAG, 'minute', 'The NOx warning is active.'),
  signal(372, 'NOxWarning.Inducement1', CODE_2_BITS, 'minute', 'Inducement of level 1.', INDUCEMENT_STATES),
  signal(373, 'NOxWarning.Inducement2', CODE_2_BITS, 'minute', 'Inducement of level 2.', INDUCEMENT_STATES),
  signal(374, 'NOxWarning.Inducement3', CODE_2_BITS, 'minute', 'Inducement of level 3.', INDUCEMENT_STATES),
  signal(375, 'NOxWarning.ReagentQualityHours', HOURS, 'minute', 'Engine hours with bad reagent.'),
  signal(376, 'NOxWarning.ReagentConsumptionHours', HOURS, 'minute', 'Engine hours with wrong consumption.'),
  signal(377, 'NOxWarning.DosingHours', HOURS, 'minute', 'Engine hours with dosing interrupted.'),
  signal(378, 'NOxWarning.EGRValveHours', HOURS, 'minute', 'Engine hours with the EGR valve impeded.'),
  signal(379, 'NOxWarning.MonitorHours', HOURS, 'minute',
    'Engine hours with the monitoring system at fault.'),
  signal(380, 'TotalRunTime', SECONDS_LONG, 'minute', 'Engine run time over its life.'),
  signal(381, 'TotalIdleTime', SECONDS_LONG, 'minute', 'Engine idle time over its life.'),
  signal(382, 'TotalPTOTime', SECONDS_LONG, 'minute', 'Engine run time with the power take-off active.'),
  ...family(20, (n) => family(2, (timer) => [
    signal(397 + 2 * n + timer, `AECD${n}.Timer${timer}`, SECONDS_LONG, 'hour',
      `Run time ${timer} of auxiliary emission control device ${n}.`),
  ])),
];
