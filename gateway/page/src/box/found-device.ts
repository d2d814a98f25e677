import { isMembers, withMember } from '../settings/schema.ts';

/** Something that could be a device, as the box tells of it. */
export interface FoundDevice {
  readonly certainty: 'known' | 'possible' | 'seen';
  readonly couldBe: readonly string[];
  readonly words: string;
}

/** What `outpost discover` says of one thing. */
export interface Discovered extends FoundDevice {
  readonly kind: 'serial' | 'network';
  readonly address?: string;
}

const GUESSES: ReadonlyMap<string, string> = new Map([
  ['obd-dongle', 'OBD-II dongle'],
  ['can-adapter', 'CAN adapter'],
  ['gnss-receiver', 'satellite receiver'],
  ['lora-board', 'LoRa board'],
  ['microcontroller', 'microcontroller board'],
  ['modem', 'cellular modem'],
]);

/** What it is, as far as that is known. */
export const guessText = ({ certainty, couldBe }: FoundDevice): string => {
  const guesses = couldBe.map((guess) => GUESSES.get(guess) ?? guess).join(', ');
  if (guesses === '') return 'Something unknown';
  return certainty === 'known' ? guesses : `Could be: ${guesses}`;
};

/** Kinds of device that need no more than a port. */
export const ADAPTERS: readonly (readonly [adapter: string, words: string])[] = [
  ['elm327', 'OBD-II dongle (ELM327, OBDLink)'],
  ['slcan', 'CAN adapter (SLCAN)'],
  ['nmea', 'satellite receiver (NMEA)'],
  ['firmata', 'Arduino with StandardFirmata'],
  ['rui3', 'LoRa module (RAK RUI3)'],
  ['lora-e5', 'LoRa module (Seeed LoRa-E5)'],
  ['rn2483', 'LoRa module (Microchip RN2483)'],
  ['rylr', 'LoRa module (Reyax RYLR)'],
  ['meshtastic', 'Meshtastic node'],
];

const BY_GUESS: ReadonlyMap<string, string> = new Map([
  ['obd-dongle', 'elm327'],
  ['can-adapter', 'slcan'],
  ['gnss-receiver', 'nmea'],
]);

const NAMES: ReadonlyMap<string, string> = new Map([
  ['elm327', 'car'],
  ['slcan', 'car'],
  ['nmea', 'gps'],
  ['firmata', 'board'],
]);

/** Only where there is one thing that it could be. */
export const adapterFor = ({ couldBe }: FoundDevice): string | undefined =>
  couldBe.length === 1 ? BY_GUESS.get(couldBe[0] ?? '') : undefined;

/** A name that no other device has. */
export const nameFor = (adapter: string, taken: readonly string[]): string => {
  const name = NAMES.get(adapter) ?? 'radio';
  for (let number = 1; ; number += 1) {
    const tried = number === 1 ? name : `${name}-${number}`;
    if (!taken.includes(tried)) return tried;
  }
};

export interface NewDevice {
  readonly name: string;
  readonly adapter: string;
  readonly port: string;
}

/** The configuration with one device more; undefined where it cannot be read. */
export const withDevice = (text: string, device: NewDevice): string | undefined => {
  try {
    const config: unknown = JSON.parse(text);
    if (!isMembers(config)) return undefined;
    const devices = Array.isArray(config['devices']) ? (config['devices'] as readonly unknown[]) : [];
    return `${JSON.stringify(withMember(config, 'devices', [...devices, device]), null, 2)}\n`;
  } catch {
    return undefined;
  }
};
