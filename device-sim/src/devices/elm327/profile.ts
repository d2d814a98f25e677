import { CLONE, CLONE_2_1, CLONE_FAST } from './profiles/clones.ts';
import { GENUINE, GENUINE_1_4 } from './profiles/genuine.ts';
import { STN, STN_2120 } from './profiles/stn.ts';
import { WICAN } from './profiles/wican.ts';

/** A time in milliseconds that scatters evenly around its mean. */
export interface Spread {
  readonly meanMs: number;
  readonly spreadMs: number;
}

export interface StnChip {
  /** `STI`. */
  readonly firmware: string;
  /** `STDI`. */
  readonly device: string;
  /** `STSN`. */
  readonly serial: string;
  readonly baudMax: number;
}

/** How one make of dongle differs from another. */
export interface Profile {
  readonly name: string;
  /** Of the command set: commands that came later are answered with `?`. */
  readonly version: number;
  /** Answer to `ATI`. */
  readonly banner: string;
  /** Answer to `ATZ`, where it is another. */
  readonly greeting: string;
  /** Answer to `AT@1`. */
  readonly description: string;
  readonly stn: StnChip | undefined;
  /** Adapter commands (after `AT`) that it does not know. */
  readonly unknown: RegExp;
  /** Adapter commands that it accepts and then does nothing about. */
  readonly ignored: RegExp;
  /** After these it answers nothing any more until it is unplugged. */
  readonly locksUp: RegExp;
  /** From the carriage return to the answer of an adapter command. */
  readonly command: Spread;
  readonly resetMs: number;
  /** What firmware and radio add to each exchange with the car. */
  readonly overhead: Spread;
  readonly search: Spread;
  readonly searchFailsMs: number;
  /**
   * How long it listens for more after the last frame. `timeoutMs` is what `ATST` asks for, 0 to 2 is `ATAT`,
   * `rhythmMs` the longest wait for a frame that it has got used to.
   */
  readonly quietMs: (timeoutMs: number, adaptive: 0 | 1 | 2, rhythmMs: number) => number;
  /** How long it waits for a first answer. */
  readonly patienceMs: (timeoutMs: number) => number;
  /** With headers on: also the bytes that only fill a single frame up. */
  readonly showsFilling: boolean;
  /** Chance that a prompt comes late, and how late. */
  readonly latePromptChance: number;
  readonly latePrompt: Spread;
  /** Chance that carriage returns are missing between lines and before the prompt. */
  readonly glueChance: number;
  /** Chance that its flow control does not reach the car, which then stops after the first frame. */
  readonly flowLossChance: number;
  /** Least time that its flow control asks for between frames. */
  readonly separationMs: number;
  /** A request to the car with more bytes is answered with `?`, the control byte counted where it is typed. */
  readonly requestMaxBytes: number;
  /** Long answers without headers: `0: 49 02 …` under their length, or the bare bytes of each frame. */
  readonly numbersLines: boolean;
  /** `ATCRA 7EX`. */
  readonly filtersByDigit: boolean;
  /** The protocols that it speaks. */
  readonly protocols: RegExp;
  /** What it prints when a K line has woken. */
  readonly initText: { readonly slow: string; readonly fast: string };
  /** What it makes of the volts at its plug. */
  readonly reads: (volts: number, ignitionOn: boolean) => number;
  /** What it says when the bus is dead. */
  readonly deadBus: 'can-error' | 'no-data';
  readonly baud: number;
}

const PROFILES = {
  genuine: GENUINE,
  'genuine-1.4': GENUINE_1_4,
  clone: CLONE,
  'clone-2.1': CLONE_2_1,
  'clone-fast': CLONE_FAST,
  stn: STN,
  'stn-2120': STN_2120,
  wican: WICAN,
} as const;

export type ProfileName = keyof typeof PROFILES;

export const PROFILE_NAMES: readonly ProfileName[] = Object.keys(PROFILES) as ProfileName[];

export const isProfileName = (text: string): text is ProfileName => Object.hasOwn(PROFILES, text);

export const profileOf = (name: ProfileName): Profile => PROFILES[name];
