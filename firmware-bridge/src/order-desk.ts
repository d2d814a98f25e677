import type { Order, OrderId, OrderOutcome } from '@outpost/schemas/words';

/** Orders that one device may have open; more are refused at once. */
const OPEN_MAX = 64;

/** What one connection of a device gets of the orders for it. */
export interface OrderGate {
  /** Of the kinds that are taken, in the order in which they were given; iterated once. */
  readonly orders: AsyncIterable<Order>;
  /** Throws a Bug where an order is answered that is not open. */
  ordered(outcome: OrderOutcome): void;
  /** The connection is over: what is open is answered here. */
  end(): void;
}

/**
 * Where orders for one device are given. Each has exactly one outcome, whatever the device and its adapter do: orders
 * that cannot be taken are refused before they get there, and what is open when a connection ends is answered then.
 */
export interface OrderDesk {
  /** Its identifier must not be that of another order that is open. */
  give(order: Order): void;
  /** A connection begins; the one before has ended. */
  connect(takes: readonly Order['kind'][]): OrderGate;
}

/** Why an order was refused before its device heard of it, or because that went: stable, for scripts. */
export const ORDER_REFUSALS = {
  away: 'the device is not connected.',
  notTaken: (kind: string): string => `this kind of device takes no order "${kind}".`,
  busy: `${OPEN_MAX} orders are open already; wait for their outcomes.`,
  portClosed: 'the connection to the device ended before it answered; whether it did it is not known.',
} as const;

interface Connection {
  readonly takes: readonly Order['kind'][];
  readonly open: Set<OrderId>;
  readonly waiting: Order[];
  wake: (() => void) | undefined;
  ended: boolean;
}

const nextOf = async (connection: Connection): Promise<IteratorResult<Order, undefined>> => {
  for (;;) {
    if (connection.ended) return { done: true, value: undefined };
    const order = connection.waiting.shift();
    if (order !== undefined) return { done: false, value: order };
    await new Promise<void>((resolve) => {
      connection.wake = resolve;
    });
  }
};

/** `answered` is told of every outcome, also from within `give`. */
export const createOrderDesk = (answered: (outcome: OrderOutcome) => void): OrderDesk => {
  let connection: Connection | undefined;

  const refuse = (id: OrderId, code: string, words: string): void =>
    answered({ id, kind: 'refused', code, words });

  const end = (of: Connection): void => {
    if (connection === of) connection = undefined;
    of.ended = true;
    of.wake?.();
    const open = [...of.open];
    of.open.clear();
    for (const id of open) refuse(id, 'port-closed', ORDER_REFUSALS.portClosed);
  };

  return {
    give: (order) => {
      if (connection === undefined) return refuse(order.id, 'away', ORDER_REFUSALS.away);
      if (!connection.takes.includes(order.kind)) {
        return refuse(order.id, 'not-taken', ORDER_REFUSALS.notTaken(order.kind));
      }
      if (connection.open.has(order.id)) throw new Error('An order was given twice.');
      if (connection.open.size >= OPEN_MAX) return refuse(order.id, 'busy', ORDER_REFUSALS.busy);
      connection.open.add(order.id);
      connection.waiting.push(order);
      connection.wake?.();
    },
    connect: (takes) => {
      if (connection !== undefined) throw new Error('A device has one connection at a time.');
      const own: Connection = { takes, open: new Set(), waiting: [], wake: undefined, ended: false };
      connection = own;
      return {
        orders: { [Symbol.asyncIterator]: () => ({ next: () => nextOf(own) }) },
        ordered: (outcome) => {
          if (!own.open.delete(outcome.id)) {
            throw new Error('An order was answered that was not given, or twice.');
          }
          answered(outcome);
        },
        end: () => end(own),
      };
    },
  };
};
