import { pidByNumber, signalById, WICAN_SIGNALS } from '@outpost/schemas/vehicle';
import { type NamedRule, namedRule } from '../../mapping/index.ts';

/** Binary parameters are published as words. */
const SWITCH: ReadonlyMap<string, number> = new Map([
  ['on', 1],
  ['off', 0],
]);

const OWN: ReadonlyMap<string, NamedRule | undefined> = new Map([
  [
    'status',
    namedRule('Device.IsOnline', {
      words: new Map([
        ['online', 1],
        ['offline', 0],
      ]),
    }),
  ],
  ['battery_voltage', namedRule('Vehicle.LowVoltageBattery.CurrentVoltage')],
  ['timestamp', namedRule('Device.Clock')],
]);

/**
 * PIDs of service 01 with one value in a unit of their own, which the firmware computes as SAE J1979 does and names
 * `0C-EngineRPM`. Others have several values, or none that a number says.
 */
const PLAIN_PIDS: ReadonlySet<number> = new Set([
  0x04, 0x05, 0x0b, 0x0c, 0x0d, 0x0f, 0x10, 0x11, 0x1f, 0x21, 0x2f, 0x31, 0x33, 0x42, 0x43, 0x45, 0x46, 0x49,
  0x4c, 0x5c, 0x5e,
]);

const rulesOfPids = (): ReadonlyMap<number, NamedRule> => {
  const rules = new Map<number, NamedRule>();
  for (const pid of PLAIN_PIDS) {
    const [field, ...others] = pidByNumber(pid)?.fields ?? [];
    const signal = field === undefined || others.length > 0 ? undefined : signalById(field.signal);
    if (signal !== undefined) rules.set(pid, { signal, unit: signal.unit });
  }
  return rules;
};

const PIDS = rulesOfPids();

/** What a parameter of the firmware's own lists means; undefined for names that owners made up. */
export const knownRule = (name: string): NamedRule | undefined => {
  const own = OWN.get(name);
  if (own !== undefined) return own;
  const [, pid] = /^([0-9A-Fa-f]{2})-/.exec(name) ?? [];
  if (pid !== undefined) return PIDS.get(Number.parseInt(pid, 16));
  const [signal, factor] = WICAN_SIGNALS.get(name) ?? [];
  if (signal === undefined) return undefined;
  const found = namedRule(signal, factor === undefined ? {} : { factor });
  return found?.signal.unit === 'flag' ? { ...found, words: SWITCH } : found;
};
