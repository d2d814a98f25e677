import { type Body, type Epoch, monoNs, type Origin, type TimeTrust, wallNs } from '../../words/index.ts';
import type { TripReading } from './reading.ts';

/** What a car does over time, second by second, for tests. */
export interface Pretended {
  /** Seconds. */
  readonly forS: number;
  readonly kmh?: number;
  readonly rpm?: number;
  /** `silent`: the car does not answer and only the voltage is read. `away`: there is no reading at all. */
  readonly as?: 'answering' | 'silent' | 'away';
  /** Seconds between two rounds of questions; 1 where it is not said. */
  readonly everyS?: number;
  /** The ignition was switched off and on before: the run time begins anew. */
  readonly restarts?: boolean;
}

export interface PretendOptions {
  /** Whether the car tells its engine's run time. */
  readonly runTime?: boolean;
  /** Whether it has an engine at all. */
  readonly engine?: boolean;
  readonly origin?: Origin;
  /** A traction battery of 400 V that gives 50 A while the car moves, and takes 10 A while it stands and answers. */
  readonly pack?: boolean;
}

const START_WALL = 1_800_000_000_000_000_000n;

/** Signals of the table. */
const SIGNAL = {
  speed: 1,
  rpm: 2,
  volts: 3,
  fuelRate: 13,
  runTime: 15,
  odometer: 21,
  packVolts: 172,
  packAmperes: 173,
} as const;

export interface Pretender {
  readonly readings: TripReading[];
  /** Seconds since the beginning. */
  readonly nowS: number;
  /** True metres since the beginning. */
  readonly metres: number;
  play(...parts: readonly Pretended[]): void;
  /** The box starts anew: another epoch. With a trust it is another boot, too, and a clock of that trust. */
  restart(trust?: TimeTrust): void;
}

export const pretend = (options: PretendOptions = {}): Pretender => {
  const { runTime = true, engine = true, origin = 'live', pack = false } = options;
  const readings: TripReading[] = [];
  let [nowS, metres, ranS, epochs, sequence, bootS] = [0, 0, 0, 1, 0, 0];
  let trust: TimeTrust = 'ntp';
  let stepS = 0;
  const say = (body: Body): void => {
    readings.push({
      epoch: new Uint8Array(16).fill(epochs) as Epoch,
      sequence,
      mono: monoNs(BigInt(Math.round((nowS - bootS + 100) * 1e9))),
      wall: wallNs(START_WALL + BigInt(Math.round((nowS - stepS) * 1e9))),
      origin,
      trust,
      place: BigInt(readings.length),
      body,
    });
    sequence += 1;
  };
  const number = (signal: number, mantissa: number): void =>
    say({ kind: 'number', signal, mantissa: Math.round(mantissa), ecu: 0x7e8 });

  const second = ({ kmh = 0, rpm = 0, as = 'answering', everyS = 1 }: Pretended): void => {
    nowS += 1;
    metres += kmh / 3.6;
    if (rpm > 0) ranS += 1;
    if (as === 'away' || nowS % everyS !== 0) return;
    if (as === 'silent') {
      if (nowS % 30 === 0) number(SIGNAL.volts, 1240);
      return;
    }
    number(SIGNAL.speed, kmh);
    if (pack) number(SIGNAL.packVolts, 400_000);
    if (pack) number(SIGNAL.packAmperes, kmh > 0 ? -500 : 100);
    if (engine) number(SIGNAL.rpm, rpm * 100);
    if (engine) number(SIGNAL.fuelRate, rpm > 0 ? 500 : 0);
    if (runTime && nowS % 5 === 0) number(SIGNAL.runTime, ranS);
    if (nowS % 60 === 0) number(SIGNAL.odometer, 100_000 + metres / 100);
  };

  return {
    readings,
    get nowS() {
      return nowS;
    },
    get metres() {
      return metres;
    },
    play: (...parts) => {
      for (const part of parts) {
        if (part.restarts === true) ranS = 0;
        for (let i = 0; i < part.forS; i += 1) second(part);
      }
    },
    restart: (next) => {
      epochs += 1;
      sequence = 0;
      if (next !== undefined) {
        bootS = nowS;
        trust = next;
        // A clock that nothing keeps goes on from where it stood when the box went off.
        stepS = next === 'none' ? stepS + 3_600 : stepS;
      }
      const last = readings.at(-1);
      say({
        kind: 'anchor',
        anchor: { wall: last?.wall ?? wallNs(START_WALL), mono: last?.mono ?? monoNs(0n), trust },
      });
    },
  };
};

/** Seconds since the beginning. */
export const secondOf = (wall: bigint): number => Number(wall - START_WALL) / 1e9;
