import * as plausibility from '@outpost/schemas/vehicle/plausibility';
import { describe, expect, it } from 'vitest';
import { VEHICLE_NAMES } from '../car/vehicles/vehicles.ts';
import { random } from '../random/sfc32.ts';
import { independentNoise, scaledSpeed, spliced, withoutOdometer, withoutSatellites } from './cheats.ts';
import { trackOfDrive } from './drive-track.ts';

type Track = plausibility.Track;

// Small counts of what `npm run soak -- plausibility` does in full.

const SECONDS = 420;
const drives = new Map(
  VEHICLE_NAMES.map((vehicle) => [
    vehicle,
    [1, 2].map((driveSeed) => trackOfDrive({ vehicle, carSeed: 1, driveSeed, seconds: SECONDS })),
  ]),
);

const flaggedShare = (tracks: readonly Track[]): number => {
  const windows = tracks.flatMap((track) => plausibility.windowsOf(track));
  expect(windows.length).toBeGreaterThan(10);
  const flagged = windows.filter(({ from, window }) => plausibility.judgeWindow(window, from).length > 0);
  return flagged.length / windows.length;
};

describe.each(VEHICLE_NAMES)('drives of the simulated car %s', (vehicle) => {
  const tracks = drives.get(vehicle) ?? [];

  it('are believable, minute by minute and as a whole', () => {
    expect(flaggedShare(tracks)).toBeLessThanOrEqual(0.05);
    for (const track of tracks) expect(plausibility.judgeTrip(track)).toMatchObject({ believable: true });
  });

  it('are not once they are made up, told too fast, or put together from others', () => {
    expect(flaggedShare(tracks.map((track) => independentNoise(track, 3)))).toBe(1);
    for (const track of tracks) {
      const boasted = scaledSpeed(track, 1.5);
      expect(plausibility.judgeTrip(withoutSatellites(boasted)).believable).toBe(false);
      expect(plausibility.judgeTrip(withoutOdometer(boasted)).believable).toBe(false);
    }
    expect(plausibility.judgeTrip(spliced(tracks, random(1, 'splice'))).believable).toBe(false);
  });
});
