import { systemClock } from '@outpost/firmware-bridge';
import { type Clock, type MonoNs, monoNs, wallNs } from '@outpost/schemas/words';

/** From where, and how much faster than the machine's own, a clock runs; the same for every program of a soak. */
export interface Pace {
  /** Of this machine, which counts from its start and so is one for all its programs. */
  readonly begun: MonoNs;
  /** Wall time at that moment, ns. */
  readonly wall: bigint;
  readonly speed: number;
}

/**
 * A clock that a day passes on in minutes. Every wait, deadline and interval that a program takes from its clock
 * shrinks with it; what its disk, its sockets and its processor take does not, so that they seem that much slower.
 */
export const fastClock = ({ begun, wall, speed }: Pace): Clock => {
  const machine = systemClock();
  const passed = (): bigint => (machine.mono() - begun) * BigInt(speed);
  return {
    mono: () => monoNs(begun + passed()),
    wall: () => wallNs(wall + passed()),
    sleep: (ms, signal) => machine.sleep(ms / speed, signal),
  };
};

export const paceText = ({ begun, wall, speed }: Pace): string => `${begun},${wall},${speed}`;

export const paceFrom = (text: string): Pace => {
  const [begun = '0', wall = '0', speed = '1'] = text.split(',');
  return { begun: monoNs(BigInt(begun)), wall: BigInt(wall), speed: Number(speed) };
};
