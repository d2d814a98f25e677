import type { DeviceEvent, OrderDesk } from '@outpost/firmware-bridge';
import {
  type Clock,
  type DeviceName,
  elapsedMs,
  type MonoNs,
  type OrderId,
  type OrderOutcome,
} from '@outpost/schemas/words';

/** What the gateway's side has seen of the board so far. */
export interface BoardSeen {
  connects: number;
  disconnects: number;
  connectedAt: MonoNs | undefined;
  disconnectedAt: MonoNs | undefined;
  /** When the session said last that the board is ready; undefined while it is not. */
  readyAt: MonoNs | undefined;
  /** Volts at A0 as they were said last. */
  volts: number | undefined;
  readings: number;
  pascals: number | undefined;
  readonly outcomes: Map<OrderId, OrderOutcome>;
}

export const newSeen = (): BoardSeen => ({
  connects: 0,
  disconnects: 0,
  connectedAt: undefined,
  disconnectedAt: undefined,
  readyAt: undefined,
  volts: undefined,
  readings: 0,
  pascals: undefined,
  outcomes: new Map(),
});

const VOLTAGE = 830;
const PRESSURE = 822;

/** Reads the device for as long as it is read. */
export const follow = async (events: AsyncIterable<DeviceEvent>, seen: BoardSeen): Promise<void> => {
  for await (const event of events) {
    switch (event.kind) {
      case 'connected':
        seen.connects += 1;
        seen.connectedAt = event.mono;
        break;
      case 'disconnected':
        seen.disconnects += 1;
        seen.disconnectedAt = event.mono;
        seen.readyAt = undefined;
        break;
      case 'observed':
        for (const { body } of event.observed.readings) {
          if (body.kind !== 'number') continue;
          if (body.signal === VOLTAGE) seen.volts = body.mantissa / 1_000;
          if (body.signal === PRESSURE) seen.pascals = body.mantissa;
          seen.readings += 1;
        }
        event.observed.kept();
        break;
    }
  }
};

export interface Waiting {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 2;
/** Waiting longer than any bar is a miss, and the round goes on. */
const GIVE_UP_MS = 20_000;

/** How long it took; undefined where it did not come. */
export const waitFor = async (
  { clock, signal }: Waiting,
  holds: () => boolean,
): Promise<number | undefined> => {
  const start = clock.mono();
  while (!holds()) {
    if (elapsedMs(start, clock.mono()) > GIVE_UP_MS) return undefined;
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
  return elapsedMs(start, clock.mono());
};

/** Gives one order and waits for its outcome. */
export const orderOutput = async (
  waiting: Waiting,
  desk: OrderDesk,
  seen: BoardSeen,
  order: { readonly id: string; readonly output: string; readonly value: number },
): Promise<OrderOutcome | undefined> => {
  const id = order.id as OrderId;
  desk.give({ id, kind: 'output', output: order.output, value: order.value });
  await waitFor(waiting, () => seen.outcomes.has(id));
  const outcome = seen.outcomes.get(id);
  seen.outcomes.delete(id);
  return outcome;
};

export const BOARD: DeviceName = 'board' as DeviceName;
