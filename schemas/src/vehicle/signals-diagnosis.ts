import { type Signal, signal } from './signal.ts';

/** What one test of an on-board monitor said, in words. */
export const MONITOR_TEST_SIGNAL = 600;

/** Identifiers 600 to 601: what on-board monitors report in words, and what only heavy vehicles tell. */
// biome-ignore format: a table reads by columns
export const DIAGNOSIS_SIGNALS: readonly Signal[] = [
  signal(MONITOR_TEST_SIGNAL, 'MonitorTest', ['text', 0, 0, 1], 'hour',
    'Result of one test of an on-board monitor, with its limits, in words.'),
  signal(601, 'Vehicle.Powertrain.CombustionEngine.EngineHours', ['h', 2, 0, 210_554_060.75], 'minute',
    'Hours that the engine has run in its life.'),
];
