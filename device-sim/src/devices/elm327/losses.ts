import { CHANNEL } from '../../car/channels.ts';
import { drawAt } from '../../random/draw-at.ts';
import { inForce } from '../faults.ts';
import type { TimedLine } from './exchange.ts';
import { counted, type DongleModel, type DongleState } from './state.ts';

/** What is left of an answer's frames on their way from the car to the program, and what comes twice. */
export const losses = (
  model: DongleModel,
  before: DongleState,
  lines: readonly TimedLine[],
): { readonly state: DongleState; readonly lines: readonly TimedLine[] } => {
  const share = (what: 'drop-frames' | 'duplicate-frames'): number => {
    const entry = inForce(before.script, what, before.nowMs);
    return entry === undefined || entry.count !== undefined ? 0 : entry.share;
  };
  const [dropShare, doubleShare] = [share('drop-frames'), share('duplicate-frames')];
  let state = before;
  const kept: TimedLine[] = [];
  for (const [i, line] of lines.entries()) {
    const chance = (use: number): number =>
      drawAt(model.car.seed, CHANNEL.fault * 16 + use, state.tally.requests * 1_024 + i);
    if (line.isFrame !== true) {
      kept.push(line);
    } else if (state.losing > 0 || chance(2) < dropShare) {
      state = counted({ ...state, losing: Math.max(0, state.losing - 1) }, { framesLost: 1 });
    } else if (state.doubling > 0 || chance(3) < doubleShare) {
      kept.push(line, line);
      state = counted({ ...state, doubling: Math.max(0, state.doubling - 1) }, { framesDoubled: 1 });
    } else {
      kept.push(line);
    }
  }
  return { state, lines: kept };
};
