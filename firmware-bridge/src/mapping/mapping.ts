import type { Body, Fault } from '@outpost/schemas/words';
import { type Message, writeMessage } from '../message.ts';
import { atPath } from './json-pointer.ts';
import { withMeaning } from './meaning.ts';
import { type Memo, newMemo } from './memo.ts';
import { type Format, readPayload } from './payload.ts';
import { bodyOfValue, type ValueRule } from './value-rule.ts';

/** What the messages of the topics that a filter covers say. */
export interface TopicRule {
  readonly topic: string;
  readonly format: Format;
  /** The moment that a message gives itself; becomes `Device.Clock`. */
  readonly time?: ValueRule;
  readonly values: readonly ValueRule[];
}

export interface Mapping {
  readonly topics: readonly TopicRule[];
}

/** One reading that a message holds. */
export interface MappedValue {
  readonly rule: ValueRule;
  readonly body: Body;
  /** The message and the line that says how it is meant. */
  readonly raw: Uint8Array;
}

/** What one message says by a mapping. */
export interface MappedMessage {
  /** False where no rule is for its topic. */
  readonly isMapped: boolean;
  readonly values: readonly MappedValue[];
  /** Places at which the device says that it has no value, or nothing at all. */
  readonly empty: readonly ValueRule[];
  /** What could not be read, and why. */
  readonly faults: readonly Fault[];
  /** The device's own moment, in milliseconds since 1970. */
  readonly clockMs: number | undefined;
}

/** What one topic's rule makes of one payload. */
const readRule = (
  rule: TopicRule,
  frame: Uint8Array,
  payload: Uint8Array,
  memo: Memo,
): Omit<MappedMessage, 'isMapped'> => {
  const [values, empty, faults]: [MappedValue[], ValueRule[], Fault[]] = [[], [], []];
  const document = readPayload(payload, rule.format);
  if (!document.ok) return { values, empty, faults: [document.fault], clockMs: undefined };
  let clockMs: number | undefined;
  for (const each of rule.time === undefined ? rule.values : [rule.time, ...rule.values]) {
    const value = atPath(document.value, memo.pathOf(each));
    const body = bodyOfValue(each, value);
    if (!body.ok) faults.push(body.fault);
    else if (body.value === undefined) empty.push(each);
    else {
      if (each === rule.time && body.value.kind === 'number') clockMs = body.value.mantissa;
      values.push({ rule: each, body: body.value, raw: withMeaning(frame, each, rule.format, value, memo) });
    }
  }
  return { values, empty, faults, clockMs };
};

/** Applies every rule whose topic covers the message's. Pure: the memo, which is the mapping's, only spares work. */
export const applyMapping = (
  { topics }: Mapping,
  message: Message,
  frame?: Uint8Array,
  memo: Memo = newMemo(topics),
): MappedMessage => {
  const rules = memo.rulesOf(message.topic);
  const raw = frame ?? writeMessage(message);
  const [first] = rules;
  if (first !== undefined && rules.length === 1)
    return { isMapped: true, ...readRule(first, raw, message.payload, memo) };
  const read = rules.map((rule) => readRule(rule, raw, message.payload, memo));
  return {
    isMapped: rules.length > 0,
    values: read.flatMap(({ values }) => values),
    empty: read.flatMap(({ empty }) => empty),
    faults: read.flatMap(({ faults }) => faults),
    clockMs: read.find(({ clockMs }) => clockMs !== undefined)?.clockMs,
  };
};
