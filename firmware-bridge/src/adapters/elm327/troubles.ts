/**
 * What the chip prints instead of an answer, by a stable name (ELM327 data sheet, “Error Messages and Alerts”;
 * the same list stands in the Linux driver can327). `encode` prints exactly this text; `decode` also accepts the
 * variants that clones print.
 */
export const TROUBLE_TEXT = {
  'unknown-command': '?',
  'no-data': 'NO DATA',
  'unable-to-connect': 'UNABLE TO CONNECT',
  'bus-init-error': 'BUS INIT: ...ERROR',
  'can-error': 'CAN ERROR',
  'bus-error': 'BUS ERROR',
  'bus-busy': 'BUS BUSY',
  'feedback-error': 'FB ERROR',
  'data-error': 'DATA ERROR',
  'line-data-error': '<DATA ERROR',
  'line-rx-error': '<RX ERROR',
  'buffer-full': 'BUFFER FULL',
  stopped: 'STOPPED',
  'act-alert': 'ACT ALERT',
  'lp-alert': 'LP ALERT',
  'lv-reset': 'LV RESET',
} as const;

export type Trouble = keyof typeof TROUBLE_TEXT;

/** What the dialogue does about it; one action for each text. */
export type TroubleAction =
  /** The command is not known: never ask again. */
  | 'unsupported'
  /** Nobody answered in time: count for that request, back off. */
  | 'unanswered'
  /** No vehicle on the bus: ask only the adapter itself. */
  | 'absent'
  /** The bus does not work: once more, then look for the protocol again. */
  | 'bus'
  /** The reply is damaged: believe nothing of it. */
  | 'damaged'
  /** Our own byte interrupted the request: find the prompt again. */
  | 'stopped'
  /** The chip is about to sleep; the next command keeps it awake. */
  | 'alert'
  /** All settings are lost: start over. */
  | 'reset';

export const TROUBLE_ACTION: Readonly<Record<Trouble, TroubleAction>> = {
  'unknown-command': 'unsupported',
  'no-data': 'unanswered',
  'unable-to-connect': 'absent',
  'bus-init-error': 'absent',
  'can-error': 'bus',
  'bus-error': 'bus',
  'bus-busy': 'bus',
  'feedback-error': 'bus',
  'data-error': 'damaged',
  'line-data-error': 'damaged',
  'line-rx-error': 'damaged',
  'buffer-full': 'damaged',
  stopped: 'stopped',
  'act-alert': 'alert',
  'lp-alert': 'alert',
  'lv-reset': 'reset',
};

const squeeze = (text: string): string => text.replaceAll(' ', '').toUpperCase();

/** Without spaces, because clones differ there; the longest first, because `<DATA ERROR` ends in `DATA ERROR`. */
const SPELLINGS: readonly (readonly [string, Trouble])[] = [
  ...Object.entries(TROUBLE_TEXT).map(([name, text]) => [squeeze(text), name as Trouble] as const),
  ['BUSINIT:ERROR', 'bus-init-error'] as const,
  ['!ACTALERT', 'act-alert'] as const,
].toSorted(([a], [b]) => b.length - a.length);

export interface TroubleLine {
  readonly trouble: Trouble;
  /** What stood before it on the same line: the damaged data, `` where there was none. */
  readonly before: string;
}

const HEX_BEFORE = /^[0-9A-F]*$/;

/**
 * Reads a line that ends in one of the texts; only hex digits may stand before it. Undefined for any other line.
 * `text` is one line without its end.
 */
export const readTrouble = (text: string): TroubleLine | undefined => {
  const squeezed = squeeze(text);
  const found = SPELLINGS.find(
    ([spelling]) =>
      squeezed.endsWith(spelling) && HEX_BEFORE.test(squeezed.slice(0, squeezed.length - spelling.length)),
  );
  if (found === undefined) return undefined;
  const [spelling, trouble] = found;
  return { trouble, before: beforeSuffix(text, spelling.length) };
};

/** Cuts the last `count` characters that are not spaces off, then the spaces. */
const beforeSuffix = (text: string, count: number): string => {
  let end = text.length;
  for (let left = count; left > 0; end -= 1) if (text.charAt(end - 1) !== ' ') left -= 1;
  return text.slice(0, end).trim();
};
