import { useEffect, useState } from 'preact/hooks';

/** Something that what is shown may depend on. */
export interface Topic {
  /** Shows it anew with the next frame, however often it is called until then. */
  changed(): void;
  listen(listener: () => void): () => void;
}

/** Topics that change together are shown together: one pass for each frame of the screen, none while nobody looks. */
export const createTopics = (): (() => Topic) => {
  const dirty = new Set<Set<() => void>>();
  const show = (): void => {
    const all = [...dirty];
    dirty.clear();
    for (const listeners of all) for (const listener of listeners) listener();
  };
  return () => {
    const listeners = new Set<() => void>();
    return {
      changed: () => {
        if (dirty.size === 0) requestAnimationFrame(show);
        dirty.add(listeners);
      },
      listen: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    };
  };
};

/** Follows it while `isWanted`; what has changed meanwhile is shown when it is wanted again. */
export const useTopic = (topic: Topic, isWanted = true): void => {
  const [, turn] = useState(0);
  useEffect(
    () => (isWanted ? topic.listen(() => turn((before) => before + 1)) : undefined),
    [topic, isWanted],
  );
};
