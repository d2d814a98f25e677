import { SIMULATOR_MARK } from './wire.ts';

export const PROFILE_NAMES = ['genuine', 'clone'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

export const isProfileName = (text: string): text is ProfileName =>
  (PROFILE_NAMES as readonly string[]).includes(text);

/** A time in milliseconds that scatters evenly around its mean. */
export interface Spread {
  readonly meanMs: number;
  readonly spreadMs: number;
}

/** How one make of dongle differs from another. */
export interface Profile {
  readonly name: ProfileName;
  /** Answer to `ATI` and, after a reset, to `ATZ`. */
  readonly banner: string;
  /** Answer to `AT@1`. */
  readonly description: string;
  /** Adapter commands (after `AT`) that it does not know. */
  readonly unknown: RegExp;
  /** Adapter commands that it accepts and then does nothing about. */
  readonly ignored: RegExp;
  /** From the carriage return to the answer of an adapter command. */
  readonly command: Spread;
  readonly resetMs: number;
  /** What firmware and radio add to each exchange with the car. */
  readonly overhead: Spread;
  readonly search: Spread;
  readonly searchFailsMs: number;
  /** How long it listens for more after the last frame; `timeoutMs` is what `ATST` asks for, 0 to 2 is `ATAT`. */
  readonly quietMs: (timeoutMs: number, adaptive: 0 | 1 | 2) => number;
  /** How long it waits for a first answer. */
  readonly patienceMs: (timeoutMs: number) => number;
  /** With headers on: also the bytes that only fill a single frame up. */
  readonly showsFilling: boolean;
  /** Chance that a prompt comes late, and how late. */
  readonly latePromptChance: number;
  readonly latePrompt: Spread;
  /** What it reads too much or too little at the supply. */
  readonly voltageError: number;
  /** Whether its ignition pin is wired. */
  readonly hasIgnition: boolean;
  /** What it says when the bus is dead. */
  readonly deadBus: 'can-error' | 'no-data';
  readonly baud: number;
}

/** As the data sheet has it. */
const GENUINE: Profile = {
  name: 'genuine',
  banner: `ELM327 v2.2 ${SIMULATOR_MARK}`,
  description: `OBDII to RS232 Interpreter, ${SIMULATOR_MARK}`,
  unknown: /^$/,
  ignored: /^$/,
  command: { meanMs: 2, spreadMs: 0.5 },
  resetMs: 620,
  overhead: { meanMs: 2, spreadMs: 0.6 },
  search: { meanMs: 1_700, spreadMs: 200 },
  searchFailsMs: 4_600,
  quietMs: (timeoutMs, adaptive) => Math.min(timeoutMs, [timeoutMs, 46, 26][adaptive] ?? timeoutMs),
  patienceMs: (timeoutMs) => timeoutMs,
  showsFilling: false,
  latePromptChance: 0,
  latePrompt: { meanMs: 0, spreadMs: 0 },
  voltageError: 0,
  hasIgnition: true,
  deadBus: 'can-error',
  baud: 38_400,
};

/**
 * The blue plastic one: calls itself v1.5, a version that never existed, takes timing commands and forgets them,
 * does not know flow control, prints the filling of frames, is slow and sometimes late with its prompt.
 */
const CLONE: Profile = {
  name: 'clone',
  banner: `ELM327 v1.5 ${SIMULATOR_MARK}`,
  description: `OBDII to RS232 Interpreter, ${SIMULATOR_MARK}`,
  unknown: /^(?:CSM[01]|FC.*|CTM[15]|IGN|CS|CEA.*|PP.*|D[01]|CV.*|JTM[15])$/,
  ignored: /^(?:AT[012]|ST..)$/,
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
  voltageError: -0.2,
  hasIgnition: false,
  deadBus: 'no-data',
  baud: 38_400,
};

export const profileOf = (name: ProfileName): Profile => (name === 'genuine' ? GENUINE : CLONE);
