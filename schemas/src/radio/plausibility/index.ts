export { type CoverageJudge, coverageJudge } from './judge.ts';
export {
  COVERAGE_RULES,
  FRAMES_MAX,
  freeSpaceLossDb,
  GATEWAYS_MAX,
  signalDbm,
  snrFloorDb,
  thermalNoiseDbm,
} from './limits.ts';
export type {
  CoverageContext,
  CoverageRule,
  Finding,
  Reception,
  ReceptionVerdict,
  Sender,
} from './reception.ts';
export { GAIN_UNTOLD } from './signal-rules.ts';
