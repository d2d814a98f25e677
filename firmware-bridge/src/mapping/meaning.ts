import { formatRatio, parseRatio, signalByName } from '@outpost/schemas/vehicle';
import { asciiBytes, asciiText, type Body, concatBytes } from '@outpost/schemas/words';
import { readMessage } from '../message.ts';
import type { Memo } from './memo.ts';
import { FORMATS, type Format, readPayload } from './payload.ts';
import type { Conversion } from './units.ts';
import { bodyOf, type ValueRule } from './value-rule.ts';

/**
 * The raw bytes of a reading that only the owner's own words explain end with a line that says by which rule: signal,
 * unit, format and JSON pointer (as a fragment, RFC 6901 §6), and for a word `word=value`. Without it the bytes would
 * mean nothing to whoever verifies them.
 */
const MARK = '\r=';

const encoded = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/');

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** `V`, or `V(0.01,0)` where the device's number is not in the unit itself. */
const unitText = ({ unit, scale }: ValueRule): string =>
  scale === undefined ? unit : `${unit}(${formatRatio(scale.factor)},${formatRatio(scale.offset)})`;

const scaleOf = (text: string | undefined): Conversion | undefined => {
  const [factor, offset] = (text ?? '').split(',').map(parseRatio);
  return factor === undefined || offset === undefined ? undefined : { factor, offset };
};

const lineOf = (rule: ValueRule, format: Format, value: unknown): string => {
  const { pointer, signal, words } = rule;
  const word = typeof value === 'object' ? undefined : words?.get(String(value));
  const explained = word === undefined ? '' : ` ${encoded(String(value))}=${word}`;
  return `${signal.name} ${unitText(rule)} ${format}#${encoded(pointer)}${explained}`;
};

const lineBytes = (rule: ValueRule, format: Format, value: unknown): Uint8Array =>
  asciiBytes(`${MARK}${lineOf(rule, format, value)}`);

/** A message with the rule by which its value at hand is what a reading says. */
export const withMeaning = (
  raw: Uint8Array,
  rule: ValueRule,
  format: Format,
  value: unknown,
  memo?: Memo,
): Uint8Array => {
  const make = (): Uint8Array => lineBytes(rule, format, value);
  return concatBytes(raw, rule.words === undefined && memo !== undefined ? memo.lineOf(rule, make) : make());
};

const LINE =
  /^([A-Za-z0-9.]+) ([^\s()]+)(?:\((\S+)\))? (json|text|pairs|list)#([^\s=]*)(?: (\S*)=(-?[\d.e+-]+))?$/;

interface Explained {
  readonly message: Uint8Array;
  readonly format: Format;
  readonly rule: ValueRule;
}

const explain = (raw: Uint8Array): Explained | undefined => {
  const at = asciiText(raw).lastIndexOf(MARK);
  const line = at < 0 ? null : LINE.exec(asciiText(raw.subarray(at + MARK.length)));
  const [, name = '', unit = '', scaling, formatName, fragment = '', word, value] = line ?? [];
  const scale = scaleOf(scaling);
  const signal = signalByName(name);
  const format = FORMATS.find((each) => each === formatName);
  const [pointer, said] = [decoded(fragment), decoded(word ?? '')];
  if (signal === undefined || format === undefined || pointer === undefined || said === undefined)
    return undefined;
  const rule = scale === undefined ? { pointer, signal, unit } : { pointer, signal, unit, scale };
  return {
    message: raw.subarray(0, at),
    format,
    rule: word === undefined ? rule : { ...rule, words: new Map([[said, Number(value)]]) },
  };
};

/** What a message says by the rule behind it; empty where there is none or it says nothing. */
export const bodiesByMeaning = (raw: Uint8Array): readonly Body[] => {
  const explained = explain(raw);
  const message = explained && readMessage(explained.message);
  if (message?.ok !== true) return [];
  const document = readPayload(message.value.payload, explained?.format ?? 'json');
  const body = document.ok && explained !== undefined ? bodyOf(explained.rule, document.value) : undefined;
  return body?.ok === true && body.value !== undefined ? [body.value] : [];
};
