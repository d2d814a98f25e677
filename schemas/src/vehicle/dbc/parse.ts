import { fail, fault, ok, type Result } from '../../words/index.ts';
import {
  type Database,
  DBC_LABELS_MAX,
  DBC_MESSAGES_MAX,
  DBC_SIGNALS_MAX,
  DBC_SIGNALS_OF_MESSAGE_MAX,
  DBC_TEXT_MAX_CHARACTERS,
} from './database.ts';
import { type Draft, type MessageLine, newDraft, resolveDraft } from './draft.ts';
import { readSignal } from './read-signal.ts';
import { createReader, type Reader } from './reader.ts';

/** Where Vector's tools keep signals that belong to no message; nothing ever sends it. */
const NO_MESSAGE = 0xc000_0000;

const EXTENDED = 2 ** 31;
const KEY_MAX = 2 ** 32 - 1;

const readMessage = (reader: Reader, draft: Draft): MessageLine | undefined => {
  const { line } = reader;
  const key = reader.integer('the identifier of the message', 0, KEY_MAX);
  const name = reader.word('the name of the message');
  reader.mark(':', `message ${name}`);
  const bytes = reader.integer('the length of the message', 0, 4_095);
  reader.word('the sender');
  if (key === NO_MESSAGE || reader.trouble !== undefined) return undefined;
  const extended = key >= EXTENDED;
  const id = extended ? key - EXTENDED : key;
  const idMax = extended ? 0x1fff_ffff : 0x7ff;
  const words = `its identifier has more than ${extended ? 29 : 11} bits.`;
  const flaw = id > idMax ? { line, words } : undefined;
  if (draft.messages.has(key)) reader.fail(`the identifier of ${name} is there a second time.`, line);
  if (draft.messages.size >= DBC_MESSAGES_MAX) reader.fail(`more than ${DBC_MESSAGES_MAX} messages.`, line);
  const message: MessageLine = { name, id, extended, bytes, flaw, signals: new Map() };
  draft.messages.set(key, message);
  return message;
};

const readSignalOf = (reader: Reader, draft: Draft, message: MessageLine | undefined): void => {
  const line = readSignal(reader, message?.bytes ?? KEY_MAX);
  if (message === undefined || reader.trouble !== undefined) return;
  if (message.signals.has(line.name)) {
    reader.fail(`message ${message.name} has a second signal ${line.name}.`, line.line);
  }
  draft.signals += 1;
  if (draft.signals > DBC_SIGNALS_MAX) reader.fail(`more than ${DBC_SIGNALS_MAX} signals.`, line.line);
  if (message.signals.size >= DBC_SIGNALS_OF_MESSAGE_MAX) {
    reader.fail(`message ${message.name} has more than ${DBC_SIGNALS_OF_MESSAGE_MAX} signals.`, line.line);
  }
  message.signals.set(line.name, line);
};

/** `VAL_ 1024 Gear 0 "P" 1 "R" ;`. Of an environment variable it has no identifier, and is of no use here. */
const readLabels = (reader: Reader, draft: Draft): void => {
  if (reader.peek()?.kind === 'word') {
    skipStatement(reader);
    return;
  }
  const { line } = reader;
  const key = reader.integer('the identifier of the message', 0, KEY_MAX);
  const signal = reader.word('the name of the signal');
  const labels = new Map<bigint, string>();
  while (reader.trouble === undefined && reader.peek()?.kind === 'number') {
    const raw = reader.wide('a value');
    labels.set(raw, reader.string('the meaning of a value, in quotes,'));
    draft.labels += 1;
    if (draft.labels > DBC_LABELS_MAX) reader.fail(`more than ${DBC_LABELS_MAX} meanings of values.`);
  }
  // Often forgotten; what follows begins a section of its own.
  reader.has(';');
  draft.said.push({ kind: 'labels', key, signal, line, labels });
};

