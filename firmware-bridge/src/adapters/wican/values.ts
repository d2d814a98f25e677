import type { Body, Fault } from '@outpost/schemas/words';
import { atPointer, bodyOfValue, pointerTo, type ValueRule, withMeaning } from '../../mapping/index.ts';
import { knownRule } from './names.ts';
import type { WicanOptions } from './options.ts';

/** What one message of parameters says. */
export interface Values {
  readonly said: readonly { readonly body: Body; readonly raw: Uint8Array }[];
  readonly faults: readonly Fault[];
  /** Names that have no signal. */
  readonly unknown: readonly string[];
}

const lastLevel = (topic: string): string => topic.slice(topic.lastIndexOf('/') + 1);

/** A bare number is the parameter that its topic ends with. */
const namesIn = (topic: string, document: unknown): readonly (readonly [name: string, pointer: string])[] =>
  typeof document === 'object' && document !== null && !Array.isArray(document)
    ? Object.keys(document).map((name) => [name, pointerTo(name)])
    : [[lastLevel(topic), '']];

/** A document has so many parameters at most; more are not looked at. */
const NAMES_MAX = 512;

export const readValues = (
  { signals }: WicanOptions,
  topic: string,
  document: unknown,
  frame: Uint8Array,
): Values => {
  const said: { body: Body; raw: Uint8Array }[] = [];
  const [faults, unknown]: [Fault[], string[]] = [[], []];
  for (const [name, pointer] of namesIn(topic, document).slice(0, NAMES_MAX)) {
    const named = signals.get(name) ?? knownRule(name);
    if (named === undefined) {
      unknown.push(name);
      continue;
    }
    const rule: ValueRule = { ...named, pointer };
    const value = atPointer(document, pointer);
    const body = bodyOfValue(rule, value);
    if (!body.ok) faults.push(body.fault);
    else if (body.value !== undefined)
      said.push({ body: body.value, raw: withMeaning(frame, rule, 'json', value) });
  }
  return { said, faults, unknown };
};
