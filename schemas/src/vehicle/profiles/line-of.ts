const SPACE = /[\s]/;

/** Where the string that begins at `at` ends, one past its closing quote. */
const endOfString = (text: string, at: number): number => {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return end + 1;
};

const skipSpace = (text: string, at: number): number => {
  let place = at;
  while (place < text.length && SPACE.test(text[place] ?? '')) place += 1;
  return place;
};

/** Where the value that begins at `at` ends. */
const endOfValue = (text: string, at: number): number => {
  let depth = 0;
  for (let place = at; place < text.length; place += 1) {
    const sign = text[place] ?? '';
    if (sign === '"') place = endOfString(text, place) - 1;
    else if (sign === '{' || sign === '[') depth += 1;
    else if (sign === '}' || sign === ']') {
      if (depth === 0) return place;
      depth -= 1;
    } else if (sign === ',' && depth === 0) return place;
  }
  return text.length;
};

/** Where a member of the object or list that begins at `at` has its value; undefined where it is not there. */
const memberAt = (text: string, at: number, part: PropertyKey): number | undefined => {
  const isObject = text[at] === '{';
  let place = skipSpace(text, at + 1);
  for (let index = 0; place < text.length && text[place] !== '}' && text[place] !== ']'; index += 1) {
    let key: PropertyKey = index;
    if (isObject) {
      const end = endOfString(text, place);
      key = JSON.parse(text.slice(place, end)) as string;
      place = skipSpace(text, skipSpace(text, end) + 1);
    }
    if (key === part) return place;
    place = skipSpace(text, endOfValue(text, place));
    if (text[place] === ',') place = skipSpace(text, place + 1);
  }
  return undefined;
};

/**
 * Line, from 1, of what stands at a path in a JSON text that is known to be well-formed; where the path leads
 * to nothing, of the last thing on the way.
 */
export const lineOf = (text: string, path: readonly PropertyKey[]): number => {
  let place = skipSpace(text, 0);
  for (const part of path) {
    const next = memberAt(text, place, part);
    if (next === undefined) break;
    place = next;
  }
  return text.slice(0, place).split('\n').length;
};
