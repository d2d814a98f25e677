import type { IdBits } from '../../obd/can-frame.ts';
import type { LegacyBus } from '../../obd/legacy-frame.ts';

/** What lines of a reply are made of. */
export type Bus =
  | { readonly kind: 'can'; readonly idBits: IdBits }
  | { readonly kind: 'legacy'; readonly bus: LegacyBus };

interface Protocol {
  readonly name: string;
  readonly bus: Bus;
}

const can = (idBits: IdBits): Bus => ({ kind: 'can', idBits });
const legacy = (bus: LegacyBus): Bus => ({ kind: 'legacy', bus });

/** What is read here, by the chip's number (`ATDPN`). */
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['1', { name: 'SAE J1850 PWM', bus: legacy('pwm') }],
  ['2', { name: 'SAE J1850 VPW', bus: legacy('vpw') }],
  ['3', { name: 'ISO 9141-2', bus: legacy('iso9141') }],
  ['4', { name: 'ISO 14230-4 KWP, slow init', bus: legacy('kwp') }],
  ['5', { name: 'ISO 14230-4 KWP, fast init', bus: legacy('kwp') }],
  ['6', { name: 'ISO 15765-4 CAN 11 bit 500 kbit/s', bus: can(11) }],
  ['7', { name: 'ISO 15765-4 CAN 29 bit 500 kbit/s', bus: can(29) }],
  ['8', { name: 'ISO 15765-4 CAN 11 bit 250 kbit/s', bus: can(11) }],
  ['9', { name: 'ISO 15765-4 CAN 29 bit 250 kbit/s', bus: can(29) }],
]);

/** The name of a protocol that is read here. */
export const protocolName = (number: string | undefined): string | undefined =>
  number === undefined ? undefined : PROTOCOLS.get(number)?.name;

export const busOf = (number: string | undefined): Bus | undefined =>
  number === undefined ? undefined : PROTOCOLS.get(number)?.bus;

/** What the chip can speak and this adapter does not read, so that an owner is told which bus the car has. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([['A', 'SAE J1939']]);

export const foreignName = (number: string): string => OTHER_NAMES.get(number) ?? `protocol ${number}`;

/** `A6` or `6`: the protocol's number, with or without the mark that it was found by searching. */
export const protocolNumber = (text: string): string | undefined => /^A?([0-9A-C])$/.exec(text)?.[1];
