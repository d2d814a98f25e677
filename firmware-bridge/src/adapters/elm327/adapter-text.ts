import { signalByName } from '@outpost/schemas/vehicle';
import type { Body } from '@outpost/schemas/words';
import { protocolName, protocolNumber } from './bus.ts';

/** The text by which our simulator names itself in its answers to `ATZ`, `ATI` and `AT@1`; nothing else prints it. */
export const SIMULATOR_MARK = 'Outpost simulator';

export const namesSimulator = (text: string): boolean => text.includes(SIMULATOR_MARK);

/** Signal of the voltage that the dongle itself measures. */
const VOLTAGE = signalByName('Vehicle.LowVoltageBattery.CurrentVoltage');

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
  const protocol = protocolName(protocolNumber(text));
  if (protocol !== undefined) return { kind: 'identity', of: 'protocol', text: protocol, ecu: 0 };
  return { kind: 'identity', of: 'adapter', text, ecu: 0 };
};
