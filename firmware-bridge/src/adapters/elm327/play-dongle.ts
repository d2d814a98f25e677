import { asciiBytes, asciiText } from '@outpost/schemas/words';
import type { FarEnd, Sent } from './rig.ts';

export interface Play {
  /**
   * Replies by command, without spaces: lines joined by `|`, the blank line and the prompt added; a list is gone
   * through and its last one stays. What ends in `~` comes without a prompt; an empty text is no reply at all.
   */
  readonly replies: Readonly<Record<string, string | readonly string[]>>;
  /** For a request that is not listed. */
  readonly otherwise?: string;
  readonly afterMs?: number;
}

/** What a well-behaved chip says to the setup, so that a transcript need only hold what differs. */
export const GOOD_SETUP: Readonly<Record<string, string>> = {
  ATI: 'ELM327 v1.4b',
  ATZ: '|ELM327 v1.4b',
  'AT@1': 'OBDII to RS232 Interpreter',
  ATRV: '12.6V',
  ATDPN: 'A6',
};

/** A car with one control unit: coolant, engine speed, speed, a VIN, no trouble codes. */
export const GOOD_CAR: Readonly<Record<string, string>> = {
  '0100': '7E80641000818000055',
  '0900': '7E80649004000000055',
  '0902': '7E81014490201314434|7E82147503030523535|7E82242313233343536',
  '0105': '7E80341057855555555',
  '010C': '7E804410C1AF8555555',
  '010D': '7E803410D3255555555',
  '03': '7E80243005555555555',
  '07': '7E80247005555555555',
  '0A': '7E8024A005555555555',
};

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
    const lines = (open ? reply.slice(0, -1) : reply).replaceAll('|', '\r');
    return [{ afterMs, bytes: asciiBytes(open ? `${lines}\r` : `${lines}\r\r>`) }];
  };

  return (bytes) => {
    typed += asciiText(bytes);
    if (!typed.endsWith('\r')) return [];
    const command = typed.slice(0, -1);
    typed = '';
    return print(command.startsWith('y') ? '?' : replyTo(command));
  };
};
