/** The moments that devices gave to their latest messages, by topic, to know one that comes again. */
export type SeenMoments = ReadonlyMap<string, readonly number[]>;

const TOPICS_MAX = 256;
const MOMENTS_MAX = 16;

export const NO_MOMENTS: SeenMoments = new Map();

export const isSeen = (seen: SeenMoments, topic: string, moment: number): boolean =>
  seen.get(topic)?.includes(moment) === true;

/** Of more topics or moments the oldest is forgotten. */
export const withMoment = (seen: SeenMoments, topic: string, moment: number): SeenMoments => {
  const next = new Map(seen);
  const moments = [...(next.get(topic) ?? []), moment].slice(-MOMENTS_MAX);
  next.delete(topic);
  next.set(topic, moments);
  const [oldest] = next.keys();
  if (next.size > TOPICS_MAX && oldest !== undefined) next.delete(oldest);
  return next;
};
