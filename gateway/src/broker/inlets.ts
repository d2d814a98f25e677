import {
  type Arrival,
  closedByUs,
  createClosing,
  createInbox,
  type Port,
  type PortContext,
  type PortScheme,
  readMessage,
} from '@outpost/firmware-bridge';
import { type DeviceName, fail, fault, ok, type Result } from '@outpost/schemas/words';
import type { OutgoingMessage } from './aedes.ts';
import { UNREAD_PAUSE_AT_BYTES } from './limits.ts';
import type { Owed } from './session.ts';

const EXAMPLE = 'broker:';

/** Where the messages of one device go: to whoever reads its port. */
export interface Inlet {
  /**
   * What its senders are owed, oldest first. Acknowledgements go out in the order in which messages came, over all
   * connections of the device: a message that is sent again is acknowledged after the first of its kind is kept, and
   * within one connection MQTT 3.1.1 §4.6 asks for it.
   */
  readonly owed: Owed[];
  readonly isClosed: boolean;
  /** Its reader is behind: nobody new is let in. */
  readonly isFull: boolean;
  push(arrival: Arrival): void;
  /**
   * A message was not kept. The port closes and its dialogue begins anew, so that it does not take the same message,
   * sent again, for one that has been.
   */
  refuse(): void;
  /** Calls back once its reader has caught up, at once where it is not behind. */
  whenRoom(go: () => void): void;
}

/** Brings a message to whoever subscribed; `done` once it was passed on. */
export type Send = (message: OutgoingMessage, done: () => void) => void;

/** The open ports of devices that speak through the broker, by the names of the devices. */
export interface Inlets {
  of(device: string): Inlet | undefined;
  all(): Iterable<Inlet>;
  scheme(device: DeviceName): PortScheme;
}

export interface InletsParts {
  /** Undefined while the broker is not running. */
  send(): Send | undefined;
  /** The port of a device closed: what its connections are owed is known to nobody now. */
  closed(device: DeviceName): void;
}

const check = (address: URL): Result<void> =>
  address.href === EXAMPLE
    ? ok(undefined)
    : fail(
        fault(
          'misconfigured',
          'port.address',
          EXAMPLE,
          `takes nothing after the colon: the device is the one that is enrolled by the same name; write ${EXAMPLE}`,
        ),
      );

/** Messages handed to the broker and not passed on yet. */
const OUTGOING_MAX = 256;

const unkept = fault(
  'unreachable',
  'broker.unkept',
  EXAMPLE,
  'a message could not be kept; its device sends it again.',
);

const stalled = (where: string) =>
  fail(fault('unreachable', 'broker.stalled', where, 'the broker does not pass messages on now.'));

const noBroker = fault(
  'misconfigured',
  'broker.none',
  EXAMPLE,
  'there is no broker; add "broker": {} to the configuration.',
);

/** The address by itself, without a broker behind it. */
export const brokerAddress: PortScheme = {
  scheme: 'broker',
  example: EXAMPLE,
  check,
  open: async () => fail(noBroker),
};

export const isBrokerAddress = (address: string): boolean => address === EXAMPLE;

export const newInlets = ({ send, closed }: InletsParts): Inlets => {
  const inlets = new Map<string, Inlet>();

  const open = (device: DeviceName, { signal }: PortContext): Port => {
    const where = EXAMPLE;
    let waiting: (() => void)[] | undefined;
    const resume = (): void => {
      const ready = waiting ?? [];
      waiting = undefined;
      for (const go of ready) go();
    };
    const inbox = createInbox({
      pauseAtBytes: UNREAD_PAUSE_AT_BYTES,
      gathers: true,
      pause: () => {
        waiting ??= [];
      },
      resume,
    });
    const inlet: Inlet = {
      owed: [],
      get isClosed() {
        return closing.why !== undefined;
      },
      get isFull() {
        return waiting !== undefined;
      },
      refuse: () => closing.end(unkept),
      push: inbox.push,
      whenRoom: (go) => {
        if (waiting === undefined) go();
        else waiting.push(go);
      },
    };
    const closing = createClosing(signal, where, () => {
      inbox.end();
      inlet.owed.length = 0;
      if (inlets.get(device) === inlet) inlets.delete(device);
      closed(device);
      resume();
    });
    inlets.set(device, inlet);
    let outgoing = 0;
    return {
      where,
      arrivals: inbox.arrivals,
      closed: closing.closed,
      write: async (bytes, writeSignal) => {
        writeSignal.throwIfAborted();
        if (closing.why !== undefined) return fail(closing.why);
        const message = readMessage(bytes);
        if (!message.ok) throw new Error(message.fault.words);
        const passOn = send();
        if (passOn === undefined || outgoing >= OUTGOING_MAX) return stalled(where);
        outgoing += 1;
        passOn({ ...message.value, qos: 1, retain: false }, () => {
          outgoing -= 1;
        });
        return ok(undefined);
      },
      [Symbol.asyncDispose]: async () => closing.end(closedByUs(where)),
    };
  };

  return {
    of: (device) => inlets.get(device),
    all: () => [...inlets.values()],
    scheme: (device) => ({
      ...brokerAddress,
      open: async (_, context) => {
        context.signal.throwIfAborted();
        return ok(open(device, context));
      },
    }),
  };
};
