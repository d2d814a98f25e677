import { signalById } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';

/** What a broker had stored from before, for the owner to see: it is never evidence. */
export type LastKnown = ReadonlyMap<string, string | number>;

export const NOTHING_KNOWN: LastKnown = new Map();

const LAST_KNOWN_MAX = 32;
const TEXT_MAX = 64;

const shown = (body: Body): readonly [string, string | number] | undefined => {
  if (body.kind !== 'number' && body.kind !== 'text') return undefined;
  const signal = signalById(body.signal);
  if (signal === undefined) return undefined;
  return [
    signal.name,
    body.kind === 'text' ? body.text.slice(0, TEXT_MAX) : body.mantissa / 10 ** signal.decimals,
  ];
};

/** With what a stored message says; signals beyond the first 32 are not shown. */
export const withLastKnown = (known: LastKnown, bodies: readonly Body[]): LastKnown => {
  const next = new Map(known);
  for (const body of bodies) {
    const [name, value] = shown(body) ?? [];
    if (name === undefined || value === undefined) continue;
    if (next.has(name) || next.size < LAST_KNOWN_MAX) next.set(name, value);
  }
  return next;
};

/** For a device's status: `lastKnown.Sensor.Temperature`. */
export const lastKnownFacts = (known: LastKnown): Readonly<Record<string, string | number>> =>
  Object.fromEntries([...known].map(([name, value]) => [`lastKnown.${name}`, value]));