/** `SIG_VALTYPE_ 1024 Torque : 1;`: 1 and 2 are IEEE 754 of 32 and 64 bits. */
const readValueType = (reader: Reader, draft: Draft): void => {
  const { line } = reader;
  const key = reader.integer('the identifier of the message', 0, KEY_MAX);
  const signal = reader.word('the name of the signal');
  reader.has(':');
  const type = reader.integer('the type of the value', 0, 3);
  reader.mark(';', 'after the type of the value');
  draft.said.push({ kind: 'float', key, signal, line, float: type === 1 || type === 2 });
};

/** `SG_MUL_VAL_ 1024 Part Selector 1-3, 5-5;`. */
const readRanges = (reader: Reader, draft: Draft): void => {
  const { line } = reader;
  const key = reader.integer('the identifier of the message', 0, KEY_MAX);
  const signal = reader.word('the name of the signal');
  const by = reader.word('the name of the multiplexor');
  const ranges: { from: bigint; to: bigint }[] = [];
  do {
    const from = reader.wide('the first value of a range');
    // `1-3` reads as 1 and −3.
    const to = -reader.wide('the last value of a range, with its minus sign,');
    ranges.push({ from, to });
    if (ranges.length > 1_024) reader.fail('more than 1024 ranges of one signal.', line);
  } while (reader.trouble === undefined && reader.has(','));
  reader.mark(';', 'after the ranges');
  draft.said.push({ kind: 'ranges', key, signal, line, by, ranges });
};

const skipStatement = (reader: Reader): void => {
  while (!reader.ended && !reader.has(';')) reader.skip();
};

const skipLine = (reader: Reader, line: number): void => {
  while (!reader.ended && reader.line === line) reader.skip();
};

/** The list of words under `NS_` names other sections, each alone on its line. */
const skipNewSymbols = (reader: Reader): void => {
  reader.has(':');
  for (;;) {
    const word = reader.peek();
    const next = reader.peek(1);
    if (word?.kind !== 'word' || next?.line === word.line) return;
    reader.skip();
  }
};

const readSection = (
  reader: Reader,
  draft: Draft,
  open: MessageLine | undefined,
): MessageLine | undefined => {
  const { line } = reader;
  const keyword = reader.word('a section, such as BO_,');
  if (keyword === 'BO_') return readMessage(reader, draft);
  if (keyword === 'SG_') readSignalOf(reader, draft, open);
  else if (keyword === 'VAL_') readLabels(reader, draft);
  else if (keyword === 'SIG_VALTYPE_') readValueType(reader, draft);
  else if (keyword === 'SG_MUL_VAL_') readRanges(reader, draft);
  else if (keyword === 'NS_') skipNewSymbols(reader);
  else if (keyword === 'VERSION' || keyword === 'BS_' || keyword === 'BU_') skipLine(reader, line);
  // Comments, attributes, environment variables and what newer tools add: all end with a semicolon.
  else skipStatement(reader);
  return open;
};

/**
 * Reads the text of a DBC file. `where` names the file in faults, which are `misconfigured`, `dbc.file`, carry the
 * line as `file.dbc:12` and say the first thing that is wrong. Sections that describe nothing on the bus are skipped.
 */
export const parseDbc = (text: string, where: string): Result<Database> => {
  if (text.length > DBC_TEXT_MAX_CHARACTERS) {
    const words = `the file has more than ${DBC_TEXT_MAX_CHARACTERS / 2 ** 20} Mi characters.`;
    return fail(fault('misconfigured', 'dbc.file', where, words));
  }
  const reader = createReader(text);
  const draft = newDraft();
  let open: MessageLine | undefined;
  while (!reader.ended) open = readSection(reader, draft, open);
  const { trouble } = reader;
  return trouble === undefined
    ? ok(resolveDraft(draft))
    : fail(fault('misconfigured', 'dbc.file', `${where}:${trouble.line}`, trouble.words));
};
