/** Deaths at one place after which the task steps around it. */
export const DEATHS_MAX = 3;
/** Places with deaths that are remembered, and places that are stepped around; beyond it the oldest is forgotten. */
export const PLACES_MAX = 256;

/**
 * Where a task was when it died: an input of a device, an offset of the journal. Lives longer than the task, so that
 * the third death at one place can be told from three at different ones.
 */
export interface Suspects<Place> {
  /** The task works on this from here on, until the next call; undefined: on nothing in particular. */
  at(place: Place | undefined): void;
  /** Counts a death. Gives the place where it was the third: from now on that is given up. */
  died(): Place | undefined;
  isGivenUp(place: Place): boolean;
}

/** @param keyOf a text that is the same for the same place */
export const newSuspects = <Place>(keyOf: (place: Place) => string): Suspects<Place> => {
  const deaths = new Map<string, number>();
  const givenUp = new Set<string>();
  let present: Place | undefined;

  const forgetOldest = (places: {
    keys(): Iterator<string>;
    delete(key: string): boolean;
    size: number;
  }): void => {
    const oldest = places.size > PLACES_MAX ? places.keys().next() : undefined;
    if (oldest?.done === false) places.delete(oldest.value);
  };

  return {
    at(place) {
      present = place;
    },
    died() {
      const place = present;
      present = undefined;
      if (place === undefined) return undefined;
      const key = keyOf(place);
      const count = (deaths.get(key) ?? 0) + 1;
      deaths.delete(key);
      if (count < DEATHS_MAX) {
        deaths.set(key, count);
        forgetOldest(deaths);
        return undefined;
      }
      givenUp.add(key);
      forgetOldest(givenUp);
      return place;
    },
    isGivenUp: (place) => givenUp.size > 0 && givenUp.has(keyOf(place)),
  };
};
