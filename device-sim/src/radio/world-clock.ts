import { type Clock, elapsedMs, monoNs, type WallNs, wallNs } from '@outpost/schemas/words';

/** The clock of a world that begins now at `startWall` and runs `speed` times as fast as the real one. */
export const worldClock = (clock: Clock, startWall: WallNs, speed: number): Clock => {
  const begun = clock.mono();
  const passedNs = (): bigint => BigInt(Math.round(elapsedMs(begun, clock.mono()) * speed * 1e6));
  return {
    wall: () => wallNs(startWall + passedNs()),
    mono: () => monoNs(passedNs()),
    sleep: (ms, signal) => clock.sleep(ms / speed, signal),
  };
};
