import { carAt } from '../../car/car.ts';
import { codeAppears } from '../../car/codes.ts';
import type { FaultEntry } from '../faults.ts';
import { printEvent, printPrompt } from './print.ts';
import { counted, type DongleModel, type DongleState, powerCycled } from './state.ts';
import type { Event } from './wire.ts';

/** More parameters than this are not stuck at once; the oldest is freed. */
const STUCK_MAX = 32;

const carNow = (model: DongleModel, state: DongleState, atMs: number): DongleState['car'] =>
  carAt(state.carModel, state.car, atMs * model.speedUp);

/** The supply was gone for a moment: the chip says so when it is back, and has forgotten its settings. */
export const browningOut = (model: DongleModel, state: DongleState, atMs: number): DongleState => {
  const reset = powerCycled(model, { ...state, nowMs: atMs });
  const event: Event = { kind: 'trouble', trouble: 'lv-reset', groups: [] };
  return printPrompt(printEvent(reset, event, atMs), atMs);
};

/** `ERR94`: something went so wrong on the bus that the chip starts over (ELM327 data sheet). */
const failing = (model: DongleModel, state: DongleState, atMs: number): DongleState => {
  const reset = powerCycled(model, { ...state, nowMs: atMs });
  return printPrompt(printEvent(reset, { kind: 'error-number', number: 94 }, atMs), atMs);
};

/** What happens once, at the moment when an entry of the script begins. */
export const begin = (model: DongleModel, before: DongleState, entry: FaultEntry): DongleState => {
  const state = counted(before, { faults: 1 });
  switch (entry.what) {
    case 'unplug':
      return powerCycled(model, state);
    case 'lv-reset':
      return browningOut(model, state, entry.atMs);
    case 'err94':
      return failing(model, state, entry.atMs);
    case 'dtc-appears': {
      const car = carNow(model, state, entry.atMs);
      return { ...state, car: { ...car, codes: codeAppears(car.codes, entry.code) } };
    }
    case 'stuck': {
      const car = carNow(model, state, entry.atMs);
      const stuck = { pid: entry.pid, car, untilMs: entry.atMs + entry.forMs };
      return { ...state, car, stuck: [...state.stuck, stuck].slice(-STUCK_MAX) };
    }
    case 'drop-frames':
      return { ...state, losing: state.losing + (entry.count ?? 0) };
    case 'duplicate-frames':
      return { ...state, doubling: state.doubling + (entry.count ?? 0) };
    case 'weak-supply':
      return { ...state, watched: { atMs: entry.atMs, ignition: carNow(model, state, entry.atMs).ignition } };
    // These do their work for as long as they are in force.
    case 'noise':
    case 'half-frame':
    case 'garbage':
    case 'mute':
    case 'wrong-baud':
    case 'buffer-full':
    case 'no-data':
    case 'can-error':
    case 'stopped':
    case 'searching':
    case 'wrong-pid':
    case 'vin-swap':
    case 'late-prompt':
    case 'slow-ecu':
    case 'response-pending':
      return state;
  }
};
