import { BEGINNING, type Plan } from '../../car/plan.ts';
import type { FaultEntry, FaultScript } from '../faults.ts';
import { counted, type DongleState } from './state.ts';

/** What can be asked of a simulation while it runs. */
export type Order =
  /** Something goes wrong now: the entry's own time does not matter. */
  | { readonly kind: 'fault'; readonly entry: FaultEntry }
  /** Nothing goes wrong any more, neither now nor later. What has broken for good stays so. */
  | { readonly kind: 'calm' }
  /** The driver does something else from now on, the first stage of it `elapsedS` after its beginning. */
  | { readonly kind: 'drive'; readonly plan: Plan; readonly elapsedS: number }
  /** The memory of trouble codes is wiped, as a workshop does it. */
  | { readonly kind: 'forget-codes' };

/** Entries that have begun, then the new one, then those that have not. */
const inserted = (script: FaultScript, begun: number, entry: FaultEntry): FaultScript => [
  ...script.slice(0, begun),
  entry,
  ...script.slice(begun),
];

const endedBy = (nowMs: number, { atMs, forMs, ...entry }: FaultEntry): FaultEntry => ({
  ...entry,
  atMs,
  forMs: Math.min(forMs, Math.max(0, nowMs - atMs)),
});

/** A run of a day has room for an order a second; an order to break something beyond it is refused and counted. */
export const SCRIPT_MAX = 100_000;

export const applyOrder = (state: DongleState, order: Order): DongleState => {
  const { script, tally, nowMs } = state;
  switch (order.kind) {
    case 'fault': {
      if (script.length >= SCRIPT_MAX) return counted(state, { ordersRefused: 1 });
      const entry = { ...order.entry, atMs: nowMs };
      return { ...state, script: inserted(script, tally.faults, entry) };
    }
    case 'calm': {
      const ended = script.slice(0, tally.faults).map((entry) => endedBy(nowMs, entry));
      return { ...state, script: ended, losing: 0, doubling: 0, stuck: [] };
    }
    case 'drive':
      return {
        ...state,
        carModel: { ...state.carModel, plan: order.plan },
        car: {
          ...state.car,
          place: { ...BEGINNING, elapsedS: order.elapsedS, cycles: state.car.place.cycles },
        },
      };
    case 'forget-codes':
      return { ...state, car: forgetCodes(state.car) };
  }
};

const forgetCodes = (car: DongleState['car']): DongleState['car'] => ({
  ...car,
  codes: { ...car.codes, pending: [], stored: [], present: [], lampOn: false, frozenBy: undefined },
  frozen: undefined,
});
