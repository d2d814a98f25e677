import {
  type Fault,
  fail,
  fault,
  type Order,
  type OrderId,
  type OrderOutcome,
  ok,
  type Result,
} from '@outpost/schemas/words';
import { type OrderRequest, readOrderRequest } from './order-request.ts';

/** A device of this gateway, and which kinds of order it takes. */
export interface OrderTaker {
  readonly name: string;
  readonly takes: readonly Order['kind'][];
}

export interface TakeOrderParts {
  readonly takers: readonly OrderTaker[];
  give(device: string, order: Order): Promise<OrderOutcome>;
  /** Hears of each outcome. */
  told(device: string, order: Order, outcome: OrderOutcome): void;
}

const unreadable = (words: string): Fault => fault('malformed', 'order.unreadable', 'order', words);

/** The device that was named, or the only one that takes such an order. */
const deviceFor = ({ device, wish }: OrderRequest, takers: readonly OrderTaker[]): Result<string> => {
  const listed = (some: readonly OrderTaker[]): string => some.map(({ name }) => name).join(', ');
  if (device !== undefined) {
    if (takers.some(({ name }) => name === device)) return ok(device);
    return fail(unreadable(`there is no device "${device}"; there are ${listed(takers)}.`));
  }
  const able = takers.filter(({ takes }) => takes.includes(wish.kind));
  const [first, ...others] = able;
  if (first === undefined) return fail(unreadable(`no device takes an order "${wish.kind}".`));
  return others.length === 0
    ? ok(first.name)
    : fail(unreadable(`several devices take such an order; name one of ${listed(able)}.`));
};

/** Answers `POST /order` with the one outcome of the order, as JSON, once it is there. */
export const takeOrder = ({ takers, give, told }: TakeOrderParts) => {
  let last = 0;
  return async (body: string): Promise<Result<string>> => {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return fail(unreadable('an order is one JSON object.'));
    }
    const read = readOrderRequest(value);
    if (!read.ok) return read;
    const device = deviceFor(read.value, takers);
    if (!device.ok) return device;
    last += 1;
    const order: Order = { ...read.value.wish, id: `control-${last}` as OrderId };
    const outcome = await give(device.value, order);
    told(device.value, order, outcome);
    return ok(JSON.stringify({ device: device.value, ...outcome }));
  };
};
