import type { Profile } from '../profile.ts';
import { SIMULATOR_MARK } from '../wire.ts';

/**
 * Listening goes on for a little longer than frames usually keep it waiting: generously at first, tightly with
 * `ATAT2`, and never beyond what `ATST` allows (ELM327 data sheet, “Adaptive Timing”).
 */
export const adaptiveMs = (timeoutMs: number, adaptive: 0 | 1 | 2, rhythmMs: number): number => {
  if (adaptive === 0) return timeoutMs;
  return Math.min(timeoutMs, adaptive === 1 ? 2 * rhythmMs + 14 : 1.3 * rhythmMs + 9);
};

/** As the data sheet has it. */
export const GENUINE: Profile = {
  name: 'genuine',
  version: 2.2,
  banner: `ELM327 v2.2 ${SIMULATOR_MARK}`,
  greeting: `ELM327 v2.2 ${SIMULATOR_MARK}`,
  description: `OBDII to RS232 Interpreter, ${SIMULATOR_MARK}`,
  stn: undefined,
  unknown: /^$/,
  ignored: /^$/,
  locksUp: /^$/,
  command: { meanMs: 2, spreadMs: 0.5 },
  resetMs: 620,
  overhead: { meanMs: 2, spreadMs: 0.6 },
  search: { meanMs: 1_700, spreadMs: 200 },
  searchFailsMs: 4_600,
  quietMs: adaptiveMs,
  patienceMs: (timeoutMs) => timeoutMs,
  showsFilling: false,
  latePromptChance: 0,
  latePrompt: { meanMs: 0, spreadMs: 0 },
  glueChance: 0,
  flowLossChance: 0,
  separationMs: 0,
  requestMaxBytes: 8,
  numbersLines: true,
  filtersByDigit: true,
  protocols: /^[0-9A-C]$/,
  initText: { slow: 'BUS INIT: ...OK', fast: 'BUS INIT: OK' },
  reads: (volts) => volts,
  deadBus: 'can-error',
  baud: 38_400,
};

/** The older generation: a little slower, and without what came after it. */
export const GENUINE_1_4: Profile = {
  ...GENUINE,
  name: 'genuine-1.4',
  version: 1.4,
  banner: `ELM327 v1.4b ${SIMULATOR_MARK}`,
  greeting: `ELM327 v1.4b ${SIMULATOR_MARK}`,
  command: { meanMs: 4, spreadMs: 1 },
  overhead: { meanMs: 4, spreadMs: 1 },
  resetMs: 850,
  // Its steps are of 4.096 ms.
  patienceMs: (timeoutMs) => timeoutMs * 1.024,
};
