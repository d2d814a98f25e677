export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly line: number }
  | { readonly kind: 'number'; readonly text: string; readonly line: number }
  | { readonly kind: 'string'; readonly text: string; readonly line: number }
  /** One character that is none of these: `:` `|` `@` `+` `-` `(` `)` `[` `]` `,` `;`. */
  | { readonly kind: 'mark'; readonly text: string; readonly line: number };

/** A cursor over the tokens of a text. `peek` and `next` give undefined at the end. */
export interface Scanner {
  /** Line up to which the text was read. */
  readonly line: number;
  peek(ahead?: number): Token | undefined;
  next(): Token | undefined;
}

const WORD = /[A-Za-z_]\w*/y;
const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const SPACE = /[\s\0]+/y;
const STRING = /"(?:[^"\\]|\\[\s\S])*"/y;

const newlines = (text: string, from: number, to: number): number => {
  let count = 0;
  for (let at = text.indexOf('\n', from); at !== -1 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};

/**
 * Tokens of a DBC file, made one after the other as they are asked for. A string may run over several lines; one
 * that never ends is a mark `"` on the line where it began.
 */
export const scan = (text: string): Scanner => {
  let at = 0;
  let line = 1;
  const ahead: Token[] = [];

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) at += found.length;
    return found;
  };

  const read = (): Token | undefined => {
    const before = at;
    take(SPACE);
    line += newlines(text, before, at);
    if (at >= text.length) return undefined;
    const here = line;
    const word = take(WORD);
    if (word !== undefined) return { kind: 'word', text: word, line: here };
    const number = take(NUMBER);
    if (number !== undefined) return { kind: 'number', text: number, line: here };
    const from = at;
    const string = take(STRING);
    if (string !== undefined) {
      line += newlines(text, from, at);
      return { kind: 'string', text: string.slice(1, -1).replaceAll(/\\(["\\])/g, '$1'), line: here };
    }
    at += 1;
    return { kind: 'mark', text: text[from] ?? '', line: here };
  };

  return {
    get line() {
      return line;
    },
    peek: (distance = 0) => {
      while (ahead.length <= distance) {
        const token = read();
        if (token === undefined) return undefined;
        ahead.push(token);
      }
      return ahead[distance];
    },
    next: () => ahead.shift() ?? read(),
  };
};
