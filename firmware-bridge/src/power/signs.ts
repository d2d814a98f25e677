import type { Body, MonoNs } from '@outpost/schemas/words';
import { learned, type Power, passed, type Sign } from './power.ts';

/** Rows of the signal table. */
const SPEED = 1;
const ENGINE_SPEED = 2;

const signOf = (body: Body): Sign | undefined => {
  if (body.kind !== 'number') return undefined;
  if (body.signal === SPEED) return { kind: 'speed', kmh: body.mantissa };
  // Hundredths of a revolution a minute.
  return body.signal === ENGINE_SPEED ? { kind: 'engine', rpm: body.mantissa / 100 } : undefined;
};

/** Takes what a step of a conversation brought: what the car said, and whether it answered at all. */
export const learnedFrom = (
  before: Power,
  bodies: readonly Body[],
  isAnswered: boolean,
  now: MonoNs,
): Power => {
  const signs = bodies.flatMap((body) => signOf(body) ?? []);
  if (isAnswered && signs.length === 0) return learned(before, { kind: 'answer' }, now);
  return signs.reduce((power, sign) => learned(power, sign, now), passed(before, now));
};
