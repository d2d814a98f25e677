import { brakeTorqueNm, type Conditions, overrunTorqueNm, wideOpenKpa } from './combustion.ts';
import { dieselMaxNm, dieselMinNm } from './diesel.ts';
import type { Reach } from './motion.ts';
import type { EngineParameters } from './parameters.ts';

/** The most that the engine gives at the clutch, Nm. */
export const maxTorqueNm = (engine: EngineParameters, at: Conditions): number =>
  engine.fuel === 'diesel' ? dieselMaxNm(engine, at) : brakeTorqueNm(engine, at, wideOpenKpa(at));

/** With no foot on the pedal and the injectors off, Nm. */
export const minTorqueNm = (engine: EngineParameters, at: Conditions): number =>
  engine.fuel === 'diesel' ? dieselMinNm(engine, at) : overrunTorqueNm(engine, at);

export const engineReach = (engine: EngineParameters, at: Conditions): Reach => ({
  rpm: at.rpm,
  highestRpm: engine.highestRpm,
  minNm: minTorqueNm(engine, at),
  maxNmAt: (rpm) => maxTorqueNm(engine, { ...at, rpm }),
});
