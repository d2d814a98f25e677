import { fail, fault, ok, type Result } from '@outpost/schemas/words';

/**
 * How a payload is read: one JSON value; plain text; a `list` of values between commas; or `key:value` and `key=value` between commas or ampersands, as
 * Freematics' firmware writes them, with `name#` before and `*checksum` behind.
 */
export type Format = 'json' | 'text' | 'pairs' | 'list';

export const FORMATS: readonly Format[] = ['json', 'text', 'pairs', 'list'];

/** A longer payload is no reading of a sensor. */
export const PAYLOAD_MAX_BYTES = 65_536;

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const wrong = (words: string): Result<never> => fail(fault('malformed', 'mapping.payload', 'message', words));

const jsonOf = (text: string): Result<unknown> => {
  try {
    return ok(JSON.parse(text));
  } catch {
    return wrong('its payload is no JSON.');
  }
};

/** The sum of all bytes before the asterisk, modulo 256, in hex. */
const isSumRight = (text: string, at: number): boolean => {
  const sum = new TextEncoder().encode(text.slice(0, at)).reduce((total, byte) => (total + byte) & 0xff, 0);
  return Number.parseInt(text.slice(at + 1), 16) === sum;
};

/** `;` separates the elements of a list. */
const listOf = (value: string): string | readonly string[] =>
  value.includes(';') ? value.split(';') : value;

const pairsOf = (framed: string): Result<unknown> => {
  const pairs = new Map<string, string | readonly string[]>();
  const [tail] = /\*[0-9A-Fa-f]{1,2}\s*$/.exec(framed) ?? [];
  const end = framed.length - (tail?.length ?? 0);
  if (tail !== undefined && !isSumRight(framed, end)) return wrong('its checksum is wrong.');
  const text = framed.slice(0, end).replace(/^[^#,:=&]*#/, '');
  for (const part of text.split(/[,&\n]/)) {
    if (part.trim() === '') continue;
    const [, key = '', value = ''] = /^\s*([^:=]+?)\s*[:=]\s*(.*?)\s*$/.exec(part) ?? [];
    if (key === '') return wrong('its payload is no list of keys and values.');
    if (!pairs.has(key)) pairs.set(key, listOf(value));
  }
  return ok(Object.fromEntries(pairs));
};

/** The value that a payload says, where a JSON pointer can find its way. Faults are `malformed`. */
export const readPayload = (payload: Uint8Array, format: Format): Result<unknown> => {
  if (payload.length > PAYLOAD_MAX_BYTES) {
    return wrong(`its payload has ${payload.length} B; ${PAYLOAD_MAX_BYTES} B are read at most.`);
  }
  let text: string;
  try {
    text = UTF8.decode(payload);
  } catch {
    return wrong('its payload is no UTF-8 text.');
  }
  if (format === 'json') return jsonOf(text);
  if (format === 'list') return ok(text.split(',').map((part) => part.trim()));
  return format === 'pairs' ? pairsOf(text) : ok(text.trim());
};
