import type { Profile } from '../profile.ts';
import { SIMULATOR_MARK } from '../wire.ts';
import { adaptiveMs, GENUINE } from './genuine.ts';

const NOT_IN_1_5 = /^(?:CSM[01]|S[01]|FC.*|CTM[15]|IGN|CS|CEA.*|PP.*|D[01]|CV.*|JTM[15]|BRD..|BRT..)$/;

/**
 * The blue plastic one: calls itself v1.5, a version that never existed, takes timing commands and forgets them,
 * knows neither flow control nor printing without spaces, prints the filling of frames, is slow and sometimes late
 * with its prompt, and does not survive `ATTPA0` (ELMduino, issue 69).
 */
export const CLONE: Profile = {
  ...GENUINE,
  name: 'clone',
  version: 1.4,
  banner: `ELM327 v1.5 ${SIMULATOR_MARK}`,
  greeting: `ELM327 v1.5 ${SIMULATOR_MARK}`,
  unknown: NOT_IN_1_5,
  ignored: /^(?:AT[012]|ST..)$/,
  locksUp: /^TPA0$/,
  command: { meanMs: 14, spreadMs: 6 },
  resetMs: 950,
  overhead: { meanMs: 48, spreadMs: 14 },
  search: { meanMs: 3_600, spreadMs: 700 },
  searchFailsMs: 9_000,
  quietMs: () => 95,
  patienceMs: () => 220,
  showsFilling: true,
  latePromptChance: 0.01,
  latePrompt: { meanMs: 260, spreadMs: 110 },
  initText: { slow: 'BUS INIT: OK', fast: 'BUS INIT: OK' },
  reads: (volts) => Math.max(0, volts - 0.2),
  deadBus: 'no-data',
};

/**
 * Calls itself v2.1. Prompts come late more often than not when it is busy, lines run into one another, a request of
 * more than seven bytes is too long for it, and the pin that measures the supply leads nowhere.
 */
export const CLONE_2_1: Profile = {
  ...CLONE,
  name: 'clone-2.1',
  version: 2.2,
  banner: `ELM327 v2.1 ${SIMULATOR_MARK}`,
  greeting: `ELM327 v2.1 ${SIMULATOR_MARK}`,
  unknown: /^(?:CSM[01]|FCS.*|IGN|CEA.*|PP.*|AL|AR|BRD..|BRT..|RTR|CRA)$/,
  ignored: /^(?:AT[12])$/,
  locksUp: /^$/,
  overhead: { meanMs: 26, spreadMs: 9 },
  quietMs: (timeoutMs) => Math.max(60, timeoutMs),
  patienceMs: (timeoutMs) => Math.max(60, timeoutMs),
  showsFilling: false,
  latePromptChance: 0.04,
  latePrompt: { meanMs: 180, spreadMs: 120 },
  glueChance: 0.03,
  requestMaxBytes: 7,
  reads: () => 0,
};

/** Quick over Wi-Fi and cheap where it does not show: every other flow control frame is lost. */
export const CLONE_FAST: Profile = {
  ...CLONE,
  name: 'clone-fast',
  version: 2.2,
  banner: `ELM327 v2.1 ${SIMULATOR_MARK}`,
  greeting: `ELM327 v2.1 ${SIMULATOR_MARK}`,
  unknown: /^(?:CSM[01]|IGN|CEA.*|PP.*|BRD..|BRT..)$/,
  ignored: /^(?:FC.*|CFC.)$/,
  locksUp: /^$/,
  command: { meanMs: 3, spreadMs: 1 },
  overhead: { meanMs: 4, spreadMs: 2 },
  search: { meanMs: 2_100, spreadMs: 300 },
  quietMs: adaptiveMs,
  patienceMs: (timeoutMs) => timeoutMs,
  showsFilling: true,
  latePromptChance: 0,
  flowLossChance: 0.5,
  reads: (volts) => volts,
  baud: 115_200,
};
