import { asciiBytes, asciiText } from '@outpost/schemas/words';
import type { FarEnd, Sent } from '../../testing/rig.ts';

export interface Play {
  /**
   * Replies by command, without spaces: lines joined by `|`, the blank line and the prompt added; a list is gone
   * through and its last one stays. `{500}` waits so many milliseconds; what ends in `~` comes without a prompt; an
   * empty text is no reply at all.
   */
  readonly replies: Readonly<Record<string, string | readonly string[]>>;
  /** For a request that is not listed. */
  readonly otherwise?: string;
  readonly afterMs?: number;
}

/** What a well-behaved chip says to the setup, so that a transcript need only hold what differs. */
export const GOOD_SETUP: Readonly<Record<string, string>> = {
  y: '?',
  STI: '?',

  ATI: 'ELM327 v1.4b',
  ATZ: '|ELM327 v1.4b',
  'AT@1': 'OBDII to RS232 Interpreter',
  ATRV: '12.6V',
  ATDPN: 'A6',
};

/** The line of a short answer: its length before it, filled up with 55 as the control unit of these tests does. */
export const line = (payload: string, header = '7E8'): string =>
  `${header}0${payload.length / 2}${payload}`.padEnd(header.length + 16, '5');

/** The lines of a long answer, an identification number. */
export const vinLines = (hex: string, header = '7E8'): string =>
  [`1014490201${hex.slice(0, 6)}`, `21${hex.slice(6, 20)}`, `22${hex.slice(20)}`]
    .map((bytes) => `${header}${bytes}`)
    .join('|');

/** 1D4GP00R55B123456, the example of the ELM327 data sheet. */
export const GOOD_VIN = '3144344750303052353542313233343536';

/** A car with one control unit: coolant 80 °C, 1,726 rpm, 50 km/h, a VIN, no trouble codes. */
export const GOOD_CAR = {
  '0100': line('410008180000'),
  '0900': line('490040000000'),
  '0902': vinLines(GOOD_VIN),
  '0105': line('410578'),
  '010C': line('410C1AF8'),
  '010D': line('410D32'),
  '03': line('4300'),
  '07': line('4700'),
  '0A': line('4A00'),
} as const;

/** Plays transcripts: a table of replies instead of a simulator, for tests of single situations. */
export const playDongle = ({ replies, otherwise = 'NO DATA', afterMs = 5 }: Play): FarEnd => {
  const uses = new Map<string, number>();
  let typed = '';

  const replyTo = (command: string): string => {
    const row = replies[command];
    if (typeof row === 'string') return row;
    if (row !== undefined) {
      const use = uses.get(command) ?? 0;
      uses.set(command, use + 1);
      return row[Math.min(use, row.length - 1)] ?? '';
    }
    const listed = GOOD_SETUP[command];
    if (listed !== undefined) return listed;
    return command.startsWith('AT') ? 'OK' : otherwise;
  };

  const print = (reply: string): readonly Sent[] => {
    if (reply === '') return [];
    const open = reply.endsWith('~');
    const whole = open ? `${reply.slice(0, -1)}|` : `${reply}||>`;
    let waitedMs = afterMs;
    return whole.split(/\{(\d+)\}/).flatMap((part, index) => {
      if (index % 2 === 0) return [{ afterMs: waitedMs, bytes: asciiBytes(part.replaceAll('|', '\r')) }];
      waitedMs += Number(part);
      return [];
    });
  };

  return (bytes) => {
    typed += asciiText(bytes);
    if (!typed.endsWith('\r')) return [];
    const command = typed.slice(0, -1);
    typed = '';
    // A chip takes the nudge for the first letter of the next command, and knows no such command.
    return print(replyTo(command.startsWith('y') ? 'y' : command));
  };
};
