const FILTER_MAX_BYTES = 0xff_ff;

/** Whether a text can be subscribed to (MQTT 3.1.1 §4.7): `+` is a whole level, `#` is the last one. */
export const isTopicFilter = (text: string): boolean => {
  if (text === '' || text.includes('\0') || new TextEncoder().encode(text).length > FILTER_MAX_BYTES)
    return false;
  const levels = text.split('/');
  return levels.every(
    (level, at) => level === '+' || (level === '#' ? at === levels.length - 1 : !/[+#]/.test(level)),
  );
};

/** Whether a filter covers a topic. A first wildcard covers no topic that starts with `$` (§4.7.2). */
export const matchesFilter = (filter: string, topic: string): boolean => {
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  const wanted = filter.split('/');
  const levels = topic.split('/');
  for (const [at, want] of wanted.entries()) {
    // `a/#` covers `a` too (§4.7.1.2).
    if (want === '#') return levels.length >= at;
    if (at >= levels.length || (want !== '+' && want !== levels[at])) return false;
  }
  return wanted.length === levels.length;
};
