import type { MonoNs, OrderOutcome } from '@outpost/schemas/words';
import type { DeviceStatus, Fate, Happening, Input, Said, Step } from '../session.ts';

/** What one item, or one order, does to the conversation with gateways. */
export interface Turn<State, Command> {
  readonly state: State;
  readonly fates: readonly Fate[];
  readonly said?: readonly Said[];
  readonly commands?: readonly Command[];
  readonly outcomes?: readonly OrderOutcome[];
  readonly happenings?: readonly Happening[];
}

export const control = <State>(state: State): Turn<State, never> => ({ state, fates: [{ kind: 'control' }] });

export const dropped = <State>(state: State, reason: string): Turn<State, never> => ({
  state,
  fates: [{ kind: 'dropped', reason }],
});

/** What was not read is set aside; opening and silence say nothing by themselves. */
export const takeInput = <State, Command, Event>(
  state: State,
  input: Input<Event>,
  takeEvent: (input: Extract<Input<Event>, { kind: 'event' }>) => Turn<State, Command>,
): Turn<State, Command> => {
  switch (input.kind) {
    case 'opened':
    case 'silence':
      return { state, fates: [] };
    case 'malformed':
      return { state, fates: [{ kind: 'quarantined', fault: input.fault, raw: input.raw }] };
    case 'event':
      return takeEvent(input);
  }
};

/** An order that began says what is sent, and one that did not, why. */
export const orderTurn = <State, Command>(
  state: State,
  command: Command | undefined,
  outcome: OrderOutcome | undefined,
): Turn<State, Command> => ({
  state,
  fates: [],
  commands: command === undefined ? [] : [command],
  outcomes: outcome === undefined ? [] : [outcome],
});

/** Milliseconds until the first of them is due. */
const untilFirst = (due: readonly { readonly deadline: MonoNs }[], now: MonoNs): number | undefined => {
  const first = due.reduce<MonoNs | undefined>(
    (least, { deadline }) => (least === undefined || deadline < least ? deadline : least),
    undefined,
  );
  return first === undefined ? undefined : Math.max(0, Number(first - now) / 1e6);
};

export interface Ending<State> {
  /** After the turn, and after what its time made due. */
  readonly state: State;
  /** Of orders whose time was up. */
  readonly expired: readonly OrderOutcome[];
  /** Where it is another than the last one. */
  readonly status: DeviceStatus | undefined;
  readonly flights: readonly { readonly deadline: MonoNs }[];
}

export const endTurn = <State, Command>(
  { fates, said = [], commands = [], outcomes = [], happenings = [] }: Turn<State, Command>,
  { state, expired, status, flights }: Ending<State>,
  now: MonoNs,
): Step<State, Command> => {
  const ended = [...outcomes, ...expired];
  return {
    state,
    commands,
    said,
    fates,
    whenKept: [],
    silenceAfterMs: untilFirst(flights, now),
    ...(ended.length === 0 ? {} : { outcomes: ended }),
    ...(happenings.length === 0 ? {} : { happenings }),
    ...(status === undefined ? {} : { status }),
  };
};
