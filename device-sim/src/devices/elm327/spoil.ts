import { CHANNEL } from '../../car/channels.ts';
import { drawAt } from '../../random/draw-at.ts';
import { inForce, type Mishap } from '../faults.ts';
import { heardAtBaud } from './serial-line.ts';
import type { DongleModel, DongleState, Output } from './state.ts';

const CHANGED_SHARE = 0.04;
const LOST_SHARE = 0.015;
const ADDED_SHARE = 0.015;

/** The rate at the other end of the line, where it is not the dongle's. */
export const lineBaudAt = ({ script, lineBaud }: DongleState, atMs: number): number | undefined =>
  inForce(script, 'wrong-baud', atMs)?.baud ?? lineBaud;

/** What script and line make of bytes on their way out. The bytes so far are what chance hangs on. */
export const spoil = (model: DongleModel, state: DongleState, output: Output): Uint8Array => {
  const offset = state.tally.bytesOut;
  const hit = (what: Mishap): boolean => inForce(state.script, what, output.atMs) !== undefined;
  const draw = (use: number, at: number): number =>
    drawAt(model.car.seed, CHANNEL.fault * 16 + use, (offset + at) * 4 + use);
  const anyByte = (at: number): number => Math.floor(draw(0, at) * 256);

  if (hit('mute')) return new Uint8Array(0);
  if (hit('garbage')) return output.bytes.map((_, at) => anyByte(at));
  const lineBaud = lineBaudAt(state, output.atMs);
  let bytes = lineBaud === undefined ? output.bytes : heardAtBaud(output.bytes, output.baud, lineBaud);
  if (hit('half-frame') && output.what === 'line') bytes = bytes.subarray(0, Math.ceil(bytes.length / 2));
  if (!hit('noise')) return bytes;
  const noisy: number[] = [];
  for (const [at, byte] of bytes.entries()) {
    const chance = draw(1, at);
    if (chance < LOST_SHARE) continue;
    noisy.push(chance < LOST_SHARE + CHANGED_SHARE ? anyByte(at) : byte);
    if (chance > 1 - ADDED_SHARE) noisy.push(anyByte(at));
  }
  return Uint8Array.from(noisy);
};
