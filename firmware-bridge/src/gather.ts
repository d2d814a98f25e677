import type { Fault, MonoNs, Observation, Origin } from '@outpost/schemas/words';
import type { Observed, Quarantined } from './adapter.ts';
import type { Step } from './session.ts';
import { release, type Ticket } from './settlement.ts';

/** So many bytes of frames weigh as much as one reading. */
const RAW_BYTES_A_READING = 256;

/**
 * What one Observed may weigh before the next one begins; one more step is added to what is just below. Far under
 * what one append of the journal carries (1 MiB).
 */
const WEIGHT_MAX = 256;

export interface Gathered {
  readonly observed: Observed;
  /** One for each reading and quarantined item, and more where their frames are long; at least one for each step. */
  readonly weight: number;
}

/** What steps of one turn of the event loop brought, on its way to one Observed. */
export interface Gather<Command> {
  readonly isFull: boolean;
  /** The tickets come with a hold each, which goes on until the Observed is answered. */
  add(
    step: Pick<Step<unknown, Command>, 'said' | 'fates' | 'whenKept'>,
    mono: MonoNs,
    tickets: readonly Ticket[],
  ): void;
  /** Undefined where there is nothing. */
  take(): Gathered | undefined;
}

interface Open<Command> {
  readonly readings: Observation[];
  readonly quarantined: Quarantined[];
  readonly whenKept: Command[];
  readonly tickets: Ticket[];
  weight: number;
}

const observedOf = <Command>(
  { readings, quarantined, whenKept, tickets }: Open<Command>,
  owe: (commands: readonly Command[]) => void,
): Observed => {
  let isAnswered = false;
  const answer = (outcome: 'kept' | 'refused'): void => {
    if (isAnswered) throw new Error('What a device brought was answered twice.');
    isAnswered = true;
    for (const ticket of tickets) release(ticket, outcome);
  };
  return {
    readings,
    quarantined,
    isAwaited: whenKept.length + tickets.length > 0,
    kept: () => {
      answer('kept');
      if (whenKept.length > 0) owe(whenKept);
    },
    refused: (_: Fault) => answer('refused'),
  };
};

/**
 * @param origin what the port knows about its source; it outranks what a session reads in the stream
 * @param owe told of the commands that a device is owed, once what they confirm is kept
 */
export const createGather = <Command>(
  origin: Origin | undefined,
  owe: (commands: readonly Command[]) => void,
): Gather<Command> => {
  const empty = (): Open<Command> => ({
    readings: [],
    quarantined: [],
    whenKept: [],
    tickets: [],
    weight: 0,
  });
  let open = empty();

  return {
    get isFull() {
      return open.weight >= WEIGHT_MAX;
    },
    add: ({ said, fates, whenKept }, mono, tickets) => {
      let rawBytes = 0;
      let items = said.length;
      for (const { body, raw, origin: own } of said) {
        open.readings.push({ body, raw, mono, origin: origin ?? own });
        rawBytes += raw.length;
      }
      for (const fate of fates) {
        if (fate.kind !== 'quarantined') continue;
        open.quarantined.push({ fault: fate.fault, raw: fate.raw, mono });
        rawBytes += fate.raw.length;
        items += 1;
      }
      for (const command of whenKept) open.whenKept.push(command);
      for (const ticket of tickets) open.tickets.push(ticket);
      open.weight += Math.max(1, items) + Math.floor(rawBytes / RAW_BYTES_A_READING);
    },
    take: () => {
      if (open.weight === 0) return undefined;
      const taken = open;
      open = empty();
      return { observed: observedOf(taken, owe), weight: taken.weight };
    },
  };
};
