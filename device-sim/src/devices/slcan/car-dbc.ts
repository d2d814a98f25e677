import { type DbcMessage, encodeFrame, parseDbc } from '@outpost/schemas/vehicle/dbc';
import { sentence } from '@outpost/schemas/words';
import type { CarState } from '../../car/car.ts';

/** What the simulated car says on its bus by itself, as a DBC file: both byte orders, signs, a multiplexed message. */
export const CAR_DBC = `VERSION "Outpost simulated car"

BU_: ECM TCM

BO_ 272 EngineData: 8 ECM
 SG_ EngineSpeed : 7|16@0+ (0.25,0) [0|16000] "rpm" Vector__XXX
 SG_ ManifoldPressure : 16|8@1+ (1,0) [0|254] "kPa" Vector__XXX
 SG_ Alive : 63|4@0+ (1,0) [0|15] "" Vector__XXX

BO_ 400 Driving: 6 TCM
 SG_ Speed : 4|13@1+ (0.0625,0) [0|500] "km/h" Vector__XXX
 SG_ Acceleration : 28|12@1- (0.01,0) [-20|20] "m/s2" Vector__XXX

BO_ 2566844672 Temperatures: 3 ECM
 SG_ Which M : 7|2@0+ (1,0) [0|3] "" Vector__XXX
 SG_ Coolant m0 : 15|8@0+ (1,-40) [-40|214] "degC" Vector__XXX
 SG_ IntakeAir m1 : 15|8@0+ (1,-40) [-40|214] "degC" Vector__XXX
 SG_ BatteryVoltage m2 : 15|16@0+ (0.001,0) [0|65] "V" Vector__XXX

VAL_ 400 Speed 8191 "not available" ;
`;

/** Which signals of the table these are. */
export const CAR_MAP: Readonly<Record<string, string>> = {
  'EngineData.EngineSpeed': 'Vehicle.Powertrain.CombustionEngine.Speed',
  'EngineData.ManifoldPressure': 'Vehicle.OBD.MAP',
  'Driving.Speed': 'Vehicle.Speed',
  'Temperatures.Coolant': 'Vehicle.Powertrain.CombustionEngine.ECT',
  'Temperatures.BatteryVoltage': 'Vehicle.LowVoltageBattery.CurrentVoltage',
};

/** One message with its period and what it says of the car, in the file's own units. */
export interface Broadcast {
  readonly message: DbcMessage;
  readonly everyMs: number;
  values(car: CarState, count: number): Readonly<Record<string, number>>;
}

const PERIODS: Readonly<Record<string, Omit<Broadcast, 'message'>>> = {
  EngineData: {
    everyMs: 20,
    values: ({ engine }, count) => ({
      EngineSpeed: engine.rpm,
      ManifoldPressure: engine.mapKpa,
      Alive: count % 16,
    }),
  },
  Driving: {
    everyMs: 50,
    values: ({ motion }) => ({ Speed: motion.speedMps * 3.6, Acceleration: motion.accelerationMps2 }),
  },
  Temperatures: {
    everyMs: 200,
    values: ({ heat, supply }, count) => ({
      Which: count % 3,
      Coolant: heat.coolantC,
      IntakeAir: heat.intakeC,
      BatteryVoltage: supply.volts,
    }),
  },
};

/** The messages of `CAR_DBC`, in its order. Throws where the text above is wrong: a bug. */
export const carBroadcasts = (): readonly Broadcast[] => {
  const database = parseDbc(CAR_DBC, 'the simulated car');
  if (!database.ok) throw new Error(sentence(database.fault));
  return [...database.value.messages.values()].map((message) => {
    const period = PERIODS[message.name];
    if (period === undefined) throw new Error(`nothing says what ${message.name} holds`);
    return { message, ...period };
  });
};

const number = ({ numerator, denominator }: { numerator: bigint; denominator: bigint }): number =>
  Number(numerator) / Number(denominator);

/** The data of a message that says this, each value at its nearest step within its limits. */
export const broadcastBytes = ({ message, values }: Broadcast, car: CarState, count: number): Uint8Array => {
  const wanted = values(car, count);
  const raws = message.signals.map(({ name, formula, limits }) => {
    const low = limits.min === undefined ? Number.NEGATIVE_INFINITY : number(limits.min);
    const high = limits.max === undefined ? Number.POSITIVE_INFINITY : number(limits.max);
    const value = Math.min(high, Math.max(low, wanted[name] ?? 0));
    const raw = Math.round((value - number(formula.offset)) / number(formula.factor));
    return [name, BigInt(raw)] as const;
  });
  return encodeFrame(message, new Map(raws));
};
