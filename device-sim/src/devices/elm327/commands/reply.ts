import type { Memory } from '../memory.ts';
import type { Profile } from '../profile.ts';
import type { Header, Settings } from '../settings.ts';

/** What a command can look at. */
export interface Bench {
  readonly profile: Profile;
  readonly settings: Settings;
  readonly memory: Memory;
  readonly baud: number;
  readonly supplyVolts: number;
  readonly ignitionOn: boolean;
  /** `STSLLT`. */
  readonly lastSleep: string;
  readonly lastWake: string;
}

/** What else a command does besides changing settings. */
export type Effect =
  /** The chip starts anew and prints its banner. */
  | { readonly kind: 'reset' }
  /** The same without the lamp test. */
  | { readonly kind: 'warm-start' }
  /** Listens to the bus until a byte comes. */
  | { readonly kind: 'monitor' }
  /** Sleeps without a prompt until a byte comes; `afterS` later. */
  | { readonly kind: 'sleep'; readonly afterS: number }
  /** Goes over to another rate. On trial it says who it is there, and goes back if nobody answers with CR. */
  | { readonly kind: 'baud'; readonly baud: number; readonly onTrial: boolean }
  /** Says nothing any more. */
  | { readonly kind: 'lock-up' }
  /** `STPX`: one request with its own header and patience. */
  | {
      readonly kind: 'request';
      readonly bytes: Uint8Array;
      readonly header: Header | undefined;
      readonly timeoutMs: number | undefined;
      readonly lines: number | undefined;
    };

export interface Reply {
  readonly settings: Settings;
  readonly memory: Memory;
  /** Lines to print; empty where the effect prints. */
  readonly lines: readonly string[];
  readonly effect?: Effect;
}

/** Undefined: the command has this shape and still makes no sense, which is answered with `?`. */
export type Act = (bench: Bench, match: RegExpExecArray) => Reply | undefined;

/** `since`: the version of the command set that knows it first. */
export type Row = readonly [shape: RegExp, act: Act, since?: number];

const OK: readonly string[] = ['OK'];

export const accept: Act = ({ settings, memory }) => ({ settings, memory, lines: OK });

export const set = (change: (match: RegExpExecArray, settings: Settings) => Partial<Settings>): Act => {
  return ({ settings, memory }, match) => ({
    settings: { ...settings, ...change(match, settings) },
    memory,
    lines: OK,
  });
};

export const keep = (change: (match: RegExpExecArray, memory: Memory) => Memory): Act => {
  return ({ settings, memory }, match) => ({ settings, memory: change(match, memory), lines: OK });
};

export const print = (text: (bench: Bench) => string): Act => {
  return (bench) => ({ settings: bench.settings, memory: bench.memory, lines: [text(bench)] });
};

export const does = (effect: Effect, lines: readonly string[] = []): Act => {
  return ({ settings, memory }) => ({ settings, memory, lines, effect });
};

export const hex = (text: string | undefined): number => Number.parseInt(text ?? '0', 16);

/** What the first row whose shape fits makes of the text. */
export const answer = (rows: readonly Row[], bench: Bench, text: string): Reply | undefined => {
  for (const [shape, act, since = 1] of rows) {
    const match = shape.exec(text);
    if (match !== null && bench.profile.version >= since) return act(bench, match);
  }
  return undefined;
};
