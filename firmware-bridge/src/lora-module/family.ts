import type { Body } from '@outpost/schemas/words';
import type { Codec } from '../wire.ts';
import type { HeardFrame } from './reception.ts';
import type { Tuned } from './settings.ts';

/** One wish of the module, asked until it is answered. */
export interface Ask<Command> {
  /** Asked first: an answer that says it is so already spares the module the setting (and its flash a write). */
  readonly query?: Command;
  /** Ways to say it, by firmware; the next is tried where one is refused. */
  readonly spellings: readonly [Command, ...Command[]];
  /** How long an answer may take. */
  readonly withinMs: number;
  /** Where every spelling is refused or nothing is answered, it is gone without. */
  readonly optional?: true;
  /** Said once only, also where nothing is answered: what it does must not happen twice. */
  readonly once?: true;
  /** After the answer nothing is sent for so long, and that the module starts anew is no surprise. */
  readonly settleMs?: number;
  /** Nothing answers this; it is done after `withinMs`. */
  readonly unanswered?: true;
}

/**
 * What is done about an answer that is an error:
 *
 * - `next-spelling`: the firmware does not know this way to say it, another is tried;
 * - `again`: it is busy for a moment, the same is asked once more after a pause;
 * - `stop-first`: it is receiving; receiving is stopped, then the same is asked again;
 * - `set-up`: it forgot what it was set to, everything is set anew.
 */
export type ErrorAction = 'next-spelling' | 'again' | 'stop-first' | 'set-up';

/** What one event means to the dialogue. */
export type Meaning =
  /** What was asked is done; `holds`: what a query found, where nothing said it before. */
  | { readonly kind: 'answer'; readonly holds?: boolean }
  /** An echo, a line of a greeting, a line before the answer; `holds` is kept until the answer itself comes. */
  | { readonly kind: 'aside'; readonly holds?: boolean }
  | { readonly kind: 'refusal'; readonly code: string; readonly action: ErrorAction }
  /** A part of a reception; `answers` where it is at the same time what was asked for. */
  | { readonly kind: 'piece'; readonly answers?: true }
  /** It does not receive any more and has to be told to. */
  | { readonly kind: 'idle' }
  /** It started by itself. */
  | { readonly kind: 'restarted' }
  /** Says something that is no reception: `tell` knows what. */
  | { readonly kind: 'tells'; readonly answers?: true }
  | { readonly kind: 'not-wanted'; readonly reason: string };

/** What pieces make together. */
export type Joined<Command> =
  | { readonly kind: 'whole'; readonly frame: HeardFrame }
  /** `frame`: what they make if nothing more comes. `ask`: what brings the next piece. */
  | { readonly kind: 'part'; readonly frame?: HeardFrame; readonly ask?: Ask<Command> }
  /** The last piece does not belong to those before it. */
  | { readonly kind: 'apart' };

/** How a frame is sent by a module that can send one as it is given. */
export interface FrameSending<Command> {
  /** The airtime comes on top of its `withinMs`. */
  ask(phy: Uint8Array): Ask<Command>;
  /** Most bytes of one frame. */
  readonly maxBytes: number;
  /** Bytes that the module itself puts before each frame. */
  readonly addedBytes: number;
}

/** What one family of modules has of its own; the dialogue is `module-session.ts`. */
export interface Family<Command, Event> {
  /** As the configuration names it; also the first word of its faults. */
  readonly name: string;
  readonly codec: Codec<Command, Event>;
  /** Rates of the line, the usual one first. */
  readonly rates: readonly [number, ...number[]];
  /** From an unknown state to a radio that is set. Asked at the start, after a silence, and whenever the module forgot. */
  readonly setUp: readonly Ask<Command>[];
  /** Makes it receive; asked after `setUp`, and whenever it does not receive any more. */
  readonly arm?: Ask<Command>;
  /** Ends receiving, where a module has to be told before anything else. */
  readonly stop?: Ask<Command>;
  /** Starts the module anew, where it does not answer any more; then the port is given up. */
  readonly reset?: Ask<Command>;
  readonly sending?: FrameSending<Command>;
  /** Receiving ends with each frame. */
  readonly oneShot: boolean;
  /** What it was set to; undefined where nobody here set it. */
  readonly tuned: Tuned | undefined;
  /** How long a part of a reception waits for the rest. */
  readonly pieceWaitsMs: number;
  /** Says nothing for so long: it is set up again, which also finds one that is gone. Undefined: it cannot be asked. */
  readonly checkAfterMs: number | undefined;
  read(event: Event, asked: Command | undefined): Meaning;
  join(pieces: readonly Event[]): Joined<Command>;
  /** What an event says by itself, for `tells`; said once a connection where it stays the same. */
  tell(event: Event): readonly Body[];
  /** Whether this event shows that only a simulator plays the module. */
  isSimulator(event: Event): boolean;
}

/** What our own simulator has in its name or version; nothing else does. */
export const SIMULATOR_MARK = 'Outpost simulator';
