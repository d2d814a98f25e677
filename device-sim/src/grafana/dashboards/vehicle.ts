import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { MEASUREMENTS, ROLLUP } from '@outpost/gateway';
import { type BoardRow, board } from '../board.ts';
import { chosen, is, lines, rows } from '../influx-query.ts';
import { chart, type PanelOf, stat, table, timeline } from '../panels.ts';
import { map } from '../places.ts';
import { signalOf, unitOf } from '../units.ts';

const { vehicle, position, trips, events } = MEASUREMENTS;
const device = chosen('device');

/** Signals of one unit over time, each with the word that tells it from the others; a single one needs none. */
type Named = readonly [name: string, word: string];

const signals = (title: string, says: string, names: readonly [Named, ...Named[]], span = 8): PanelOf =>
  chart(
    { title, says, unit: unitOf(signalOf(names[0][0])), span },
    names.map(([name, word]) =>
      lines(
        {
          select: 'mean("value")',
          from: vehicle,
          where: [is('signal', signalOf(name).name), device],
          groupBy: ['device'],
          every: '$__interval',
          fill: 'null',
        },
        `$tag_device ${word}`.trimEnd(),
      ),
    ),
  );

/** `within` for what is over soon: the speed of an hour ago is not the speed. */
const latest = (title: string, says: string, name: string, within?: string): PanelOf =>
  stat({ title, says, unit: unitOf(signalOf(name)) }, [
    lines(
      {
        select: 'last("value")',
        from: vehicle,
        where: [is('signal', signalOf(name).name), device],
        groupBy: ['device'],
        ...(within === undefined ? {} : { within }),
      },
      '$tag_device',
    ),
  ]).noValue('not now');

const LATELY = 'time > now() - 5m';

const ENGINE = 'Vehicle.Powertrain.CombustionEngine';
const BATTERY = 'Vehicle.Powertrain.TractionBattery';
const SPEED = 'Vehicle.Speed';
const LAMP = 'Vehicle.OBD.Status.IsMILOn';
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
    latest('Speed', 'As the engine or brake control unit says it, in the last five minutes.', SPEED, LATELY),
    latest(
      'Engine',
      'Engine speed in the last five minutes; nothing in an electric car.',
      `${ENGINE}.Speed`,
      LATELY,
    ),
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
            // Each control unit has a list of its own.
            select: 'sum("last")',
            from: [
              {
                select: 'last("count")',
                from: events,
                where: [is('kind', 'codes'), is('status', 'stored'), device],
                groupBy: ['device', 'ecu'],
              },
            ],
            groupBy: ['device'],
          },
          '$tag_device',
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
    signals('Speed', 'Speed of the vehicle.', [[SPEED, '']]),
    signals('Engine speed', 'Revolutions of the engine.', [[`${ENGINE}.Speed`, '']]),
    signals('Load and throttle', 'How much of what the engine could give is asked of it.', [
      ['Vehicle.OBD.EngineLoad', 'load'],
      [`${ENGINE}.TPS`, 'throttle'],
    ]),
    signals('Temperatures', 'Coolant, intake, outside.', [
      [`${ENGINE}.ECT`, 'coolant'],
      ['Vehicle.OBD.IntakeTemp', 'intake'],
      ['Vehicle.Exterior.AirTemperature', 'outside'],
    ]),
    signals('Energy left', 'Fuel in the tank, charge in the traction battery.', [
      ['Vehicle.Powertrain.FuelSystem.RelativeLevel', 'fuel'],
      [`${BATTERY}.StateOfCharge.Current`, 'charge'],
    ]),
    signals('12 V battery', 'The dip is the starter, about 14 V is the alternator.', [[VOLTAGE, '']]),
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
    table(
      { title: 'Trips', says: 'The newest first, at the moment when it was over for certain.', height: 12 },
      [
        rows({
          select:
            '"device", "duration_s" AS "lasted", "distance_m" AS "distance", "fuel_ml" AS "fuel", "energy_wh" AS "energy", "started_by", "ended_by"',
          from: trips,
          where: [device],
          tail: 'ORDER BY time DESC LIMIT 200',
        }),
      ],
      {
        Time: { width: 160 },
        lasted: { unit: 's', decimals: 1 },
        distance: { unit: 'lengthm', decimals: 1 },
        fuel: { unit: 'mlitre', decimals: 0 },
        energy: { unit: 'watth', decimals: 1 },
      },
    ),
  ],
];

const healthRow = (): BoardRow => [
  'Health',
  [
    table(
      {
        title: 'Fault codes',
        says: 'Of each control unit that listed any at its last look in the time shown.',
      },
      [
        rows({
          select: '"codes", "count"',
          from: [
            {
              select: 'last("count") AS "count", "text" AS "codes"',
              from: events,
              where: [is('kind', 'codes'), device],
              groupBy: ['device', 'ecu', 'status'],
            },
          ],
          where: ['"count" > 0'],
          groupBy: ['device', 'ecu', 'status'],
        }),
      ],
      {
        Time: { width: 160 },
        count: {
          width: 70,
          steps: [
            [null, 'green'],
            [1, 'red'],
          ],
        },
      },
    ),
    timeline(
      { title: 'Warning lamp', says: 'Whether the engine warning lamp is lit.', span: 12, height: 8 },
      [
        lines(
          {
            select: 'last("value")',
            from: vehicle,
            where: [is('signal', signalOf(LAMP).name), device],
            groupBy: ['device', 'ecu'],
            every: '$__interval',
            fill: 'none',
          },
          '$tag_device $tag_ecu',
        ),
      ],
      { 0: ['off', 'green'], 1: ['lit', 'red'] },
    ),
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
        name: 'Trips, km',
        color: 'green',
        from: [{ select: '"distance_m" / 1000 AS "km"', from: trips, where: [device] }],
        text: 'km',
        where: [],
      },
      {
        name: 'Fault codes',
        color: 'red',
        text: 'more codes',
        // Each look at the codes is an event; only those that found more of them are worth a line.
        from: [
          {
            select: 'non_negative_difference("count") AS "more codes"',
            from: events,
            where: [is('kind', 'codes'), device],
            groupBy: ['device', 'status', 'ecu'],
          },
        ],
        where: ['"more codes" > 0'],
      },
    ],
    rows: [nowRow(), driveRow(), placesAndTripsRow(), healthRow(), monthsRow()],
  });
