import { fail, fault, ok, type Result } from '../words/index.ts';

export type Ignition = 'spark' | 'compression';

/** One self-test of the emission system. */
export interface Monitor {
  readonly name: string;
  /** PID 01: the vehicle has it. PID 41: it is enabled in this drive cycle. */
  readonly supported: boolean;
  /** It ran to its end since codes were cleared (PID 01) or in this drive cycle (PID 41). */
  readonly complete: boolean;
}

export interface Readiness {
  /** The malfunction lamp is commanded on. Always false in PID 41, where the byte is reserved. */
  readonly lampOn: boolean;
  /** Confirmed trouble codes in this control unit; 0 to 127. */
  readonly codes: number;
  readonly ignition: Ignition;
  readonly monitors: readonly Monitor[];
}

const CONTINUOUS: readonly string[] = ['misfire', 'fuel-system', 'components'];

/** Bits C0 to C7; undefined is reserved. */
const NON_CONTINUOUS: Readonly<Record<Ignition, readonly (string | undefined)[]>> = {
  spark: [
    'catalyst',
    'heated-catalyst',
    'evaporative-system',
    'secondary-air',
    // SAE J1979-DA gave the retired A/C refrigerant bit to the petrol particulate filter.
    'gasoline-particulate-filter',
    'oxygen-sensor',
    'oxygen-sensor-heater',
    'egr-vvt',
  ],
  compression: [
    'nmhc-catalyst',
    'nox-aftertreatment',
    undefined,
    'boost-pressure',
    undefined,
    'exhaust-gas-sensor',
    'particulate-filter',
    'egr-vvt',
  ],
};

/**
 * Monitor status: the four data bytes of service 01 PID 01 (since codes were cleared) or PID 41 (this drive
 * cycle). In the bytes a set bit says *not* complete. Monitors that the vehicle does not have are listed as
 * unsupported.
 */
export const decodeReadiness = (bytes: Uint8Array): Result<Readiness> => {
  const [a, b, c, d] = bytes;
  if (a === undefined || b === undefined || c === undefined || d === undefined || bytes.length !== 4) {
    const words = `expected 4 data bytes, got ${bytes.length}`;
    return fail(fault('malformed', 'j1979.length', 'monitor status', words));
  }
  const ignition: Ignition = (b & 0x08) === 0 ? 'spark' : 'compression';
  const monitors: Monitor[] = CONTINUOUS.map((name, i) => ({
    name,
    supported: (b & (1 << i)) !== 0,
    complete: (b & (0x10 << i)) === 0,
  }));
  NON_CONTINUOUS[ignition].forEach((name, i) => {
    if (name === undefined) return;
    monitors.push({ name, supported: (c & (1 << i)) !== 0, complete: (d & (1 << i)) === 0 });
  });
  return ok({ lampOn: (a & 0x80) !== 0, codes: a & 0x7f, ignition, monitors });
};

/** The inverse. Throws a RangeError for a count above 127 or a monitor that this ignition does not have. */
export const encodeReadiness = ({ lampOn, codes, ignition, monitors }: Readiness): Uint8Array => {
  if (!(codes >= 0 && codes <= 127)) throw new RangeError(`${codes} trouble codes do not fit into 7 bits`);
  let b = ignition === 'spark' ? 0 : 0x08;
  let c = 0;
  let d = 0;
  for (const { name, supported, complete } of monitors) {
    const continuous = CONTINUOUS.indexOf(name);
    const other = NON_CONTINUOUS[ignition].indexOf(name);
    if (continuous >= 0) {
      b |= (supported ? 1 << continuous : 0) | (complete ? 0 : 0x10 << continuous);
    } else if (other >= 0) {
      c |= supported ? 1 << other : 0;
      d |= complete ? 0 : 1 << other;
    } else {
      throw new RangeError(`${ignition} ignition has no monitor ${name}`);
    }
  }
  return Uint8Array.of((lampOn ? 0x80 : 0) | codes, b, c, d);
};
