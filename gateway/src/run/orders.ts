import { createOrderDesk, type OrderDesk } from '@outpost/firmware-bridge';
import type { Order, OrderId, OrderOutcome } from '@outpost/schemas/words';
import type { DownlinkCounts } from '../control/status.ts';

/** Where orders for all devices are given, by people and by networks alike. */
export interface Orders {
  /**
   * Resolves with the order's one outcome, however long the device takes for it; also where there is no such device.
   * Its identifier must not be that of another order that is open.
   */
  give(device: string, order: Order): Promise<OrderOutcome>;
  /** Where that device's connections find theirs; it is there from the first call on. */
  deskOf(device: string): OrderDesk;
  /** Frames that it was told to send since the start. */
  downlinksOf(device: string): DownlinkCounts;
}

const NO_DOWNLINKS: DownlinkCounts = { given: 0, refused: 0 };

export const createOrders = (): Orders => {
  const desks = new Map<string, OrderDesk>();
  /** Bounded by what each desk takes. */
  const open = new Map<OrderId, (outcome: OrderOutcome) => void>();

  /** Of devices that there are. */
  const downlinks = new Map<string, DownlinkCounts>();

  const count = (device: string, { kind }: OrderOutcome): void => {
    const { given, refused } = downlinks.get(device) ?? NO_DOWNLINKS;
    downlinks.set(device, { given: given + 1, refused: refused + (kind === 'refused' ? 1 : 0) });
  };

  const answer = (outcome: OrderOutcome): void => {
    const answered = open.get(outcome.id);
    open.delete(outcome.id);
    answered?.(outcome);
  };

  return {
    give: (device, order) =>
      new Promise((resolve) => {
        const desk = desks.get(device);
        const { id, kind } = order;
        if (desk === undefined) {
          resolve({ id, kind: 'refused', code: 'no-device', words: `there is no device "${device}".` });
          return;
        }
        if (open.has(id)) throw new Error(`Two orders are called ${id}.`);
        const isDownlink = kind === 'downlink' || kind === 'beacon';
        open.set(id, (outcome) => {
          if (isDownlink) count(device, outcome);
          resolve(outcome);
        });
        desk.give(order);
      }),
    downlinksOf: (device) => downlinks.get(device) ?? NO_DOWNLINKS,
    deskOf: (device) => {
      const desk = desks.get(device) ?? createOrderDesk(answer);
      desks.set(device, desk);
      return desk;
    },
  };
};
