import {
  type DownlinkItem,
  type Fault,
  fault,
  type Order,
  type OrderId,
  type OrderOutcome,
} from '@outpost/schemas/words';
import type { PacketDown, Window } from './envelope.ts';
import { conductedDbm, type RegionParams } from './region-params.ts';
import { modulationOf } from './regions.ts';

/** Downlinks of all gateways that the devices have not answered; more are dropped and said. */
const DOWNLINKS_MAX = 64;
const COUNTER = 2n ** 32n;

const itemOf = (payload: Uint8Array, window: Window, powerDbm: number): DownlinkItem | undefined => {
  const modulation = modulationOf(window.datarate);
  if (modulation === undefined) return undefined;
  return {
    phy: payload,
    at: window.immediate
      ? { kind: 'immediately' }
      : { kind: 'count', tmst: Number(window.timestamp % COUNTER) },
    frequencyHz: window.frequency,
    powerDbm,
    modulation,
    invertPolarity: true,
    preambleSymbols: undefined,
    // LoRaWAN 1.0.4 §3.2: nothing that goes down has a CRC.
    noCrc: true,
  };
};

/**
 * The ways to send a downlink, the first window first. The power is what the radio may put out for this antenna, so
 * that the forwarder, which knows no antenna, can be told it as it is.
 */
export const downlinkItems = ({ payload, rx1, rx2 }: PacketDown, powerDbm: number): readonly DownlinkItem[] =>
  [rx1, rx2]
    .map((window) => (window === undefined ? undefined : itemOf(payload, window, powerDbm)))
    .filter((item) => item !== undefined);

export interface DownlinkTally {
  received: number;
  sent: number;
  refused: number;
}

export interface DownlinksParts {
  /** Of the network, in front of the numbers of its orders. */
  readonly name: string;
  readonly where: string;
  order(device: string, order: Order): Promise<OrderOutcome>;
  /** Which device of this box heard that gateway last. */
  deviceOf(eui: string): string | undefined;
  alarm(fault: Fault): void;
}

/** Gives the router's downlinks to the devices behind which their gateways are. The router wants no answer. */
export const createDownlinks = (parts: DownlinksParts) => {
  const { name, where, alarm } = parts;
  const tally: DownlinkTally = { received: 0, sent: 0, refused: 0 };
  let open = 0;

  const refuse = (eui: string, code: string, words: string): void => {
    tally.refused += 1;
    alarm(
      fault(
        'refused',
        `helium.downlink-${code}`,
        where,
        `a downlink of gateway ${eui} is not sent: ${words}`,
      ),
    );
  };

  return {
    tally,
    take: async (eui: string, packet: PacketDown, params: RegionParams | undefined): Promise<void> => {
      tally.received += 1;
      const power = params === undefined ? undefined : conductedDbm(params);
      if (power === undefined) {
        refuse(eui, 'power', 'Helium’s configuration has not said yet with which power it may send.');
        return;
      }
      const items = downlinkItems(packet, power);
      const device = parts.deviceOf(eui);
      if (items.length === 0 || device === undefined || open >= DOWNLINKS_MAX) {
        const words = `${items.length} windows, ${device ?? 'no device'}, ${open} downlinks open.`;
        refuse(eui, 'unsendable', words);
        return;
      }
      open += 1;
      const id = `${name}-${tally.received}` as OrderId;
      const outcome = await parts.order(device, { id, kind: 'downlink', gateway: eui, items });
      open -= 1;
      if (outcome.kind === 'done') tally.sent += 1;
      else refuse(eui, outcome.code, outcome.words);
    },
  };
};
