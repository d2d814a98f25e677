import type { FixKind, PositionBody, WallNs } from '@outpost/schemas/words';

/** A position whose unknown parts may be left out. */
export interface Fix {
  readonly fix: FixKind;
  /** Degrees × 10^7. */
  readonly latitude: number;
  readonly longitude: number;
  readonly altitudeCm?: number | undefined;
  readonly speedCmS?: number | undefined;
  readonly courseCdeg?: number | undefined;
  readonly hdopCenti?: number | undefined;
  readonly satellites?: number | undefined;
  readonly fixedAt?: WallNs | undefined;
}

export const positionBody = (fix: Fix): PositionBody => ({
  kind: 'position',
  fix: fix.fix,
  latitude: fix.latitude,
  longitude: fix.longitude,
  altitudeCm: fix.altitudeCm,
  speedCmS: fix.speedCmS,
  courseCdeg: fix.courseCdeg,
  hdopCenti: fix.hdopCenti,
  satellites: fix.satellites,
  fixedAt: fix.fixedAt,
});

/** A course of 360 degrees is north, as 0 is. */
export const wholeCircle = (courseCdeg: number): number => courseCdeg % 36_000;
