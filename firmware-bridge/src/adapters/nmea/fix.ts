import type { FixKind, PositionBody } from '@outpost/schemas/words';
import { positionBody } from '../../gnss/position.ts';
import type { Mode, NmeaEvent } from './event.ts';

export type Rmc = Extract<NmeaEvent, { readonly kind: 'rmc' }>;
export type Gga = Extract<NmeaEvent, { readonly kind: 'gga' }>;

const fixOf = (mode: Mode, altitudeCm: number | undefined): FixKind | undefined => {
  switch (mode) {
    case 'none':
    case 'manual':
      return undefined;
    case 'autonomous':
    case 'simulated':
      return altitudeCm === undefined ? '2d' : '3d';
    case 'differential':
    case 'rtk':
    case 'estimated':
      return mode;
  }
};

/**
 * One position from the RMC and the GGA of one fix. Undefined where the receiver has none, and for one that somebody
 * typed in (mode M), which no satellite says.
 */
export const bodyOf = (rmc: Rmc, gga: Gga | undefined): PositionBody | undefined => {
  const fix = fixOf(gga?.mode ?? rmc.mode, gga?.altitudeCm);
  const place = rmc.place;
  if (fix === undefined || place === undefined || rmc.mode === 'none' || rmc.mode === 'manual')
    return undefined;
  return positionBody({
    fix,
    ...place,
    altitudeCm: gga?.altitudeCm,
    speedCmS: rmc.speedCmS,
    courseCdeg: rmc.courseCdeg,
    hdopCenti: gga?.hdopCenti,
    satellites: gga?.satellites,
    fixedAt: rmc.at,
  });
};

/** Whether the receiver says that it only plays one. */
export const isSimulated = (rmc: Rmc, gga: Gga | undefined): boolean =>
  rmc.mode === 'simulated' || gga?.mode === 'simulated';
