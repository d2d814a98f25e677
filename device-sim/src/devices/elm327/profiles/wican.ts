import type { Profile } from '../profile.ts';
import { SIMULATOR_MARK } from '../wire.ts';
import { GENUINE } from './genuine.ts';

/**
 * A WiCAN that plays an ELM327 over Wi-Fi: calls itself an OBDLink that knows no ST command, prints the frames of a
 * long answer without numbers, asks for 10 ms between frames, and has nothing but CAN behind its plug
 * (`meatpiHQ/wican-fw:main/elm327.c`, read for its behaviour).
 */
export const WICAN: Profile = {
  ...GENUINE,
  name: 'wican',
  version: 1.4,
  banner: `OBDLink MX ${SIMULATOR_MARK}`,
  greeting: `ELM327 v1.3a ${SIMULATOR_MARK}`,
  description: `ELM327 v1.3a ${SIMULATOR_MARK}`,
  unknown: /^(?:PP.*|IGN|BRD..|BRT..|CV.*|CEA.*|FT.*|CRA.*X.*)$/,
  ignored: /^$/,
  command: { meanMs: 5, spreadMs: 3 },
  overhead: { meanMs: 7, spreadMs: 4 },
  resetMs: 300,
  search: { meanMs: 700, spreadMs: 150 },
  searchFailsMs: 2_400,
  // It has no adaptive timing: ATAT is answered with OK.
  quietMs: (timeoutMs) => timeoutMs,
  separationMs: 10,
  requestMaxBytes: 7,
  numbersLines: false,
  filtersByDigit: false,
  protocols: /^[06789]$/,
  deadBus: 'no-data',
  baud: 2_000_000,
};
