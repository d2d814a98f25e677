import { RETAINED_MAX_BYTES, RETAINED_TOPICS_MAX } from './limits.ts';

/** Which messages may be stored for later subscribers, so that the store of them stays bounded. */
export interface RetainedRoom {
  /** Whether this message may be stored; an empty one takes the stored one away (MQTT 3.1.1 §3.3.1.3). */
  admit(topic: string, bytes: number): boolean;
}

export const newRetainedRoom = (): RetainedRoom => {
  const topics = new Set<string>();
  return {
    admit: (topic, bytes) => {
      if (bytes === 0) {
        topics.delete(topic);
        return true;
      }
      if (bytes > RETAINED_MAX_BYTES) return false;
      if (!topics.has(topic) && topics.size >= RETAINED_TOPICS_MAX) return false;
      topics.add(topic);
      return true;
    },
  };
};
