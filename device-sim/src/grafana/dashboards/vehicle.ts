import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS, ROLLUP } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { chosen, is, lines, rows } from '../influx-query.ts';
import { chart, map, type PanelOf, stat, table } from '../panels.ts';
import { signalOf, unitOf } from '../units.ts';

const { vehicle, position, trips, events } = MEASUREMENTS;
const device = chosen('device');

/** One signal, or several of one unit, over time. */
const signals = (title: string, says: string, names: readonly [string, ...string[]], span = 8): PanelOf => {
  const several = names.length > 1;
  return chart(
    { title, says, unit: unitOf(signalOf(names[0])), span },
    names.map((name) =>
      lines(
        {
          select: 'mean("value")',
          from: vehicle,
          where: [is('signal', signalOf(name).name), device],
          groupBy: ['device'],
          every: '$__interval',
          fill: 'null',
        },
        several ? `$tag_device ${name.slice(name.lastIndexOf('.') + 1)}` : '$tag_device',
      ),
    ),
  );
};

const latest = (title: string, says: string, name: string, span = 4): PanelOf =>
  stat({ title, says, unit: unitOf(signalOf(name)), span }, [
    lines(
      { select: 'last("value")', from: vehicle, where: [is('signal', name), device], groupBy: ['device'] },
      '$tag_device',
    ),
  ]);

const ENGINE = 'Vehicle.Powertrain.CombustionEngine';
const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const SPEED = 'Vehicle.Speed';
const VOLTAGE = 'Vehicle.LowVoltageBattery.CurrentVoltage';

const history = (title: string, says: string, name: string): PanelOf =>
  chart({ title, says, unit: unitOf(signalOf(name)), span: 12 }, [
    ...(['min', 'mean', 'max'] as const).map((field) =>
      lines(
        {
          select: `${field}("${field}")`,
          from: vehicle,
          policy: ROLLUP,
          where: [is('signal', name), device],
          groupBy: ['device'],
          every: '$__interval',
          fill: 'null',
        },
        `$tag_device ${field}`,
      ),
    ),
  ]);

const nowRow = (): BoardRow => [
  'Now',
  [
    latest('Speed', 'As the engine or brake control unit says it.', SPEED),
    latest('Engine', 'Engine speed; nothing in an electric car.', `${ENGINE}.Speed`),
    latest('Coolant', 'Temperature of the engine coolant.', `${ENGINE}.ECT`),
    latest('Fuel', 'How full the tank is.', 'Vehicle.Powertrain.FuelSystem.RelativeLevel'),
    latest('12 V battery', 'Below 12.2 V a parked car is left alone.', VOLTAGE),
    stat(
      {
        title: 'Fault codes',
        says: 'Stored codes at the last look; 0 is what you want to see.',
        unit: 'short',
      },
      [
        lines(
          {
            select: 'last("count")',
            from: events,
            where: [is('kind', 'codes'), device],
            groupBy: ['device', 'status'],
          },
          '$tag_device $tag_status',
        ),
      ],
      [
        [null, 'green'],
        [1, 'red'],
      ],
    ),
  ],
];

const driveRow = (): BoardRow => [
  'Drive',
  [
    signals('Speed', 'Speed of the vehicle.', [SPEED]),
    signals('Engine speed', 'Revolutions of the engine.', [`${ENGINE}.Speed`]),
    signals('Load and throttle', 'How much of what the engine could give is asked of it.', [
      'Vehicle.OBD.EngineLoad',
      `${ENGINE}.TPS`,
    ]),
    signals('Temperatures', 'Coolant, intake, outside.', [
      `${ENGINE}.ECT`,
      'Vehicle.OBD.IntakeTemp',
      'Vehicle.Exterior.AirTemperature',
    ]),
    signals('Energy left', 'Fuel in the tank, charge in the traction battery.', [
      'Vehicle.Powertrain.FuelSystem.RelativeLevel',
      `${BATTERY}.StateOfCharge.Current`,
    ]),
    signals('12 V battery', 'The dip is the starter, about 14 V is the alternator.', [VOLTAGE]),
  ],
];

const placesAndTripsRow = (): BoardRow => [
  'Places and trips',
  [
    map(
      {
        title: 'Route',
        says: 'Where it was; zones of the owner are left out before anything is signed.',
      },
      [rows({ select: '"lat", "lon", "speed"', from: position, where: [device] })],
      'route',
    ),
    table({ title: 'Trips', says: 'Start, length, distance in m, fuel in ml, energy in Wh.', height: 12 }, [
      rows({
        select: '"device", "duration_s", "distance_m", "fuel_ml", "energy_wh", "started_by", "ended_by"',
        from: trips,
        where: [device],
        tail: 'ORDER BY time DESC LIMIT 200',
      }),
    ]),
  ],
];

const healthRow = (): BoardRow => [
  'Health',
  [
    table({ title: 'Fault codes', says: 'As the control units gave them.' }, [
      rows({
        select: '"device", "status", "text"',
        from: events,
        where: [is('kind', 'codes'), device],
        tail: 'ORDER BY time DESC LIMIT 100',
      }),
    ]),
    signals('Warning lamp', '1 while the engine warning lamp is lit.', ['Vehicle.OBD.Status.IsMILOn'], 12),
  ],
];

const monthsRow = (): BoardRow => [
  'Months',
  [
    history('Speed, by the minute', 'From roll-ups that are kept for a year.', SPEED),
    history('12 V battery, by the minute', 'A battery that ages sinks deeper every winter.', VOLTAGE),
  ],
];

export const vehicleBoard = (): Dashboard =>
  board({
    uid: 'outpost-vehicle',
    title: 'Vehicle',
    says: 'What the car says: its drive, its engine or battery, where it went, what is wrong with it.',
    variables: [{ tag: 'device', label: 'Vehicle', from: vehicle }],
    notes: [
      {
        name: 'Trips',
        color: 'green',
        from: trips,
        text: 'started_by',
        beside: 'duration_s',
        where: [device],
      },
      {
        name: 'Fault codes',
        color: 'red',
        from: events,
        text: 'text',
        where: [is('kind', 'codes'), device],
      },
    ],
    rows: [nowRow(), driveRow(), placesAndTripsRow(), healthRow(), monthsRow()],
  });
