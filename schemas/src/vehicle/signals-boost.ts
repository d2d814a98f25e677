import { CONTROL_STATES } from './labels.ts';
import {
  CELSIUS,
  CELSIUS_WIDE,
  CODE_2_BITS,
  family,
  KILOPASCAL,
  KILOPASCAL_FINE,
  KILOPASCAL_RAIL,
  PERCENT,
  type Signal,
  type Span,
  signal,
  TRIM,
} from './signal.ts';

const TURBO_SPEED: Span = ['rpm', 0, 0, 655_350];
const INLET_WIDE: Span = ['kPa', 0, 0, 2_040];
const CELSIUS_BY_FOUR: Span = ['celsius', 0, -40, 980];

/** Turbocharger, and all that J1979 gives twice: for A and B. */
// biome-ignore format: a table reads by columns
const pair = (x: 'A' | 'B', i: 0 | 1): readonly Signal[] => [
  signal(200 + 3 * i, `Boost.${x}.Commanded`, KILOPASCAL_FINE, 'medium', `Commanded boost pressure ${x}.`),
  signal(201 + 3 * i, `Boost.${x}.Pressure`, KILOPASCAL_FINE, 'medium', `Boost pressure ${x}.`),
  signal(202 + 3 * i, `Boost.${x}.State`, CODE_2_BITS, 'slow', `Boost control ${x}.`, CONTROL_STATES),
  signal(206 + 3 * i, `VGT.${x}.Commanded`, PERCENT, 'medium',
    `Commanded vane position of turbocharger ${x}.`),
  signal(207 + 3 * i, `VGT.${x}.Position`, PERCENT, 'medium', `Vane position of turbocharger ${x}.`),
  signal(208 + 3 * i, `VGT.${x}.State`, CODE_2_BITS, 'slow',
    `Vane control of turbocharger ${x}.`, CONTROL_STATES),
  signal(212 + 2 * i, `Wastegate.${x}.Commanded`, PERCENT, 'medium', `Commanded wastegate position ${x}.`),
  signal(213 + 2 * i, `Wastegate.${x}.Position`, PERCENT, 'medium', `Wastegate position ${x}.`),
  signal(216 + 2 * i, `Turbo.${x}.InletPressure`, KILOPASCAL, 'medium', `Compressor ${x} inlet pressure.`),
  signal(217 + 2 * i, `Turbo.${x}.InletPressureWide`, INLET_WIDE, 'medium',
    `Compressor ${x} inlet pressure in steps of 8 kPa.`),
  signal(220 + i, `Turbo.${x}.Speed`, TURBO_SPEED, 'medium', `Turbocharger ${x} speed.`),
  signal(222 + 4 * i, `Turbo.${x}.CompressorInletTemp`, CELSIUS, 'slow',
    `Compressor ${x} inlet temperature.`),
  signal(223 + 4 * i, `Turbo.${x}.CompressorOutletTemp`, CELSIUS, 'slow',
    `Compressor ${x} outlet temperature.`),
  signal(224 + 4 * i, `Turbo.${x}.TurbineInletTemp`, CELSIUS_WIDE, 'slow', `Turbine ${x} inlet temperature.`),
  signal(225 + 4 * i, `Turbo.${x}.TurbineOutletTemp`, CELSIUS_WIDE, 'slow',
    `Turbine ${x} outlet temperature.`),
  signal(234 + i, `MAPSensor.${x}`, KILOPASCAL_FINE, 'medium', `Intake manifold absolute pressure ${x}.`),
  signal(238 + 2 * i, `IntakeAirFlow.${x}.Commanded`, PERCENT, 'medium', `Commanded intake air flow ${x}.`),
  signal(239 + 2 * i, `IntakeAirFlow.${x}.Position`, PERCENT, 'medium',
    `Relative intake air flow position ${x}.`),
  signal(242 + 2 * i, `Throttle.${x}.Commanded`, PERCENT, 'medium', `Commanded throttle actuator ${x}.`),
  signal(243 + 2 * i, `Throttle.${x}.RelativePosition`, PERCENT, 'medium',
    `Relative throttle position ${x}.`),
  signal(246 + 3 * i, `FuelRail.${x}.Commanded`, KILOPASCAL_RAIL, 'medium',
    `Commanded fuel rail pressure ${x}.`),
  signal(247 + 3 * i, `FuelRail.${x}.Pressure`, KILOPASCAL_RAIL, 'medium', `Fuel rail pressure ${x}.`),
  signal(248 + 3 * i, `FuelRail.${x}.Temperature`, CELSIUS, 'slow', `Fuel rail temperature ${x}.`),
  signal(252 + 2 * i, `InjectionControl.${x}.Commanded`, KILOPASCAL_RAIL, 'medium',
    `Commanded injection pressure ${x}.`),
  signal(253 + 2 * i, `InjectionControl.${x}.Pressure`, KILOPASCAL_RAIL, 'medium',
    `Injection control pressure ${x}.`),
  signal(256 + 3 * i, `EGR.${x}.Commanded`, PERCENT, 'medium', `Commanded exhaust gas recirculation ${x}.`),
  signal(257 + 3 * i, `EGR.${x}.Actual`, PERCENT, 'medium', `Actual exhaust gas recirculation ${x}.`),
  signal(258 + 3 * i, `EGR.${x}.Error`, TRIM, 'medium',
    `Exhaust gas recirculation ${x} relative to its command.`),
];

/**
 * Identifiers 200 to 269: boost, throttle, rails and exhaust gas recirculation of engines that have them
 * twice.
 */
// biome-ignore format: a table reads by columns
export const BOOST_SIGNALS: readonly Signal[] = [
  ...pair('A', 0),
  ...pair('B', 1),
  ...family(2, (bank) => [
    ...family(2, (n) => [
      signal(227 + 2 * bank + n, `ChargeAirTemp.Bank${bank}.Sensor${n}`, CELSIUS, 'slow',
        `Charge air cooler temperature, bank ${bank}, sensor ${n}.`),
      signal(259 + 2 * bank + n, `EGRTemp.Bank${bank}.Sensor${n}`, CELSIUS, 'slow',
        `Exhaust gas recirculation temperature, bank ${bank}, sensor ${n}.`),
      signal(263 + 2 * bank + n, `EGRTempWide.Bank${bank}.Sensor${n}`, CELSIUS_BY_FOUR, 'slow',
        `Exhaust gas recirculation temperature in steps of 4 °C, bank ${bank}, sensor ${n}.`),
    ]),
    signal(235 + bank, `ExhaustPressure.Bank${bank}`, ['kPa', 2, 0, 655.35], 'medium',
      `Exhaust pressure, bank ${bank}.`),
  ]),
];
