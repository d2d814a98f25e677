/** A station's identifiers as 16 digits of lower-case hex. */

const HEX = /^[0-9a-f]{16}$/;
const DASHED = /^[0-9a-f]{2}([-:][0-9a-f]{2}){7}$/;
const GROUP = /^[0-9a-f]{1,4}$/;
const GROUPS = 4;

const groupsOf = (text: string): readonly string[] | undefined => {
  if (text === '') return [];
  const groups = text.split(':');
  return groups.every((group) => GROUP.test(group)) ? groups : undefined;
};

/** ID6, the notation of Basics Station: four groups, one run of zeroes as `::`. */
const readId6 = (text: string): string | undefined => {
  const [head = '', tail, more] = text.split('::');
  if (more !== undefined) return undefined;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === undefined || after === undefined) return undefined;
  const missing = GROUPS - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined;
  const groups = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  return groups.map((group) => group.padStart(4, '0')).join('');
};

/** `b827:ebff:fe72:e3bb`, `::1`, `B8-27-EB-FF-FE-72-E3-BB`, `b827ebfffe72e3bb`, or a number. Undefined where it is none. */
export const readIdentifier = (value: unknown): string | undefined => {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) {
    const text = BigInt(value).toString(16);
    return value >= 0 && text.length <= 16 ? text.padStart(16, '0') : undefined;
  }
  if (typeof value !== 'string') return undefined;
  const text = value.toLowerCase();
  if (HEX.test(text)) return text;
  if (DASHED.test(text)) return text.replace(/[-:]/g, '');
  return readId6(text);
};
