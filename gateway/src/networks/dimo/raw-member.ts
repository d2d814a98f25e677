/**
 * Where the text of a member of a JSON object begins and ends, for texts that parse. Signatures are over the bytes as
 * they stand, which parsing and writing again would not give back. Undefined where the text is no object with it. Where
 * a name stands twice it is the last, as parsers have it.
 */
export const rawMember = (text: string, name: string): string | undefined => {
  let depth = 0;
  let inText = false;
  let key: string | undefined;
  let keyStart = 0;
  let valueStart = -1;
  let found: string | undefined;
  const end = (at: number): void => {
    if (depth === 1 && key === name && valueStart >= 0) found = text.slice(valueStart, at).trim();
    if (depth === 1) [key, valueStart] = [undefined, -1];
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at);
    if (inText) {
      if (letter === '\\') at += 1;
      else if (letter === '"') {
        inText = false;
        if (depth === 1 && valueStart < 0) key = JSON.parse(text.slice(keyStart, at + 1)) as string;
      }
    } else if (letter === '"') {
      inText = true;
      keyStart = at;
    } else if (letter === ':' && depth === 1 && valueStart < 0) valueStart = at + 1;
    else if (letter === '{' || letter === '[') depth += 1;
    else if (letter === ',') end(at);
    else if (letter === '}' || letter === ']') {
      end(at);
      depth -= 1;
    }
  }
  return found;
};
