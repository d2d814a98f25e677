import { matchesFilter } from '../mqtt/topic-filter.ts';
import { pathOf } from './json-pointer.ts';
import type { TopicRule } from './mapping.ts';
import type { ValueRule } from './value-rule.ts';

/** What follows from one mapping alone, worked out once. It only spares work: nothing depends on what is in it. */
export interface Memo {
  /** The rules that cover a topic. */
  rulesOf(topic: string): readonly TopicRule[];
  pathOf(rule: ValueRule): readonly string[];
  /** The line behind a rule's readings, for a rule without words: the same for every value. */
  lineOf(rule: ValueRule, make: () => Uint8Array): Uint8Array;
}

/** A device that makes up topics as it goes costs time, not memory. */
const TOPICS_MAX = 256;

export const newMemo = (topics: readonly TopicRule[]): Memo => {
  const rules = new Map<string, readonly TopicRule[]>();
  const paths = new Map<ValueRule, readonly string[]>();
  const lines = new Map<ValueRule, Uint8Array>();
  return {
    rulesOf(topic) {
      const known = rules.get(topic);
      if (known !== undefined) return known;
      const found = topics.filter((rule) => matchesFilter(rule.topic, topic));
      if (rules.size < TOPICS_MAX) rules.set(topic, found);
      return found;
    },
    pathOf(rule) {
      const known = paths.get(rule);
      if (known !== undefined) return known;
      const path = pathOf(rule.pointer);
      paths.set(rule, path);
      return path;
    },
    lineOf(rule, make) {
      const known = lines.get(rule);
      if (known !== undefined) return known;
      const line = make();
      lines.set(rule, line);
      return line;
    },
  };
};
