import { TextEncoder } from 'node:util';
import type { Sent } from '@outpost/firmware-bridge/wires';
import type { Random } from '../random/sfc32.ts';

/** What happens to a reply on its way. The first is nothing; the others are drawn alike. */
export const DAMAGES = [
  'none',
  'flip',
  'flip-byte',
  'delete',
  'insert',
  'drop-line',
  'double-line',
  'swap-lines',
  'foreign-line',
  'header',
  'control-byte',
  'echo-bytes',
  'cut-short',
  'no-prompt',
  'late',
  'late-prompt',
  'early-prompt',
  'extra-prompt',
  'old-reply',
  'error-text',
  'error-suffix',
  'nulls',
] as const;

export type Damage = (typeof DAMAGES)[number];

export interface Reply {
  readonly lines: readonly string[];
  /** Lines of some earlier reply. */
  readonly older: readonly string[];
  /** Digits of the identifier, with spaces where they are printed. */
  readonly headerLength: number;
}

const HEX = '0123456789ABCDEF';
const ERRORS = [
  'NO DATA',
  'CAN ERROR',
  '<DATA ERROR',
  '<RX ERROR',
  'BUFFER FULL',
  'STOPPED',
  '?',
  'BUS BUSY',
  'ACT ALERT',
];

const pick = <T>(random: Random, from: readonly T[]): T | undefined => from[random.whole(from.length)];

const replaceAt = (text: string, at: number, by: string, count = by.length): string =>
  text.slice(0, at) + by + text.slice(at + count);

/** Another hex digit in place of one; any printable character now and then. */
const otherLetter = (random: Random): string =>
  random.whole(8) === 0 ? String.fromCharCode(0x20 + random.whole(0x5f)) : (HEX[random.whole(16)] ?? '0');

const onLine = (
  random: Random,
  lines: readonly string[],
  change: (line: string) => string,
): readonly string[] => {
  const chosen = random.whole(lines.length);
  return lines.map((line, index) => (index === chosen ? change(line) : line));
};

const between = (line: string, from: number, to: number, random: Random): string => {
  const end = Math.min(to, line.length);
  return end <= from ? line : replaceAt(line, from + random.whole(end - from), otherLetter(random));
};

const damagedLines = (
  random: Random,
  damage: Damage,
  { lines, older, headerLength }: Reply,
): readonly string[] => {
  const spaced = lines[0]?.includes(' ') === true;
  const byteLength = spaced ? 3 : 2;
  switch (damage) {
    case 'flip':
      return onLine(random, lines, (line) => between(line, 0, line.length, random));
    case 'delete': {
      const count = 1 + random.whole(4);
      return onLine(random, lines, (line) => replaceAt(line, random.whole(line.length), '', count));
    }
    case 'insert': {
      const more = Array.from({ length: 1 + random.whole(4) }, () => otherLetter(random)).join('');
      return onLine(random, lines, (line) => replaceAt(line, random.whole(line.length + 1), more, 0));
    }
    case 'drop-line': {
      const dropped = random.whole(lines.length);
      return lines.filter((_, index) => index !== dropped);
    }
    case 'double-line': {
      const doubled = random.whole(lines.length);
      return lines.flatMap((line, index) => (index === doubled ? [line, line] : [line]));
    }
    case 'swap-lines':
      return lines.toReversed();
    case 'foreign-line':
      return lines.toSpliced(random.whole(lines.length + 1), 0, pick(random, older) ?? 'OK');
    case 'header':
      return onLine(random, lines, (line) => between(line, 0, headerLength, random));
    case 'control-byte':
      return onLine(random, lines, (line) => between(line, headerLength, headerLength + byteLength, random));
    case 'echo-bytes':
      return onLine(random, lines, (line) =>
        between(line, headerLength + byteLength, headerLength + 3 * byteLength, random),
      );
    case 'old-reply':
      return older;
    case 'error-text':
      return lines.toSpliced(random.whole(lines.length + 1), 0, pick(random, ERRORS) ?? '?');
    case 'error-suffix':
      return onLine(
        random,
        lines,
        (line) => `${line.slice(0, random.whole(line.length + 1))}${pick(random, ERRORS)}`,
      );
    // What happens to the bytes, or to their time.
    case 'none':
    case 'flip-byte':
    case 'nulls':
    case 'cut-short':
    case 'no-prompt':
    case 'late':
    case 'late-prompt':
    case 'early-prompt':
    case 'extra-prompt':
      return lines;
  }
};

const encoder = new TextEncoder();

/** Bytes that are no ASCII, or NULs between the letters. */
const damagedBytes = (random: Random, damage: Damage, text: string): Uint8Array => {
  const bytes = encoder.encode(text);
  if (damage === 'flip-byte' && bytes.length > 0) {
    const at = random.whole(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.whole(8));
  }
  if (damage !== 'nulls') return bytes;
  return Uint8Array.from([...bytes].flatMap((byte) => (random.whole(6) === 0 ? [0, byte] : [byte])));
};

/** Beyond the time-out of every request. */
const LATE_MS = 4_000;

/** So many of the damaged replies are damaged in two ways at once. */
const TWICE_SHARE = 0.2;

const linesOf = (random: Random, damage: Damage, reply: Reply): readonly string[] => {
  const once = damagedLines(random, damage, reply);
  if (damage === 'none' || once.length === 0 || random.unit() >= TWICE_SHARE) return once;
  return damagedLines(random, pick(random, DAMAGES) ?? 'none', { ...reply, lines: once });
};

/** The reply as it arrives, in one to three pieces. */
export const sendDamaged = (random: Random, damage: Damage, reply: Reply): readonly Sent[] => {
  const body = linesOf(random, damage, reply)
    .map((line) => `${line}\r`)
    .join('');
  const prompt = damage === 'no-prompt' ? '\r' : damage === 'extra-prompt' ? '\r>\r>' : '\r>';
  const afterMs = 1 + random.whole(20);
  if (damage === 'late') return [{ afterMs: LATE_MS, bytes: encoder.encode(`${body}${prompt}`) }];
  if (damage === 'late-prompt') {
    return [
      { afterMs, bytes: encoder.encode(body) },
      { afterMs: LATE_MS, bytes: encoder.encode(prompt) },
    ];
  }
  if (damage === 'early-prompt') {
    return [
      { afterMs, bytes: encoder.encode('\r>') },
      { afterMs: afterMs + random.whole(300), bytes: encoder.encode(`${body}${prompt}`) },
    ];
  }
  const bytes = damagedBytes(random, damage, `${body}${prompt}`);
  const whole = damage === 'cut-short' ? bytes.subarray(0, random.whole(bytes.length)) : bytes;
  const cut = random.whole(whole.length + 1);
  return [
    { afterMs, bytes: whole.slice(0, cut) },
    { afterMs: afterMs + random.whole(3), bytes: whole.slice(cut) },
  ];
};
