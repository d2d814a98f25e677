import type { Random } from '../random/sfc32.ts';

/** What is done to a text. */
export const MUTATIONS = ['bit', 'letter', 'cut', 'insert', 'double', 'value', 'swap', 'noise'] as const;
export type Mutation = (typeof MUTATIONS)[number];

/** What stands in for a value: of every kind of JSON, at the edges of numbers, and names that objects have anyway. */
const VALUES = [
  'null',
  'true',
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  '-9e15',
  '""',
  '"0x"',
  '[]',
  '{}',
  '[[]]',
  '{"__proto__":1}',
  '"constructor"',
  '"\\u0000"',
  '"\\ud800"',
  '"did:erc721:137:0xbA5738a18d83D41847dfFbDC6101d37C69c9B0cF:1"',
  '"9999-99-99T99:99:99Z"',
  '"2027-01-15T08:00:00.000000000Z"',
];
const LETTERS = '"\\{}[]:,.-+eE0123456789abcfx=&% \n\t\u0000\u007f\u00fc\u{1f697}';

const pick = <T>(random: Random, from: ArrayLike<T>): T => from[random.whole(from.length)] as T;

const spliced = (text: string, at: number, count: number, by: string): string =>
  text.slice(0, at) + by + text.slice(at + count);

/** A literal, a text or a number of some JSON: where one begins and ends. */
const tokenAt = (text: string, from: number): readonly [number, number] | undefined => {
  const found = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/g;
  found.lastIndex = from;
  const match = found.exec(text);
  return match === null ? undefined : [match.index, match.index + match[0].length];
};

const once: Readonly<Record<Mutation, (text: string, random: Random) => string>> = {
  bit: (text, random) => {
    const at = random.whole(text.length);
    return spliced(text, at, 1, String.fromCharCode(text.charCodeAt(at) ^ (1 << random.whole(7))));
  },
  letter: (text, random) => spliced(text, random.whole(text.length), 1, pick(random, LETTERS)),
  cut: (text, random) => spliced(text, random.whole(text.length), 1 + random.whole(40), ''),
  insert: (text, random) => spliced(text, random.whole(text.length), 0, pick(random, LETTERS)),
  double: (text, random) => {
    const at = random.whole(text.length);
    const part = text.slice(at, at + 1 + random.whole(60));
    return spliced(text, at, 0, part);
  },
  value: (text, random) => {
    const [from, to] = tokenAt(text, random.whole(text.length)) ?? [0, 0];
    return spliced(text, from, to - from, pick(random, VALUES));
  },
  swap: (text, random) => {
    const [from, to] = tokenAt(text, random.whole(text.length)) ?? [0, 0];
    const [other, end] = tokenAt(text, to + random.whole(Math.max(1, text.length - to))) ?? [to, to];
    if (other < to) return spliced(text, from, to - from, '');
    const [one, two] = [text.slice(from, to), text.slice(other, end)];
    return text.slice(0, from) + two + text.slice(to, other) + one + text.slice(end);
  },
  noise: (_, random) =>
    Array.from({ length: random.whole(200) }, () => String.fromCharCode(random.whole(256))).join(''),
};

/** One to three mutations, each drawn alike; never of an empty text. */
export const mutated = (text: string, random: Random, counts: Record<Mutation, number>): string => {
  let changed = text;
  for (let left = 1 + random.whole(3); left > 0; left -= 1) {
    const mutation = pick(random, MUTATIONS);
    counts[mutation] += 1;
    changed = once[mutation](changed === '' ? text : changed, random);
  }
  return changed;
};
