import type { Signal } from './signal.ts';

/** Added to a signal's identifier for the same quantity in a freeze frame; fixed for ever, as identifiers are. */
export const FREEZE_FRAME_OFFSET = 10_000;

export const freezeFrameSignal = (signal: number): number => signal + FREEZE_FRAME_OFFSET;

/**
 * The rows for what freeze frames hold: each signal of service 01 once more, in the branch
 * `Vehicle.OBD.FreezeFrame`. A frozen value is no live one, so it must not share a series with it.
 */
export const freezeFrameSignals = (live: readonly Signal[]): readonly Signal[] =>
  live.map((row) => ({
    ...row,
    id: freezeFrameSignal(row.id),
    name: row.name.replace(/^Vehicle\.(?:OBD\.)?/, 'Vehicle.OBD.FreezeFrame.'),
    description: `In the freeze frame: ${row.description.charAt(0).toLowerCase()}${row.description.slice(1)}`,
  }));
