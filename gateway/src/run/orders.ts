import { createOrderDesk, type OrderDesk } from '@outpost/firmware-bridge';
import type { Order, OrderId, OrderOutcome } from '@outpost/schemas/words';

/** Where orders for all devices are given, by people and by networks alike. */
export interface Orders {
  /**
   * Resolves with the order's one outcome, however long the device takes for it; also where there is no such device.
   * Its identifier must not be that of another order that is open.
   */
  give(device: string, order: Order): Promise<OrderOutcome>;
  /** Where that device's connections find theirs; it is there from the first call on. */
  deskOf(device: string): OrderDesk;
}

export const createOrders = (): Orders => {
  const desks = new Map<string, OrderDesk>();
  /** Bounded by what each desk takes. */
  const open = new Map<OrderId, (outcome: OrderOutcome) => void>();

  const answer = (outcome: OrderOutcome): void => {
    const answered = open.get(outcome.id);
    open.delete(outcome.id);
    answered?.(outcome);
  };

  return {
    give: (device, order) =>
      new Promise((resolve) => {
        const desk = desks.get(device);
        const { id } = order;
        if (desk === undefined) {
          resolve({ id, kind: 'refused', code: 'no-device', words: `there is no device "${device}".` });
          return;
        }
        if (open.has(id)) throw new Error(`Two orders are called ${id}.`);
        open.set(id, resolve);
        desk.give(order);
      }),
    deskOf: (device) => {
      const desk = desks.get(device) ?? createOrderDesk(answer);
      desks.set(device, desk);
      return desk;
    },
  };
};
