import type { Clock, Fault } from '@outpost/schemas/words';
import { sentence } from '@outpost/schemas/words';

/** Severities as systemd reads them from a line's `<n>` prefix (sd-daemon(3)). */
const PRIORITY = { error: 3, warning: 4, notice: 5, info: 6 } as const;
export type Severity = keyof typeof PRIORITY;

export interface Log {
  line(severity: Severity, words: string): void;
  fault(fault: Fault): void;
}

export interface LogParts {
  readonly clock: Clock;
  write(line: string): void;
  /** Lines start with a time of their own, or with the priority that systemd's journal understands. */
  readonly style: 'time' | 'systemd';
  /** The same line again within this time is counted, not written. */
  readonly repeatAfterMs: number;
}

const LINE_MAX = 2_000;
const REMEMBERED_MAX = 256;

/** C0 controls and line breaks would let a device write lines of its own into the log. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is searched for
const CONTROL = /[\u0000-\u001f\u007f]/g;

const shown = (words: string): string =>
  words
    .replace(CONTROL, (each) => `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}`)
    .slice(0, LINE_MAX);

/** One line an event, for people; machines read `outpost status --json`. */
export const openLog = ({ clock, write, style, repeatAfterMs }: LogParts): Log => {
  const last = new Map<string, { atMs: number; missed: number }>();

  const line = (severity: Severity, words: string): void => {
    const atMs = Number(clock.mono() / 1_000_000n);
    const before = last.get(words);
    if (before !== undefined && atMs - before.atMs < repeatAfterMs) {
      before.missed += 1;
      return;
    }
    last.delete(words);
    last.set(words, { atMs, missed: 0 });
    const oldest = last.size > REMEMBERED_MAX ? last.keys().next().value : undefined;
    if (oldest !== undefined) last.delete(oldest);
    const again = before !== undefined && before.missed > 0 ? ` (${before.missed} more since)` : '';
    const text = shown(words) + again;
    const when = new Date(Number(clock.wall() / 1_000_000n)).toISOString();
    write(
      style === 'systemd' ? `<${PRIORITY[severity]}>${text}\n` : `${when} ${severity.padEnd(7)} ${text}\n`,
    );
  };

  return {
    line,
    fault: (fault) => line(fault.kind === 'unreachable' ? 'warning' : 'error', sentence(fault)),
  };
};
