import type { OrderId, OrderOutcome } from '@outpost/schemas/words';
import { keepText } from './keep.ts';
import { GATEWAYS_MAX } from './options.ts';
import { type Gateway, newGateway, type State, withEntry, withoutEntry } from './state.ts';
import { change, happen, type Turn } from './turn.ts';

/** EUIs that may not speak whatever else says that they may. */
const FORBIDDEN_MAX = 256;

const EUI = /^[0-9a-f]{16}$/;

const done = (id: OrderId, words: string): OrderOutcome => ({ id, kind: 'done', words });

const refused = (id: OrderId, code: string, words: string): OrderOutcome => ({
  id,
  kind: 'refused',
  code,
  words,
});

const noEui = (id: OrderId, named: string): OrderOutcome =>
  refused(id, 'no-eui', `“${named}” is no EUI of 16 hex digits.`);

/** The gateway as it may speak from now on, or why it may not. */
const approved = (
  { gateways, strangers }: State,
  eui: string,
): { readonly gateway: Gateway } | { readonly code: string; readonly words: string } => {
  const [known, stranger] = [gateways.get(eui), strangers.get(eui)];
  if (stranger === undefined) return { gateway: known ?? newGateway(eui, 'order', undefined) };
  const [address, ...others] = stranger.addresses;
  if (known?.pinned === true)
    return { code: 'pinned', words: `the configuration says that gateway ${eui} is at ${known.address}.` };
  if (others.length > 0) {
    const words = `${stranger.addresses.join(' and ')} both speak for gateway ${eui}; put it with its address into options.allow: ${eui}@${address}.`;
    return { code: 'address-disputed', words };
  }
  const base = known ?? newGateway(eui, 'order', undefined);
  return { gateway: { ...base, address, route: undefined, counter: undefined } };
};

/** Lets a gateway speak, from where it speaks now. */
export const approve = (turn: Turn, id: OrderId, named: string): OrderOutcome => {
  const eui = named.toLowerCase();
  const { state } = turn;
  if (!EUI.test(eui)) return noEui(id, named);
  const answer = approved(state, eui);
  if ('code' in answer) return refused(id, answer.code, answer.words);
  const next: State = {
    ...state,
    gateways: withEntry(state.gateways, eui, answer.gateway),
    strangers: withoutEntry(state.strangers, eui),
    forbidden: without(state.forbidden, eui),
  };
  if (next.gateways.size > GATEWAYS_MAX || keepText(next) === undefined)
    return refused(id, 'too-many', 'no more gateways can be approved by order; put them into options.allow.');
  turn.state = next;
  const { address } = answer.gateway;
  const words = `gateway ${eui} may speak${address === undefined ? ', from wherever it speaks first' : ` from ${address}`}.`;
  happen(turn, 'approved', words);
  return done(id, words);
};

const without = (set: ReadonlySet<string>, eui: string): ReadonlySet<string> =>
  set.has(eui) ? new Set([...set].filter((each) => each !== eui)) : set;

/** Takes a gateway's word away. */
export const forbid = (turn: Turn, id: OrderId, named: string): OrderOutcome => {
  const eui = named.toLowerCase();
  const { state } = turn;
  if (!EUI.test(eui)) return noEui(id, named);
  const next: State = {
    ...state,
    gateways: withoutEntry(state.gateways, eui),
    strangers: withoutEntry(state.strangers, eui),
    forbidden: new Set([...state.forbidden, eui]),
    flights: state.flights.filter(({ gateway }) => gateway !== eui),
  };
  if (next.forbidden.size > FORBIDDEN_MAX || keepText(next) === undefined)
    return refused(id, 'too-many', 'no more gateways can be forbidden; approve one of them first.');
  for (const { gateway, order } of state.flights)
    if (gateway === eui)
      turn.outcomes.push(refused(order, 'forbidden', `gateway ${eui} may not speak any more.`));
  change(turn, next);
  const words = `gateway ${eui} may not speak.`;
  happen(turn, 'forbidden', words);
  return done(id, words);
};
