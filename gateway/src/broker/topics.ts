/** Topic filters (MQTT 3.1.1 §4.7): `+` stands for one level, `#` for all that follow. */

const LEVELS_MAX = 32;
const FILTER_MAX_CHARS = 256;

/** Whether a text is a filter that may be given to a device: bounded, no reserved topic, wildcards only as whole levels. */
export const isFilter = (text: string): boolean => {
  if (text === '' || text.length > FILTER_MAX_CHARS || text.startsWith('$') || text.includes('\0'))
    return false;
  const levels = text.split('/');
  return (
    levels.length <= LEVELS_MAX &&
    levels.every(
      (level, at) => level === '+' || (level === '#' ? at === levels.length - 1 : !/[+#]/.test(level)),
    )
  );
};

/** Whether whatever `filter` matches is matched by `allowed` too; a topic is a filter without wildcards. */
export const covers = (allowed: string, filter: string): boolean => {
  // A first wildcard matches no topic that starts with `$` (§4.7.2), and such a topic is given to nobody here.
  if (filter.startsWith('$')) return false;
  const [wide, narrow] = [allowed.split('/'), filter.split('/')];
  for (let at = 0; at < wide.length; at += 1) {
    const level = wide[at];
    if (level === '#') return true;
    const other = narrow[at];
    if (other === undefined || other === '#') return false;
    if (level !== '+' && level !== other) return false;
  }
  // `a/+` covers neither `a/+/b` nor `a/#`; and `a/b/#` matches `a/b` itself, so `a/b` does not cover it.
  return wide.length === narrow.length;
};

/** `a/#` matches `a` too (§4.7.1.2); as a device's own topics that makes one exception of the rule above. */
export const coversAny = (allowed: readonly string[], filter: string): boolean =>
  allowed.some((each) => covers(each, filter) || each === `${filter}/#`);

/** Whether there is a topic that both match. */
export const overlap = (one: string, other: string): boolean => {
  const [a, b] = [one.split('/'), other.split('/')];
  for (let at = 0; ; at += 1) {
    const [x, y] = [a[at], b[at]];
    if (x === '#' || y === '#') return true;
    if (x === undefined || y === undefined) {
      // `a/#` matches `a` too (§4.7.1.2).
      return x === y;
    }
    if (x !== '+' && y !== '+' && x !== y) return false;
  }
};
