import { isPlausible, signalByName } from '@outpost/schemas/vehicle';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { M3terPayload } from './payload.ts';

const rowOf = (name: string): number => {
  const row = signalByName(name);
  if (row === undefined) throw new Error(`the signal ${name} is gone`);
  return row.id;
};

/** The row of the signal table that the network `m3ter` follows. */
export const ENERGY_SINCE_LAST = rowOf('Sensor.EnergySinceLast');
const VOLTAGE = rowOf('Sensor.Voltage');

/** What a payload says; a fault is `malformed`. */
export const bodiesOf = ({ energy, voltage, longitude, latitude }: M3terPayload): Result<readonly Body[]> => {
  const bodies: Body[] = [{ kind: 'number', signal: ENERGY_SINCE_LAST, mantissa: energy, ecu: 0 }];
  if (voltage !== undefined) {
    // Tenths of a volt, as thousandths.
    const body = { kind: 'number', signal: VOLTAGE, mantissa: voltage * 100, ecu: 0 } as const;
    if (!isPlausible(body))
      return fail(fault('malformed', 'm3ter.value', 'm3ter', 'says a voltage that no meter has.'));
    bodies.push(body);
  }
  if (longitude !== undefined && latitude !== undefined) {
    bodies.push({
      kind: 'position',
      fix: '2d',
      latitude: latitude * 100,
      longitude: longitude * 100,
      altitudeCm: undefined,
      speedCmS: undefined,
      courseCdeg: undefined,
      hdopCenti: undefined,
      satellites: undefined,
      fixedAt: undefined,
    });
  }
  return ok(bodies);
};
