import { isPlausible, type Signal, signalById, signalByName } from '@outpost/schemas/vehicle';
import { type Body, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { SignedContent, SignedValue } from './form.ts';

const CLOCK = 'Device.Clock';

const wrong = (words: string): Result<never> => fail(fault('malformed', 'signed.value', 'signed', words));

const rowOf = (value: SignedValue): Signal | undefined =>
  'row' in value ? signalById(value.row) : signalByName(value.signal);

const nameOf = (value: SignedValue): string => ('row' in value ? `row ${value.row}` : value.signal);

const bodyOf = (value: SignedValue): Result<Body> => {
  const row = rowOf(value);
  if (row === undefined) return wrong(`${nameOf(value)} is no signal of the table.`);
  if ((row.unit === 'text') !== 'text' in value) {
    return wrong(`${row.name} is ${row.unit === 'text' ? 'a text' : 'a number'}.`);
  }
  if ('text' in value) return ok({ kind: 'text', signal: row.id, text: value.text, ecu: 0 });
  const mantissa = 'mantissa' in value ? value.mantissa : Math.round(value.number * 10 ** row.decimals);
  return isPlausible({ signal: row.id, mantissa })
    ? ok({ kind: 'number', signal: row.id, mantissa, ecu: 0 })
    : wrong(`${row.name} is outside of ${row.min} to ${row.max} ${row.unit}.`);
};

/** What a device says under one signature: its own time where it has one, then its values. A fault is `malformed`. */
export const bodiesOf = ({ timeMs, values }: SignedContent): Result<readonly Body[]> => {
  const clock = signalByName(CLOCK);
  if (clock === undefined) throw new Error(`the signal ${CLOCK} is gone`);
  const bodies: Body[] =
    timeMs === undefined ? [] : [{ kind: 'number', signal: clock.id, mantissa: timeMs, ecu: 0 }];
  for (const value of values) {
    const body = bodyOf(value);
    if (!body.ok) return body;
    bodies.push(body.value);
  }
  return ok(bodies);
};
