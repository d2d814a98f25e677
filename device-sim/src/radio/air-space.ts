import { type Emission, type Heard, hearEmission, type Loss, type OnAir, putOnAir } from './air.ts';
import type { Hotspot } from './hotspot.ts';
import type { Surroundings } from './link.ts';

/** All that is on the air now, and what has ended but was there together with it. */
export interface AirSpace {
  begin(emission: Emission): OnAir;
  /** What the hotspots tell of it; to be called once for each, in the order of the ends. */
  end(onAir: OnAir): readonly Heard[];
  /** Emissions that are remembered. */
  readonly size: number;
}

export const airSpace = (
  surroundings: Surroundings,
  hotspots: readonly Hotspot[],
  lost: (loss: Loss) => void,
): AirSpace => {
  const ongoing = new Set<OnAir>();
  let remembered: readonly OnAir[] = [];

  return {
    begin(emission) {
      const onAir = putOnAir(surroundings, hotspots, emission);
      ongoing.add(onAir);
      remembered = [...remembered, onAir];
      return onAir;
    },
    end(onAir) {
      const others = remembered.filter((other) => other !== onAir);
      const heard = hearEmission(hotspots, onAir, others, lost);
      ongoing.delete(onAir);
      // Whatever ended before the oldest that is still on the air began can disturb nothing any more.
      let oldestUs = Number.POSITIVE_INFINITY;
      for (const { emission } of ongoing) oldestUs = Math.min(oldestUs, emission.startUs);
      remembered = remembered.filter((other) => ongoing.has(other) || other.emission.endUs > oldestUs);
      return heard;
    },
    get size() {
      return remembered.length;
    },
  };
};
