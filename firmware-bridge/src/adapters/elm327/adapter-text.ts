import { signalByName } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';

/** The text by which our simulator names itself in its answers to `ATZ`, `ATI` and `AT@1`; nothing else prints it. */
export const SIMULATOR_MARK = 'Outpost simulator';

export const namesSimulator = (text: string): boolean => text.includes(SIMULATOR_MARK);

/** Signal of the voltage that the dongle itself measures. */
const VOLTAGE = signalByName('Vehicle.LowVoltageBattery.CurrentVoltage');

/** The CAN protocols of ISO 15765-4 by the chip's number (`ATDPN`), the only ones read here. */
export const PROTOCOL_NAMES: ReadonlyMap<string, string> = new Map([
  ['6', 'ISO 15765-4 CAN 11 bit 500 kbit/s'],
  ['7', 'ISO 15765-4 CAN 29 bit 500 kbit/s'],
  ['8', 'ISO 15765-4 CAN 11 bit 250 kbit/s'],
  ['9', 'ISO 15765-4 CAN 29 bit 250 kbit/s'],
]);

/** What the chip can find and this adapter does not read, so that an owner is told which bus the car has. */
export const OTHER_PROTOCOL_NAMES: ReadonlyMap<string, string> = new Map([
  ['1', 'SAE J1850 PWM'],
  ['2', 'SAE J1850 VPW'],
  ['3', 'ISO 9141-2'],
  ['4', 'ISO 14230-4 KWP, slow init'],
  ['5', 'ISO 14230-4 KWP, fast init'],
  ['A', 'SAE J1939'],
]);

/** `A6` or `6`: the protocol's number, with or without the mark that it was found by searching. */
export const protocolNumber = (text: string): string | undefined => /^A?([0-9A-C])$/.exec(text)?.[1];

/** `12.6V`, also without its letter; undefined where the text is no voltage. */
const voltageBody = (text: string): Body | undefined => {
  const match = /^(\d{1,2})\.(\d{1,2})V?$/.exec(text);
  if (match === null || VOLTAGE === undefined) return undefined;
  const [, whole = '', fraction = ''] = match;
  const mantissa = Number(`${whole}${fraction.padEnd(VOLTAGE.decimals, '0').slice(0, VOLTAGE.decimals)}`);
  return { kind: 'number', signal: VOLTAGE.id, mantissa, ecu: 0 };
};

/**
 * What a line says that the dongle prints about itself: a voltage, a protocol number, else what it calls itself.
 * Decided by the text alone, so that a verifier comes to the same from the kept bytes.
 */
export const adapterTextBody = (text: string): Body => {
  const voltage = voltageBody(text);
  if (voltage !== undefined) return voltage;
  const protocol = PROTOCOL_NAMES.get(protocolNumber(text) ?? '');
  if (protocol !== undefined) return { kind: 'identity', of: 'protocol', text: protocol, ecu: 0 };
  return { kind: 'identity', of: 'adapter', text, ecu: 0 };
};
