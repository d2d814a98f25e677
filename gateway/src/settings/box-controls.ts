import type { Sessions } from '../page/logins.ts';
import type { Attached } from './attached.ts';

/** What another program, or this one in a process of its own, said and how it ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** What the owner may do with the whole box from its page; only a gateway that a command runs has it. */
export interface BoxControls {
  readonly configPath: string;
  /** Ends this run in order and begins the next with what the configuration says then. */
  restart(): void;
  /** Who has logged in on the page, over restarts. */
  readonly sessions: Sessions;
  /** The newest lines of the log, oldest first. */
  lines(): readonly string[];
  /** What is plugged into the box, as it comes and goes. */
  readonly attached: Attached;
  /** Runs a command of this program in a process of its own, so that nothing that it loads stays in this one. */
  outpost(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ran>;
}
