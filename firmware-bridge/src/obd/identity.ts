import { type Fault, fault } from '@outpost/schemas/words';
import type { CarFacts, VinSeen } from './turn.ts';

/** Answers in a row that must agree after the vehicle gave two different ones. */
const AGREED_AFTER_CHANGE = 3;
/** Answers in a row that must agree before anything else is read. */
const AGREED_AT_FIRST = 2;

export interface VinAnswer {
  readonly ecu: number;
  readonly vin: string;
}

/**
 * Takes what control units just gave as the identification number of their vehicle.
 *
 * The rule: a vehicle has one identification number. Once a control unit has given two different ones on one
 * connection, nothing that comes over it is believed until every control unit has given the same answer three times
 * in a row. Entering `absent` forgets the number, because the dongle may be plugged into another car then.
 */
export const noteVins = (facts: CarFacts, answers: readonly VinAnswer[]): CarFacts => {
  const vins = new Map<number, VinSeen>(facts.vins);
  let changed = false;
  for (const { ecu, vin } of answers) {
    const before = vins.get(ecu);
    const same = before?.vin === vin;
    changed ||= before !== undefined && !same;
    vins.set(ecu, { vin, agreed: same ? before.agreed + 1 : 1 });
  }
  const settled = [...vins.values()].every(({ agreed }) => agreed >= AGREED_AFTER_CHANGE);
  return { ...facts, vins, vinChanging: changed || (facts.vinChanging && !settled) };
};

export const vinState = ({ vins, vinChanging }: CarFacts): 'once' | 'changing' | 'agreed' => {
  if (vinChanging) return 'changing';
  return [...vins.values()].some(({ agreed }) => agreed < AGREED_AT_FIRST) ? 'once' : 'agreed';
};

/** Why nothing is believed at present; undefined where there is no reason. */
export const identityFault = (facts: CarFacts, refuses: boolean): Fault | undefined => {
  if (!facts.vinChanging || !refuses) return undefined;
  const words = `the vehicle gives different identification numbers; nothing is believed until ${AGREED_AFTER_CHANGE} answers in a row agree.`;
  return fault('untrusted', 'obd.vin-changing', 'vehicle', words);
};
