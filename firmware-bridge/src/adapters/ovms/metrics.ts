import { type Format, type NamedRule, namedRule, type ValueRule } from '../../mapping/index.ts';

/** What one metric says: one value, or one for each place of a list. */
export interface Metric {
  readonly format: Format;
  readonly rules: readonly ValueRule[];
}

type Row = readonly [metric: string, signal: string, more?: Parameters<typeof namedRule>[1]];

const POWERTRAIN = 'Vehicle.Powertrain';
const BATTERY = `${POWERTRAIN}.TractionBattery`;
const LOW_VOLTAGE = 'Vehicle.LowVoltageBattery';
const MOTOR = `${POWERTRAIN}.ElectricMotor`;
/** OVMS counts what leaves a battery as positive, VSS what goes into it. */
const OUTWARDS = { factor: '-1' } as const;

/** Metrics of OVMS v3, their units as in `metrics_standard.cpp`, by the names that they have in topics. */
// biome-ignore format: a table reads by columns
const ROWS: readonly Row[] = [
  ['m/monotonic', 'Device.Uptime'],
  ['m/time/utc', 'Device.Clock'],
  ['m/net/sq', 'Device.SignalStrength'],
  ['s/v3/connected', 'Device.IsOnline'],
  ['v/b/soc', `${BATTERY}.StateOfCharge.Current`],
  ['v/b/soh', `${BATTERY}.StateOfHealth`],
  ['v/b/voltage', `${BATTERY}.CurrentVoltage`],
  ['v/b/current', `${BATTERY}.CurrentCurrent`, OUTWARDS],
  ['v/b/power', `${BATTERY}.CurrentPower`, { unit: 'kW', ...OUTWARDS }],
  ['v/b/range/est', `${BATTERY}.Range`],
  ['v/b/temp', `${BATTERY}.Temperature.Average`],
  ['v/b/p/temp/min', `${BATTERY}.Temperature.Min`],
  ['v/b/p/temp/max', `${BATTERY}.Temperature.Max`],
  ['v/b/p/voltage/min', `${BATTERY}.CellVoltage.Min`],
  ['v/b/p/voltage/max', `${BATTERY}.CellVoltage.Max`],
  ['v/b/energy/used/total', `${BATTERY}.AccumulatedConsumedEnergy`],
  ['v/b/energy/recd/total', `${BATTERY}.AccumulatedChargedEnergy`],
  ['v/b/coulomb/used/total', `${BATTERY}.AccumulatedConsumedThroughput`],
  ['v/b/coulomb/recd/total', `${BATTERY}.AccumulatedChargedThroughput`],
  ['v/b/12v/voltage', `${LOW_VOLTAGE}.VehicleVoltage`],
  ['v/b/12v/current', `${LOW_VOLTAGE}.CurrentCurrent`, OUTWARDS],
  ['v/c/inprogress', `${BATTERY}.Charging.IsCharging`],
  ['v/c/pilot', `${BATTERY}.Charging.IsChargingCableConnected`],
  ['v/c/limit/soc', `${BATTERY}.Charging.ChargeLimit`],
  ['v/c/duration/full', `${BATTERY}.Charging.TimeToComplete`],
  ['v/i/temp', `${MOTOR}.InverterTemperature`],
  ['v/m/temp', `${MOTOR}.Temperature`],
  ['v/e/temp', 'Vehicle.Exterior.AirTemperature'],
  ['v/e/cabintemp', 'Vehicle.Cabin.HVAC.AmbientAirTemperature'],
  ['v/e/on', `${POWERTRAIN}.IsReadyToDrive`],
  ['v/e/handbrake', 'Vehicle.Chassis.ParkingBrake.IsEngaged'],
  ['v/p/speed', 'Vehicle.Speed'],
  ['v/p/odometer', `${POWERTRAIN}.Transmission.TravelledDistance`],
];

const YES_NO: ReadonlyMap<string, number> = new Map([
  ['yes', 1],
  ['no', 0],
]);

const single = (rule: NamedRule): Metric => ({
  format: 'text',
  rules: [{ ...rule, pointer: '', ...(rule.signal.unit === 'flag' ? { words: YES_NO } : {}) }],
});

/** Front left, front right, rear left, rear right: the order of lists, and the names of the older metrics. */
const WHEELS = [
  ['fl', 'Row1.Wheel.Left'],
  ['fr', 'Row1.Wheel.Right'],
  ['rl', 'Row2.Wheel.Left'],
  ['rr', 'Row2.Wheel.Right'],
] as const;

const tyre = (place: string, what: 'Pressure' | 'Temperature'): NamedRule | undefined =>
  namedRule(`Vehicle.Chassis.Axle.${place}.Tire.${what}`);

const TYRES = [
  ['p', 'pressure', 'Pressure'],
  ['t', 'temp', 'Temperature'],
] as const;

const metrics = (): ReadonlyMap<string, Metric> => {
  const found = new Map<string, Metric>();
  const add = (name: string, rule: NamedRule | undefined): void => {
    if (rule !== undefined) found.set(name, single(rule));
  };
  for (const [name, signal, more] of ROWS) add(name, namedRule(signal, more));
  for (const [letter, list, what] of TYRES) {
    const rules: ValueRule[] = [];
    for (const [index, [corner, place]] of WHEELS.entries()) {
      const rule = tyre(place, what);
      add(`v/tp/${corner}/${letter}`, rule);
      if (rule !== undefined) rules.push({ ...rule, pointer: `/${index}` });
    }
    found.set(`v/t/${list}`, { format: 'list', rules });
  }
  return found;
};

const METRICS = metrics();

/** How many metrics have a signal. */
export const METRIC_COUNT: number = METRICS.size;

/** What a metric says, by its name with slashes; the owner's own names (with dots) go first. */
export const metricOf = (name: string, signals: ReadonlyMap<string, NamedRule>): Metric | undefined => {
  const own = signals.get(name.replaceAll('/', '.'));
  return own === undefined ? METRICS.get(name) : single(own);
};
