import type { Reception } from '@outpost/schemas/radio';
import type { WallNs } from '@outpost/schemas/words';
import type { Heard } from './air.ts';
import { clockOf, type Hotspot, toldPlace } from './hotspot.ts';

/** What a hotspot reports of a frame: what its radio tells, by its own clock and from where it says it is. */
export const reportOf = (hotspot: Hotspot, startWall: WallNs, heard: Heard): Reception => {
  const { phy, frequencyHz, emission, rssiDbm, snrDb, tmst } = heard;
  const { wall, trust } = clockOf(hotspot, startWall, emission.endUs);
  return {
    gateway: hotspot.eui,
    phy,
    frequencyHz,
    rate: emission.rate,
    rssiDbm,
    snrDb,
    tmst,
    wall,
    trust,
    place: toldPlace(hotspot, emission.endUs),
  };
};
