/** Levels of a JSON text that are looked into; a profile has seven. */
const DEPTH_MAX = 64;

const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** Where a match at exactly this place ends; undefined where there is none. */
const endOf = (pattern: RegExp, text: string, at: number): number | undefined => {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
};

/** Where the text stops being JSON. */
interface Broken {
  readonly brokenAt: number;
}

const afterSpace = (text: string, at: number): number => endOf(SPACE, text, at) ?? at;

const members = (text: string, at: number, depth: number): number | Broken => {
  const isObject = text[at] === '{';
  const close = isObject ? '}' : ']';
  let place = afterSpace(text, at + 1);
  if (text[place] === close) return place + 1;
  for (;;) {
    if (isObject) {
      const key = endOf(STRING, text, place);
      if (key === undefined) return { brokenAt: place };
      place = afterSpace(text, key);
      if (text[place] !== ':') return { brokenAt: place };
      place = afterSpace(text, place + 1);
    }
    const end = value(text, place, depth + 1);
    if (typeof end !== 'number') return end;
    place = afterSpace(text, end);
    if (text[place] === close) return place + 1;
    if (text[place] !== ',') return { brokenAt: place };
    place = afterSpace(text, place + 1);
  }
};

const value = (text: string, at: number, depth: number): number | Broken => {
  const sign = text[at];
  if (sign === '{' || sign === '[') return depth < DEPTH_MAX ? members(text, at, depth) : { brokenAt: at };
  return endOf(sign === '"' ? STRING : SCALAR, text, at) ?? { brokenAt: at };
};

/** Line, from 1, of the first character that JSON (RFC 8259) does not allow where it stands. */
export const brokenLineOf = (text: string): number => {
  const end = value(text, afterSpace(text, 0), 0);
  const place = typeof end === 'number' ? afterSpace(text, end) : end.brokenAt;
  return text.slice(0, place).split('\n').length;
};
