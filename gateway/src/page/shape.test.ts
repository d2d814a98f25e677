import { describe, expect, it } from 'vitest';
import { checked, checkedQuery, type ObjectShape, type Shape } from './shape.ts';

const wordsOf = (value: unknown, shape: Shape): string => {
  const found = checked(value, shape);
  return found.ok ? 'fine' : found.fault.words;
};

const PERSON = {
  type: 'object',
  properties: {
    name: { type: 'string', minLength: 2, maxLength: 4, pattern: '^[a-z]+$' },
    age: { type: 'integer', minimum: 0, maximum: 150 },
    kind: { type: 'string', enum: ['owner', 'guest'] },
    isHere: { type: 'boolean' },
    scores: { type: 'array', items: { type: 'number' }, maxItems: 2 },
    rest: { description: 'anything' },
  },
  required: ['name'],
  additionalProperties: false,
} as const satisfies ObjectShape;

describe('the shape of what is sent', () => {
  it('lets through what has it', () => {
    const all = { name: 'abc', age: 150, kind: 'guest', isHere: false, scores: [1, -2.5], rest: [{}] };
    expect(checked(all, PERSON)).toEqual({ ok: true, value: all });
    expect(wordsOf({ name: 'ab' }, PERSON)).toBe('fine');
  });

  it.each<[unknown, string]>([
    [{}, '"name" must be a text.'],
    [{ name: 7 }, '"name" must be a text.'],
    [{ name: 'a' }, '"name" must have 2 characters or more.'],
    [{ name: 'abcde' }, '"name" must have 4 characters at most.'],
    [{ name: 'ab1' }, '"name" is not of its form.'],
    [{ name: 'ab', age: '7' }, '"age" must be a number.'],
    [{ name: 'ab', age: 1.5 }, '"age" must be a whole number.'],
    [{ name: 'ab', age: Number.NaN }, '"age" must be a number.'],
    [{ name: 'ab', age: -1 }, '"age" must be 0 or more.'],
    [{ name: 'ab', age: 151 }, '"age" must be 150 at most.'],
    [{ name: 'ab', kind: 'thief' }, '"kind" must be one of owner, guest.'],
    [{ name: 'ab', isHere: 'true' }, '"isHere" must be true or false.'],
    [{ name: 'ab', scores: 1 }, '"scores" must be a list.'],
    [{ name: 'ab', scores: [1, 2, 3] }, '"scores" must have 2 items at most.'],
    [{ name: 'ab', scores: ['1'] }, 'an item of "scores" must be a number.'],
    [{ name: 'ab', more: 1 }, '"more" is not asked for.'],
    [[], 'what was sent must be an object.'],
    [null, 'what was sent must be an object.'],
    [JSON.parse('{"name":"ab","__proto__":{}}'), '"__proto__" is not asked for.'],
  ])('says what is wrong with %j', (value, words) => {
    expect(wordsOf(value, PERSON)).toBe(words);
  });

  it('reads numbers and truth out of a query, and takes no other texts for them', () => {
    const read = (query: string) => checkedQuery(new URLSearchParams(query), PERSON);
    expect(read('name=ab&age=7&isHere=true')).toEqual({
      ok: true,
      value: { name: 'ab', age: 7, isHere: true },
    });
    for (const query of ['name=ab&age=', 'name=ab&age=0x7', 'name=ab&age=1e2', 'name=ab&isHere=1', 'age=7'])
      expect(read(query).ok, query).toBe(false);
  });
});
